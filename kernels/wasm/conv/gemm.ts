// The segmented matrix product that most convolutions are:
//
//   y[row, n] = clamp(bias[n] + sum over s, l of x[row.x + offset(s) + l] * w[s, l, n])
//
// or, with PReLU in place of the clamp, slope[n] times what is below 0.
//
// A row is an output pixel. A table holds its addresses in x and y, so rows continue over line ends and batches, and
// strides cost nothing. A pixel reads S segments of L consecutive floats: a segment is one line of the filter window
// (kW*inC floats) where that is contiguous, else one pixel of the window. The input is not copied (no im2col), and no
// tap needs an indirection.
//
// A tile of MR rows x NR columns stays in registers from bias to clamp. Each l takes NR/4 loads of packed weights, MR
// splats of x and MR*NR/4 multiply-adds. Which MR x NR is best depends on the JavaScript engine (tiles.ts).
//
// Compare: M. Dukhan, The Indirect Convolution Algorithm, https://arxiv.org/abs/1907.02129

import type { Device, Kept } from '../device.js';
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

/** Rows and columns of a register tile. */
export interface Tile {
  readonly mr: number;
  readonly nr: number;
}

const args = {
  /** [rows][2] bytes to add to x and to y. The last row is repeated up to a multiple of `tableRows`. */
  table: 'i32',
  /** [segments] bytes from the end of each segment to the start of the next. */
  steps: 'i32',
  segments: 'i32',
  /** Floats in a segment. */
  length: 'i32',
  x: 'i32',
  /** [group][panel of NR columns][segments*length][NR] */
  w: 'i32',
  bias: 'i32',
  y: 'i32',
  rows: 'i32',
  /** Rows of an item, a multiple of MR: few enough that their part of x stays in the cache for all panels. */
  blockRows: 'i32',
  blocks: 'i32',
  /** Columns of one group. */
  columns: 'i32',
  panels: 'i32',
  /** Bytes from one group to the next. */
  xGroup: 'i32',
  yGroup: 'i32',
  biasGroup: 'i32',
  /** Bytes from panel to panel: 0 where there is no bias and `bias` is the address of NR zeros. */
  biasPanel: 'i32',
  /** The slopes of PReLU below 0, one for each column, and bytes from group to group; only that program reads them. */
  slopes: 'i32',
  slopesGroup: 'i32',
  low: 'f32',
  high: 'f32',
} as const;

/** The number of rows of a table is a multiple of this, and every MR divides it. */
export const tableRows = 24;

/** The part of a product that stays the same from call to call. */
export interface GemmShape {
  readonly table: Kept;
  readonly steps: Kept;
  readonly segments: number;
  readonly length: number;
  readonly rows: number;
  /** Columns of one group. */
  readonly columns: number;
  /** Default 1. */
  readonly groups?: number;
  /** Floats from one group to the next; default 0. */
  readonly xGroup?: number;
  readonly yGroup?: number;
  /** Default: `columns`. */
  readonly biasGroup?: number;
}

export interface GemmOperands {
  readonly x: number;
  /** Packed for the same tile (pack.ts). */
  readonly w: number;
  readonly y: number;
  /** [groups*columns] */
  readonly bias?: number;
  /** [groups*columns] slopes of PReLU, which takes the place of the limits. */
  readonly slopes?: number;
  readonly low?: number;
  readonly high?: number;
}

/** y = clamp(x * w + bias) */
export type Gemm = (operands: GemmOperands) => void;

/** Bytes of x that the rows of a block may cover: half of a second-level cache of 512 KiB. */
const blockBytes = 2 ** 18;

/** Prepares a product that can be launched with any operands. */
export function prepareGemm(device: Device, tile: Tile, shape: GemmShape): Gemm {
  const { table, steps, segments, length, rows, columns } = shape;
  const { groups = 1, xGroup = 0, yGroup = 0, biasGroup = columns } = shape;
  const panels = Math.ceil(columns / tile.nr);
  const fitted = fittedTile(tile, rows);
  const program = gemmProgram(fitted);
  const fixed = { segments, length, rows, columns, panels, xGroup: 4 * xGroup, yGroup: 4 * yGroup };
  // One object for all launches: thousands of objects of twenty numbers would keep the garbage collector busy.
  const args = {
    ...fixed,
    table: 0,
    steps: 0,
    x: 0,
    w: 0,
    y: 0,
    bias: 0,
    biasGroup: 0,
    biasPanel: 0,
    slopes: 0,
    slopesGroup: 4 * biasGroup,
    blockRows: 0,
    blocks: 0,
    low: 0,
    high: 0,
  };
  const cost = 2 * rows * columns * groups * segments * length;
  return ({ x, w, y, bias, slopes, low = -Infinity, high = Infinity }) => {
    args.table = table.address;
    args.steps = steps.address;
    args.x = x;
    args.w = w;
    args.y = y;
    args.bias = bias ?? device.zeros;
    args.biasGroup = bias === undefined ? 0 : 4 * biasGroup;
    args.biasPanel = bias === undefined ? 0 : 4 * tile.nr;
    args.slopes = slopes ?? 0;
    args.low = low;
    args.high = high;
    args.blockRows = blockRowsOf(device.threads, { rows, items: panels * groups, rowBytes: 4 * segments * length });
    args.blocks = Math.ceil(rows / args.blockRows);
    const chosen = slopes === undefined ? program : gemmProgram(fitted, true);
    device.launch(chosen, args, { items: panels * args.blocks * groups, cost });
  };
}

/** With few rows, a tile of fewer rows may waste fewer of them; 4x8 has 0.87 times the speed of 6x8. */
function fittedTile(tile: Tile, rows: number): Tile {
  const { mr, nr } = tile;
  if (mr !== 6 || nr !== 8) return tile;
  return (4 * Math.ceil(rows / 4)) / 0.87 < 6 * Math.ceil(rows / 6) ? { mr: 4, nr } : tile;
}

interface Blocking {
  readonly rows: number;
  /** Items of each block of rows. */
  readonly items: number;
  readonly rowBytes: number;
}

/** Gives all threads enough items, without blocks of so few rows that the weights are read again and again. */
function blockRowsOf(threads: number, { rows, items, rowBytes }: Blocking): number {
  const inCache = Math.max(1, Math.floor(blockBytes / rowBytes));
  const blocksForThreads = threads === 1 ? 1 : Math.ceil((8 * threads) / items);
  const wanted = Math.min(inCache, Math.max(Math.ceil(rows / blocksForThreads), 2 * tableRows));
  return Math.ceil(wanted / tableRows) * tableRows;
}

/** The number of floats in the packed weights of all groups. */
export function packedFloats(
  tile: Tile,
  { columns, depth, groups }: Record<'columns' | 'depth' | 'groups', number>,
): number {
  return groups * Math.ceil(columns / tile.nr) * tile.nr * depth;
}

const programs = new Map<string, Program<typeof args>>();

/** @param hasSlopes Whether PReLU takes the place of the limits. */
export function gemmProgram(tile: Tile, hasSlopes = false): Program<typeof args> {
  const key = `gemm${tile.mr}x${tile.nr}${hasSlopes ? 'prelu' : ''}`;
  const known = programs.get(key);
  if (known) return known;
  const made = emitGemm(key, tile, hasSlopes);
  programs.set(key, made);
  return made;
}

/** Item: one panel of one block of rows of one group, panels innermost. */
function emitGemm(name: string, { mr, nr }: Tile, hasSlopes: boolean): Program<typeof args> {
  const vectors = nr / 4;
  return program(name, args, (fn, a, { from, to }) => {
    const low = fn.v128('low', splat(a.low));
    const high = fn.v128('high', splat(a.high));
    const acc = Array.from({ length: mr }, (_, i) => fn.vectors(`acc${i}_`, vectors));
    const weights = fn.vectors('w', vectors);
    const p = fn.integers('p', mr);
    const value = fn.v128('value');
    fn.range('item', from, to, 1, (item) => {
      const panel = fn.i32('panel', item.rem(a.panels));
      const block = fn.i32('block', item.div(a.panels).rem(a.blocks));
      const group = fn.i32('group', item.div(a.panels).div(a.blocks));
      const panelBytes = a.segments.mul(a.length).mul(nr * 4);
      const wPanel = fn.i32('wPanel', a.w.add(group.mul(a.panels).add(panel).mul(panelBytes)));
      const bias = fn.i32('bias', a.bias.add(group.mul(a.biasGroup)).add(panel.mul(a.biasPanel)));
      const x = fn.i32('x', a.x.add(group.mul(a.xGroup)));
      const y = fn.i32('y', a.y.add(group.mul(a.yGroup)).add(panel.mul(nr * 4)));
      const width = fn.i32('width', minI32(a.columns.sub(panel.mul(nr)), nr));
      const first = block.mul(a.blockRows);
      const row = fn.i32('row', a.table.add(first.mul(8)));
      const count = minI32(a.rows.sub(first), a.blockRows).add(mr - 1);
      fn.times(count.div(mr), () => {
        for (let i = 0; i < mr; i++) fn.set(p[i], x.add(loadI32(row, i * 8)));
        for (const sums of acc) for (let j = 0; j < vectors; j++) fn.set(sums[j], load(bias, j * 16));
        const w = fn.i32('w', wPanel);
        const step = fn.i32('step', a.steps);
        fn.times(a.segments, () => {
          fn.times(a.length, () => {
            for (let j = 0; j < vectors; j++) fn.set(weights[j], load(w, j * 16));
            for (let i = 0; i < mr; i++) {
              fn.set(value, loadSplat(p[i]));
              for (let j = 0; j < vectors; j++) fn.set(acc[i][j], fn.madd(value, weights[j], acc[i][j]));
            }
            for (const pointer of p) fn.advance(pointer, 4);
            fn.advance(w, nr * 4);
          });
          const skip = fn.i32('skip', loadI32(step));
          for (const pointer of p) fn.advance(pointer, skip);
          fn.advance(step, 4);
        });
        if (hasSlopes) {
          const slopes = a.slopes.add(group.mul(a.slopesGroup)).add(panel.mul(nr * 4));
          applySlopes(fn, acc, fn.i32('slopes', slopes));
        } else for (const sums of acc) for (const sum of sums) fn.set(sum, sum.pmax(low).pmin(high));
        for (let i = 0; i < mr; i++) fn.set(p[i], y.add(loadI32(row, i * 8 + 4)));
        fn.if(
          width.eq(nr),
          () => storeTile(fn, p, acc),
          () => storeColumns(fn, p, acc, width),
        );
        fn.advance(row, mr * 8);
      });
    });
  });
}

/** sum < 0 ? slope*sum : sum */
function applySlopes(fn: Fn, acc: readonly (readonly V128Var[])[], address: I32Var): void {
  const zero = fn.v128('zero', splat(0));
  for (let j = 0; j < acc[0].length; j++) {
    const slope = fn.v128('slope', load(address, 16 * j));
    for (const { [j]: sum } of acc) fn.set(sum, sum.lt(zero).choose(sum.mul(slope), sum));
  }
}

/**
 * Stores the higher half first: with CONVNET_REVEC, V8 combines two vectors into one of 256 bits only in that order.
 */
function storeTile(fn: Fn, p: readonly I32Var[], acc: readonly (readonly V128Var[])[]): void {
  for (const [i, sums] of acc.entries()) {
    for (let j = sums.length - 1; j >= 0; j--) fn.store(p[i], sums[j], j * 16);
  }
}

/** Stores the first `width` columns, fewer than the tile has. */
export function storeColumns(fn: Fn, p: readonly I32Var[], acc: readonly (readonly V128Var[])[], width: I32): void {
  for (let j = 0; j < acc[0].length; j++) {
    const left = fn.i32('left', width.sub(4 * j));
    const some = (count: number) => () => {
      for (const [i, sums] of acc.entries()) fn.storeLanes(p[i], sums[j], count, j * 16);
    };
    fn.if(left.ge(4), some(4), () =>
      fn.if(left.eq(3), some(3), () => fn.if(left.eq(2), some(2), () => fn.if(left.eq(1), some(1)))),
    );
  }
}
