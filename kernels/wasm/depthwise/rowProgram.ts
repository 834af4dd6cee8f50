// y[n, oy, ox, c] = clamp(bias[c] + sum over ky, kx of x[n, oy*s - padTop + ky, ox*s - padLeft + kx, c] * w[ky, kx, c])
//
// An item is a row of outputs, in blocks of adjacent columns. The channels, which are adjacent in memory, are
// innermost. The columns of a block share inputs and weights: a 3x3 filter and five columns take 30 loads for 45
// multiply-adds. (Weights in registers and columns innermost are half as fast: that uses 16 bytes of each cache line.)
//
// Rows above and below the image are read from a row of zeros. There is a block of columns for either border that cuts
// off half of the window, as `same` padding does. Any other column that is cut is computed alone, with the taps inside
// the image. So the image needs no padded copy, which would take as long as the convolution.

import {
  type Fn,
  type I32,
  type I32Var,
  load,
  loadI32,
  maxI32,
  minI32,
  type Program,
  program,
  selectI32,
  splat,
  type V128,
  type V128Var,
} from '../emit/index.js';
import { eachCount } from '../movement/runs.js';

export interface RowShape {
  readonly kH: number;
  readonly kW: number;
  readonly strideW: number;
  /** Columns of a block; see columnsFor(). */
  readonly columns: number;
}

const args = {
  x: 'i32',
  /** [block of 4 channels][tap][4] */
  w: 'i32',
  y: 'i32',
  bias: 'i32',
  /** 16, or 0 where `bias` is the address of four zeros. */
  biasStep: 'i32',
  /** At least inW*channels zeros. */
  zeros: 'i32',
  /** 64 bytes for each thread: the addresses of the window's rows. */
  rowTable: 'i32',
  inH: 'i32',
  inW: 'i32',
  outH: 'i32',
  outW: 'i32',
  channels: 'i32',
  strideH: 'i32',
  padTop: 'i32',
  padLeft: 'i32',
  /** Columns whose whole window is inside the image: [firstInner, endInner). */
  firstInner: 'i32',
  endInner: 'i32',
  low: 'f32',
  high: 'f32',
} as const;
export type RowProgram = Program<typeof args>;

/** Bytes of the row table, for each thread. */
export const rowTableBytes = 64;

/** Columns of a block: as many sums as keep the multiply-adders busy and fit into registers. */
const manyColumns = 5;
/** So few that all pixels of their windows stay in the first-level cache where its sets collide. */
const fewColumns = 2;

/**
 * The columns of a block for images of this many channels. A first-level cache has a place for an address every 4 KiB, 8 or
 * 12 times. The windows of five columns with stride 2 have 33 pixels, those with stride 1 have 21; where pixels are 2 or 4
 * KiB apart, these throw each other out. 14x14x512 with stride 2 takes 27 us instead of 39, 14x14x1024 219 instead of 272
 * (Xeon, Node 20).
 */
export function columnsFor(channels: number, strideW: number): number {
  return (4 * channels) % (strideW === 1 ? 4096 : 2048) === 0 ? fewColumns : manyColumns;
}

/** Sizes of the square filters, and strides along a row, that have a program. */
export const rowSizes: readonly number[] = [3, 5, 7];
export const rowStrides: readonly number[] = [1, 2];

const programs = new Map<string, RowProgram>();

export function rowProgram(shape: RowShape): RowProgram {
  const key = `${shape.kH}x${shape.kW}s${shape.strideW}c${shape.columns}`;
  const known = programs.get(key) ?? emitRow(key, shape);
  programs.set(key, known);
  return known;
}

interface Context {
  readonly shape: RowShape;
  /** Address of the addresses of the window's rows. A row outside the image has that of the row of zeros. */
  readonly rowTable: I32Var;
  readonly args: { readonly [K in keyof typeof args]: I32 };
  readonly pixel: I32Var;
  /** offsets[j]: bytes of j pixels. */
  readonly offsets: readonly I32Var[];
  readonly low: V128Var;
  readonly high: V128Var;
}

/** Item: a row of outputs of any image. */
function emitRow(name: string, shape: RowShape): RowProgram {
  const { kH, kW, columns } = shape;
  return program(`depthwise${name}`, args, (fn, a, { from, to, thread }) => {
    const [low, high] = [fn.v128('low', splat(a.low)), fn.v128('high', splat(a.high))];
    const pixel = fn.i32('pixel', a.channels.mul(4));
    const offsets = fn.integers('offset', Math.max(columns, kW), (j) => pixel.mul(j));
    const rowTable = fn.i32('rowTable', a.rowTable.add(thread.mul(rowTableBytes)));
    const ints = a as unknown as Context['args'];
    const context: Context = { shape, rowTable, args: ints, pixel, offsets, low, high };
    const [column, out, ox] = [fn.i32('column'), fn.i32('out'), fn.i32('ox')];
    fn.range('item', from, to, 1, (item) => {
      const image = fn.i32('image', a.x.add(item.div(a.outH).mul(a.inH).mul(a.inW).mul(pixel)));
      const top = fn.i32('top', item.rem(a.outH).mul(a.strideH).sub(a.padTop));
      for (let k = 0; k < kH; k++) {
        const y = fn.i32('y', top.add(k));
        const isInside = y.ge(0).and(y.lt(a.inH));
        fn.store(rowTable, selectI32(isInside, image.add(y.mul(a.inW).mul(pixel)), a.zeros), 4 * k);
      }
      const row = fn.i32('row', a.y.add(item.mul(a.outW).mul(pixel)));
      fn.set(out, row);
      fn.set(ox, 0);
      fn.set(column, a.padLeft.mul(pixel).mul(-1));
      emitColumns(fn, context, { ox, out, column });
      fn.if(a.channels.and(3), () => {
        fn.set(out, row);
        fn.set(ox, 0);
        fn.while(ox.lt(a.outW), () => {
          lastChannels(fn, context, { ox, out });
          fn.advance(out, pixel);
          fn.advance(ox, 1);
        });
      });
    });
  });
}

interface Cursor {
  /** The next output column, its address, and the bytes from the start of an input row to its window. */
  readonly ox: I32Var;
  readonly out: I32Var;
  readonly column: I32Var;
}

/** One row: a block that the left border cuts, inner blocks, a block that the right border cuts. */
function emitColumns(fn: Fn, context: Context, cursor: Cursor): void {
  const { shape, args: a, pixel } = context;
  const { kW, strideW, columns } = shape;
  const { ox, out, column } = cursor;
  const block = (count: number, cut: Cut = { left: 0, right: 0 }) => {
    blockOfColumns(fn, context, { count, cut, column, out });
    fn.advance(out, pixel.mul(count));
    fn.advance(column, pixel.mul(count * strideW));
    fn.advance(ox, count);
  };
  const border = (end: I32) =>
    fn.while(ox.lt(end), () => {
      borderColumn(fn, context, { ox, out });
      fn.advance(out, pixel);
      fn.advance(column, pixel.mul(strideW));
      fn.advance(ox, 1);
    });
  // A border that cuts off half of the window, as `same` padding does, has a block of its own.
  const half = (kW - 1) / 2;
  const hasInner = a.endInner.gt(a.firstInner);
  fn.if(
    a.padLeft.eq(half).and(hasInner).and(a.endInner.ge(columns)).and(a.firstInner.le(columns)),
    () => block(columns, { left: half, right: 0 }),
    () => border(a.firstInner),
  );
  fn.while(ox.add(columns).le(a.endInner), () => block(columns));
  const beyond = a.outW.sub(1).mul(strideW).sub(a.padLeft).add(kW).sub(a.inW);
  const fewest = Math.ceil(half / strideW); // columns that the border cuts
  const most = fewest + 2; // each number of columns is more code to compile
  fn.if(ox.le(a.endInner).and(beyond.eq(half)), () => {
    fn.while(ox.lt(a.endInner).and(ox.add(most).lt(a.outW)), () => block(1));
    const left = fn.i32('left', a.outW.sub(ox));
    for (let count = fewest; count <= most; count++) {
      fn.if(left.eq(count), () => block(count, { left: 0, right: half }));
    }
  });
  fn.while(ox.lt(a.endInner), () => block(1));
  border(a.outW);
}

/** Columns of a block's window that lie outside the image, on either side. */
interface Cut {
  readonly left: number;
  readonly right: number;
}

interface Block {
  readonly count: number;
  readonly cut: Cut;
  readonly column: I32;
  readonly out: I32;
}

/** `count` adjacent columns. */
function blockOfColumns(fn: Fn, context: Context, { count, cut, column, out }: Block): void {
  const { shape, offsets } = context;
  const { kW, strideW } = shape;
  const end = (count - 1) * strideW + kW - cut.right;
  const sums = fn.vectors('sum', count);
  const weights = fn.vectors('w', kW);
  const value = fn.v128('value');
  const at = fn.i32('at', column);
  eachFourChannels(fn, context, out, ({ w, bias, to, store }) => {
    for (const sum of sums) fn.set(sum, bias);
    eachRow(fn, context, { at, w }, (row, wRow, offset) => {
      for (let kx = 0; kx < kW; kx++) fn.set(weights[kx], load(wRow, offset + 16 * kx));
      if (cut.left > 0) fn.advance(row, offsets[cut.left]);
      for (let j = cut.left; j < end; j++) {
        // A pointer that advances needs no register for each offset: with stride 2 that is 6 % faster (Xeon, Node 20).
        if (j > cut.left) fn.advance(row, context.pixel);
        fn.set(value, load(row));
        for (let o = 0; o < count; o++) {
          const kx = j - o * strideW;
          if (kx >= 0 && kx < kW) fn.set(sums[o], fn.madd(value, weights[kx], sums[o]));
        }
      }
    });
    for (const [o, sum] of sums.entries()) store(o === 0 ? to : to.add(offsets[o]), sum);
    fn.advance(at, 16);
  });
}

interface Column {
  readonly ox: I32;
  readonly out: I32;
}

/** One column, with the taps of its window that are inside the image. */
function borderColumn(fn: Fn, context: Context, { ox, out }: Column): void {
  const sum = fn.v128('sum');
  const { at, firstTap, taps } = insideTaps(fn, context, ox);
  eachFourChannels(fn, context, out, ({ w, bias, to, store }) => {
    fn.set(sum, bias);
    addTaps(fn, context, { sum, at, w: w.add(firstTap.mul(16)), taps });
    store(to, sum);
    fn.advance(at, 16);
  });
}

/** The one to three channels after the last block of four, of one column. Few networks have any. */
function lastChannels(fn: Fn, context: Context, { ox, out }: Column): void {
  const { shape, args: a, low, high } = context;
  const blocks = fn.i32('blocks', a.channels.shr(2));
  const { at, firstTap, taps } = insideTaps(fn, context, ox);
  fn.advance(at, blocks.shl(4));
  const sum = fn.v128('sum', load(a.bias.add(blocks.mul(a.biasStep))));
  const w = a.w.add(blocks.mul(16 * shape.kH * shape.kW)).add(firstTap.mul(16));
  addTaps(fn, context, { sum, at, w, taps });
  fn.set(sum, sum.pmax(low).pmin(high));
  eachCount(fn, a.channels.and(3), (count) => fn.storeLanes(out.add(blocks.shl(4)), sum, count));
}

/** The taps of a column that are inside the image: where in a row the first one reads, its number, and their count. */
function insideTaps(fn: Fn, { shape: { kW, strideW }, args: a, pixel }: Context, ox: I32) {
  const x = fn.i32('x', ox.mul(strideW).sub(a.padLeft));
  const firstTap = fn.i32('firstTap', maxI32(x.mul(-1), 0));
  const taps = fn.i32('taps', minI32(a.inW.sub(x), kW).sub(firstTap));
  return { at: fn.i32('at', x.add(firstTap).mul(pixel)), firstTap, taps };
}

interface Taps {
  readonly sum: V128Var;
  readonly at: I32;
  /** Weights of the first tap. */
  readonly w: I32;
  readonly taps: I32;
}

function addTaps(fn: Fn, context: Context, { sum, at, w, taps }: Taps): void {
  eachRow(fn, context, { at, w }, (row, wRow, offset) => {
    const tap = fn.i32('tap', wRow.add(offset));
    const p = fn.i32('p', row);
    fn.times(taps, () => {
      fn.set(sum, fn.madd(load(p), load(tap), sum));
      fn.advance(p, context.pixel);
      fn.advance(tap, 16);
    });
  });
}

/** Windows of this many rows and more are a loop in the program. */
const loopedRows = 7;

/**
 * Emits `body` for each row of the window, with the row's address and its weights at `w` + `offset`. Large windows are
 * a loop: in straight code, compilers that move loads up and multiply-adds down would hold the whole window.
 */
function eachRow(
  fn: Fn,
  { shape: { kH, kW }, rowTable }: Context,
  { at, w }: { readonly at: I32; readonly w: I32 },
  body: (row: I32Var, w: I32Var, offset: number) => void,
): void {
  const row = fn.i32('row');
  const wRow = fn.i32('wRow', w);
  if (kH < loopedRows) {
    for (let ky = 0; ky < kH; ky++) {
      fn.set(row, loadI32(rowTable, 4 * ky).add(at));
      body(row, wRow, 16 * ky * kW);
    }
    return;
  }
  const entry = fn.i32('entry', rowTable);
  const end = fn.i32('end', rowTable.add(4 * kH));
  fn.loop(() => {
    fn.set(row, loadI32(entry).add(at));
    body(row, wRow, 0);
    fn.advance(wRow, 16 * kW);
    fn.advance(entry, 4);
    return entry.ne(end);
  });
}

interface Step {
  readonly w: I32;
  readonly bias: V128;
  /** Address of the first column's four results. */
  readonly to: I32Var;
  /** Writes a column's results. */
  readonly store: (to: I32, sum: V128Var) => void;
}

/**
 * Emits a loop over blocks of four channels. It has no branch: some compilers move multiply-adds down to the store of
 * their result but leave the loads in place, and would carry all loaded values across the branch.
 */
function eachFourChannels(fn: Fn, context: Context, out: I32, body: (step: Step) => void): void {
  const { shape, args: a, low, high } = context;
  const to = fn.i32('to', out);
  const w = fn.i32('w', a.w);
  const biasAt = fn.i32('biasAt', a.bias);
  fn.times(a.channels.shr(2), () => {
    body({ w, bias: load(biasAt), to, store: (at, sum) => fn.store(at, sum.pmax(low).pmin(high)) });
    fn.advance(to, 16);
    fn.advance(w, 16 * shape.kH * shape.kW);
    fn.advance(biasAt, a.biasStep);
  });
}
