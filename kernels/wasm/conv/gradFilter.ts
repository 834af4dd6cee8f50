// dw[ky, kx, ic, oc] = sum over n, oy, ox of x[n, oy*strideH - padTop + ky*dilationH, ..., ic] * dy[n, oy, ox, oc]
//
// The sum of an outer product for each pixel, in registers: MR consecutive floats that the pixel reads, each times NR
// consecutive channels of dy. Both are read in place; nothing is packed. The segments are those of the forward pass, so
// a line of the window (kW*inC floats, contiguous both in x and in dw) is one segment. A block of pixels stays in the
// first-level cache for all tiles; between blocks a tile's sums are kept in dw.

import type { Conv } from '../../conv.js';
import type { Device, Kept } from '../device.js';
import {
  type Features,
  type Fn,
  type I32,
  type I32Var,
  load,
  loadI32,
  loadSplat,
  minI32,
  type Program,
  program,
  splat,
  type V128Var,
} from '../emit/index.js';
import { forwardAxis } from './access.js';
import type { ConvContext, GradFilterOperands } from './context.js';
import { columnAxis, rowAxis } from './convAxes.js';
import { storeColumns, type Tile } from './gemm.js';
import type { WasmGradFilter } from './kernel.js';
import { preparePadding } from './paddedImage.js';
import type { Tables } from './plans.js';
import { pixelTable, segmentsOf, tableKey } from './segmented.js';

export const gradFilter: WasmGradFilter = {
  name: 'wasm/gradFilter',
  supports: () => true,
  run(context, conv, { x, dy, dw }) {
    context.plans.get(conv, 'gradFilter', (tables) => planGradFilter(context, conv, tables))({ x, dy, dw });
  },
};

function planGradFilter({ device }: ConvContext, conv: Conv, tables: Tables): (operands: GradFilterOperands) => void {
  const { batch, inC, outC, outH, outW, groups, kH, kW } = conv;
  const [pixels, columns, icg] = [batch * outH * outW, outC / groups, inC / groups];
  if (pixels === 0) return ({ dw }) => device.floats(dw, kH * kW * icg * outC).fill(0);
  const axes = { rows: forwardAxis(rowAxis(conv)), columns: forwardAxis(columnAxis(conv)) };
  const shape = { ...axes, batch, inC, outC, outH, outW, groups };
  const padded = preparePadding(device, shape);
  const { segments, length, first, steps } = segmentsOf(shape, padded.width);
  const table = tables(tableKey(shape), () => pixelTable(shape, padded));
  const offsets = steps.map((_, i) => steps.slice(0, i).reduce((sum, step) => sum + step + 4 * length, 0));
  const starts = tables(`starts ${offsets}`, () => Int32Array.from(offsets));
  const outer = { table, starts, segments, length, groups, pixels, columns, icg, outC };
  const tile = outerTile(columns, device.features);
  return ({ x, dy, dw }) => {
    padded.with(x, (image) => runOuter(device, tile, { ...outer, x: image + first, dy, dw }));
  };
}

const args = {
  /** [pixels][2] bytes to add to x and dy. */
  table: 'i32',
  /** [segments] bytes to add to x. */
  starts: 'i32',
  segments: 'i32',
  /** Floats of a segment, and of an item. */
  length: 'i32',
  chunk: 'i32',
  chunks: 'i32',
  x: 'i32',
  dy: 'i32',
  dw: 'i32',
  pixels: 'i32',
  blockPixels: 'i32',
  columns: 'i32',
  groups: 'i32',
  /** Groups of an item. */
  blockGroups: 'i32',
  /** Bytes from one row of dw to the next, and from group to group. */
  dwRow: 'i32',
  xGroup: 'i32',
  dyGroup: 'i32',
} as const;

export interface OuterOperands {
  readonly table: Kept;
  readonly starts: Kept;
  readonly segments: number;
  readonly length: number;
  readonly x: number;
  readonly dy: number;
  readonly dw: number;
  readonly groups: number;
  readonly pixels: number;
  /** Channels of dy in one group, and of x. */
  readonly columns: number;
  readonly icg: number;
  readonly outC: number;
}

const chunkFloats = 32;
const cacheBytes = 40 * 1024;
/** Columns that an item covers, in one or several groups: adjacent groups share cache lines. */
const blockColumns = 64;

export function runOuter(device: Device, tile: Tile, operands: OuterOperands): void {
  const { table, starts, segments, length, x, dy, dw, groups, pixels, columns, icg, outC } = operands;
  const chunk = Math.min(chunkFloats, Math.ceil(length / tile.mr) * tile.mr);
  const chunks = Math.ceil(length / chunk);
  const blockGroups = Math.min(groups, Math.max(1, Math.floor(blockColumns / columns)));
  const blockPixels = Math.max(64, Math.floor(cacheBytes / (4 * blockGroups * (columns + chunk))));
  const steps = { dwRow: 4 * outC, xGroup: 4 * icg, dyGroup: 4 * columns };
  const sizes = { segments, length, chunk, chunks, pixels, blockPixels, columns, groups, blockGroups };
  const items = Math.ceil(groups / blockGroups) * segments * chunks;
  const work = { items, cost: 2 * pixels * groups * segments * length * columns };
  device.launch(
    outerProgram(tile),
    { table: table.address, starts: starts.address, x, dy, dw, ...sizes, ...steps },
    work,
  );
}

/**
 * The tile for up to 4 columns, the one for more, and the one for vectors of 256 bits (Features.revec): 80 GFLOP/s for 3x3
 * on 32x32x16, where the one before has 42 (AMD EPYC, Node 24).
 */
export const outerTiles: readonly [Tile, Tile, Tile] = [
  { mr: 4, nr: 4 },
  { mr: 4, nr: 8 },
  { mr: 4, nr: 16 },
];

export function outerTile(columns: number, { revec }: Features): Tile {
  const [narrow, wide, widest] = outerTiles;
  if (columns <= narrow.nr) return narrow;
  return revec && columns % widest.nr === 0 ? widest : wide;
}

const programs = new Map<string, Program<typeof args>>();

export function outerProgram(tile: Tile): Program<typeof args> {
  const key = `${tile.mr}x${tile.nr}`;
  const known = programs.get(key) ?? emitOuter(tile);
  programs.set(key, known);
  return known;
}

/** Item: a chunk of one segment of a block of groups, all pixels, all columns. */
function emitOuter({ mr, nr }: Tile): Program<typeof args> {
  return program(`outer${mr}x${nr}`, args, (fn, a, { from, to }) => {
    const tile = makeTile(fn, { mr, nr });
    fn.range('item', from, to, 1, (item) => {
      const chunk = item.rem(a.chunks);
      const segment = fn.i32('segment', item.div(a.chunks).rem(a.segments));
      const firstGroup = fn.i32('firstGroup', item.div(a.chunks).div(a.segments).mul(a.blockGroups));
      const endGroup = fn.i32('endGroup', minI32(firstGroup.add(a.blockGroups), a.groups));
      const first = fn.i32('first', chunk.mul(a.chunk));
      const last = fn.i32('last', minI32(first.add(a.chunk), a.length));
      const start = fn.i32('start', a.x.add(loadI32(a.starts.add(segment.mul(4)))));
      const lines = fn.i32('lines', a.dw.add(segment.mul(a.length).mul(a.dwRow)));
      fn.range('pixel', 0, a.pixels, a.blockPixels, (pixel) => {
        const count = fn.i32('count', minI32(a.pixels.sub(pixel), a.blockPixels));
        const table = fn.i32('table', a.table.add(pixel.mul(8)));
        fn.range('group', firstGroup, endGroup, 1, (group) => {
          const x = fn.i32('x', start.add(group.mul(a.xGroup)));
          const dy = fn.i32('dy', a.dy.add(group.mul(a.dyGroup)));
          const dw = fn.i32('dw', lines.add(group.mul(a.dyGroup)));
          fn.range('l', first, last, mr, (l) => {
            fn.range('n', 0, a.columns, nr, (n) => {
              const target = {
                to: fn.i32('to', dw.add(l.mul(a.dwRow)).add(n.mul(4))),
                rowBytes: a.dwRow,
                height: fn.i32('height', a.length.sub(l)),
                width: fn.i32('width', minI32(a.columns.sub(n), nr)),
              };
              const sources = { table, count, x: x.add(l.mul(4)), dy: dy.add(n.mul(4)) };
              addToTile(fn, tile, { ...target, ...sources, isFirst: pixel.isZero() });
            });
          });
        });
      });
    });
  });
}

interface Registers extends Tile {
  readonly acc: readonly (readonly V128Var[])[];
  readonly gradients: readonly V128Var[];
  readonly value: V128Var;
  readonly zero: V128Var;
}

function makeTile(fn: Fn, { mr, nr }: Tile): Registers {
  const acc = Array.from({ length: mr }, (_, i) => fn.vectors(`acc${i}_`, nr / 4));
  return { mr, nr, acc, gradients: fn.vectors('dy', nr / 4), value: fn.v128('value'), zero: fn.v128('zero', splat(0)) };
}

interface Block extends Target {
  readonly width: I32Var;
  readonly table: I32;
  /** The number of pixels. */
  readonly count: I32;
  readonly x: I32;
  readonly dy: I32;
  /** Whether the tile's sums start from zero instead of from dw. */
  readonly isFirst: I32;
}

/** Adds a block of pixels to one tile of dw. */
function addToTile(fn: Fn, { nr, acc, gradients, value, zero }: Registers, block: Block): void {
  const { table, count, isFirst } = block;
  fn.if(
    isFirst,
    () => {
      for (const sums of acc) for (const sum of sums) fn.set(sum, zero);
    },
    () => loadTile(fn, block, acc),
  );
  const entry = fn.i32('entry', table);
  const [x, dy] = [fn.i32('x', block.x), fn.i32('dy', block.dy)];
  const [px, py] = [fn.i32('px'), fn.i32('py')];
  fn.times(count, () => {
    fn.set(px, x.add(loadI32(entry)));
    fn.set(py, dy.add(loadI32(entry, 4)));
    for (const [j, gradient] of gradients.entries()) fn.set(gradient, load(py, 16 * j));
    for (const [i, sums] of acc.entries()) {
      fn.set(value, loadSplat(px, 4 * i));
      for (const [j, sum] of sums.entries()) fn.set(sum, fn.madd(value, gradients[j], sum));
    }
    fn.advance(entry, 8);
  });
  storeTile(fn, { ...block, nr }, acc);
}

interface Target {
  readonly to: I32Var;
  readonly rowBytes: I32;
  /** Rows from the tile's corner to the end. */
  readonly height: I32Var;
}

/** Loads a tile's sums. Rows beyond the end repeat the last one and are never stored. */
function loadTile(fn: Fn, { to, rowBytes, height }: Target, acc: readonly (readonly V128Var[])[]): void {
  const row = fn.i32('row', to);
  for (const [i, sums] of acc.entries()) {
    for (const [j, sum] of sums.entries()) fn.set(sum, load(row, 16 * j));
    fn.if(height.gt(i + 1), () => fn.advance(row, rowBytes));
  }
}

function storeTile(
  fn: Fn,
  { to, rowBytes, height, width, nr }: Target & { readonly width: I32Var; readonly nr: number },
  acc: readonly (readonly V128Var[])[],
): void {
  const row = fn.i32('row', to);
  for (const [i, sums] of acc.entries()) {
    fn.if(height.gt(i), () => {
      fn.if(
        width.eq(nr),
        () => {
          // The higher half first, as in the forward product (gemm.ts).
          for (let j = sums.length - 1; j >= 0; j--) fn.store(row, sums[j], 16 * j);
        },
        () => storeColumns(fn, [row], [sums], width),
      );
      fn.advance(row, rowBytes);
    });
  }
}
