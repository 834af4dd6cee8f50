// dw[ky, kx, ic, oc] = sum over n, oy, ox of x[n, oy*strideH - padTop + ky*dilationH, ..., ic] * dy[n, oy, ox, oc]
//
// An outer product for each pixel, added up in registers: MR neighbouring floats of what the pixel reads, each against NR
// neighbouring channels of dy. Both are where they are, nothing is packed. Segments are those of the forward pass, so a line
// of the window (kW*inC floats, contiguous both in x and in dw) is one run. Pixels are taken in blocks that stay in the
// first-level cache for all tiles; between blocks a tile's sums rest in dw.

import type { Conv } from '../../types.js';
import type { Device } from '../device.js';
import {
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
import { prepareFrame } from './frame.js';
import { storeColumns, type Tile } from './gemm.js';
import type { WasmGradFilter } from './kernel.js';
import type { Tables } from './plans.js';
import { pixelTable, segmentsOf, tableKey } from './segmented.js';

export const gradFilter: WasmGradFilter = {
  name: 'wasm/gradFilter',
  supports: () => true,
  run(context, conv, { x, dy, dw }) {
    context.plans.get(conv, 'gradFilter', (tables) => planGradFilter(context, conv, tables))({ x, dy, dw });
  },
};

function planGradFilter(
  { device, tiles }: ConvContext,
  conv: Conv,
  tables: Tables,
): (operands: GradFilterOperands) => void {
  const { batch, inC, outC, outH, outW, groups, kH, kW } = conv;
  const [pixels, columns, icg] = [batch * outH * outW, outC / groups, inC / groups];
  if (pixels === 0) return ({ dw }) => device.floats(dw, kH * kW * icg * outC).fill(0);
  const axes = { rows: forwardAxis(rowAxis(conv)), columns: forwardAxis(columnAxis(conv)) };
  const shape = { ...axes, batch, inC, outC, outH, outW, groups };
  const frame = prepareFrame(device, shape);
  const { segments, length, first, steps } = segmentsOf(shape, frame.width);
  const table = tables(tableKey(shape), () => pixelTable(shape, frame));
  const offsets = steps.map((_, i) => steps.slice(0, i).reduce((sum, step) => sum + step + 4 * length, 0));
  const starts = tables(`starts ${offsets}`, () => Int32Array.from(offsets));
  const outer = { table, starts, segments, length, groups, pixels, columns, icg, outC };
  const tile = columns <= tiles.narrow.nr ? { mr: 4, nr: 4 } : { mr: 4, nr: 8 };
  return ({ x, dy, dw }) => {
    frame.with(x, (framed) => runOuter(device, tile, { ...outer, x: framed + first, dy, dw }));
  };
}

const args = {
  /** [pixels][2] bytes to add to x and dy. */
  table: 'i32',
  /** [segments] bytes to add to x. */
  starts: 'i32',
  segments: 'i32',
  /** Floats in a segment, and how many of them an item takes. */
  length: 'i32',
  chunk: 'i32',
  chunks: 'i32',
  x: 'i32',
  dy: 'i32',
  dw: 'i32',
  pixels: 'i32',
  blockPixels: 'i32',
  columns: 'i32',
  /** Bytes from one row of dw to the next, and from group to group. */
  dwRow: 'i32',
  xGroup: 'i32',
  dyGroup: 'i32',
} as const;

export interface OuterOperands {
  readonly table: number;
  readonly starts: number;
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

export function runOuter(device: Device, tile: Tile, operands: OuterOperands): void {
  const { table, starts, segments, length, x, dy, dw, groups, pixels, columns, icg, outC } = operands;
  const chunk = Math.min(chunkFloats, Math.ceil(length / tile.mr) * tile.mr);
  const chunks = Math.ceil(length / chunk);
  const blockPixels = Math.max(64, Math.floor(cacheBytes / (4 * (columns + chunk))));
  const steps = { dwRow: 4 * outC, xGroup: 4 * icg, dyGroup: 4 * columns };
  const sizes = { segments, length, chunk, chunks, pixels, blockPixels, columns };
  const work = { items: groups * segments * chunks, cost: 2 * pixels * groups * segments * length * columns };
  device.launch(outerProgram(tile), { table, starts, x, dy, dw, ...sizes, ...steps }, work);
}

const programs = new Map<string, Program<typeof args>>();

function outerProgram(tile: Tile): Program<typeof args> {
  const key = `${tile.mr}x${tile.nr}`;
  const known = programs.get(key) ?? emitOuter(tile);
  programs.set(key, known);
  return known;
}

/** Item: a chunk of one segment of one group, all pixels, all columns. */
function emitOuter({ mr, nr }: Tile): Program<typeof args> {
  const vectors = nr / 4;
  return program(`outer${mr}x${nr}`, args, (fn, a, { from, to }) => {
    const acc = Array.from({ length: mr }, (_, i) => fn.vectors(`acc${i}_`, vectors));
    const gradients = fn.vectors('dy', vectors);
    const value = fn.v128('value');
    fn.range('item', from, to, 1, (item) => {
      const chunk = item.rem(a.chunks);
      const segment = fn.i32('segment', item.div(a.chunks).rem(a.segments));
      const group = fn.i32('group', item.div(a.chunks).div(a.segments));
      const first = fn.i32('first', chunk.mul(a.chunk));
      const last = fn.i32('last', minI32(first.add(a.chunk), a.length));
      const x = fn.i32('x', a.x.add(group.mul(a.xGroup)).add(loadI32(a.starts.add(segment.mul(4)))));
      const dy = fn.i32('dy', a.dy.add(group.mul(a.dyGroup)));
      const dw = fn.i32('dw', a.dw.add(segment.mul(a.length).mul(a.dwRow)).add(group.mul(a.dyGroup)));
      fn.range('pixel', 0, a.pixels, a.blockPixels, (pixel) => {
        const count = fn.i32('count', minI32(a.pixels.sub(pixel), a.blockPixels));
        const table = fn.i32('table', a.table.add(pixel.mul(8)));
        fn.range('l', first, last, mr, (l) => {
          fn.range('n', 0, a.columns, nr, (n) => {
            const to = fn.i32('to', dw.add(l.mul(a.dwRow)).add(n.mul(4)));
            const height = fn.i32('height', a.length.sub(l));
            const width = fn.i32('width', minI32(a.columns.sub(n), nr));
            fn.if(
              pixel.isZero(),
              () => {
                for (const sums of acc) for (const sum of sums) fn.set(sum, splat(0));
              },
              () => loadTile(fn, { to, rowBytes: a.dwRow, height }, acc),
            );
            const entry = fn.i32('entry', table);
            const xl = fn.i32('xl', x.add(l.mul(4)));
            const dyn = fn.i32('dyn', dy.add(n.mul(4)));
            const [px, py] = [fn.i32('px'), fn.i32('py')];
            fn.times(count, () => {
              fn.set(px, xl.add(loadI32(entry)));
              fn.set(py, dyn.add(loadI32(entry, 4)));
              for (let j = 0; j < vectors; j++) fn.set(gradients[j], load(py, 16 * j));
              for (let i = 0; i < mr; i++) {
                fn.set(value, loadSplat(px, 4 * i));
                for (let j = 0; j < vectors; j++) fn.set(acc[i][j], fn.madd(value, gradients[j], acc[i][j]));
              }
              fn.advance(entry, 8);
            });
            storeTile(fn, { to, rowBytes: a.dwRow, height, width, nr }, acc);
          });
        });
      });
    });
  });
}

interface Place {
  readonly to: I32Var;
  readonly rowBytes: I32;
  /** Rows and columns that are there. */
  readonly height: I32Var;
}

/** Rows that are not there are read from the first one; they are never stored. */
function loadTile(fn: Fn, { to, rowBytes, height }: Place, acc: readonly (readonly V128Var[])[]): void {
  const row = fn.i32('row', to);
  for (const [i, sums] of acc.entries()) {
    for (const [j, sum] of sums.entries()) fn.set(sum, load(row, 16 * j));
    fn.if(height.gt(i + 1), () => fn.advance(row, rowBytes));
  }
}

function storeTile(
  fn: Fn,
  { to, rowBytes, height, width, nr }: Place & { readonly width: I32Var; readonly nr: number },
  acc: readonly (readonly V128Var[])[],
): void {
  const row = fn.i32('row', to);
  for (const [i, sums] of acc.entries()) {
    fn.if(height.gt(i), () => {
      fn.if(
        width.eq(nr),
        () => {
          for (const [j, sum] of sums.entries()) fn.store(row, sum, 16 * j);
        },
        () => storeColumns(fn, [row], [sums], width),
      );
      fn.advance(row, rowBytes);
    });
  }
}
