// y[n] = clamp(bias[n] + sum over k of x[k] * w[k, n]) for a matrix x of few rows, such as a dense layer's for one
// image. Reading the weights bounds its speed, so they are read once, without packing.

import type { Device } from '../device.js';
import { type Fn, type I32, load, loadSplat, program, splat } from '../emit/index.js';
import { storeFirst } from '../movement/runs.js';

const args = {
  x: 'i32',
  w: 'i32',
  y: 'i32',
  bias: 'i32',
  /** 1, or 0 where `bias` is the address of zeros. */
  hasBias: 'i32',
  rows: 'i32',
  depth: 'i32',
  columns: 'i32',
  /** Blocks of 32 columns. */
  blocks: 'i32',
  low: 'f32',
  high: 'f32',
} as const;

const blockVectors = 8;
const blockColumns = 4 * blockVectors;
/**
 * Vectors that are summed together in the last block. Each sum waits for its last multiply-add, so one alone would take as
 * long as four: 672 by 28 takes 9.2 us instead of 5 (EPYC, Node 24). They read up to 60 bytes past the weights.
 */
const restVectors = 4;

/** Item: a block of columns of one row. Rows are innermost, so that they share the weights in the cache. */
export const gemvProgram = program('gemv', args, (fn, a, { from, to }) => {
  const [low, high] = [fn.v128('low', splat(a.low)), fn.v128('high', splat(a.high))];
  const lineBytes = fn.i32('lineBytes', a.columns.mul(4));
  const clamped = (sums: readonly ReturnType<Fn['v128']>[]) => {
    for (const sum of sums) fn.set(sum, sum.pmax(low).pmin(high));
  };
  fn.range('item', from, to, 1, (item) => {
    const row = fn.i32('row', item.rem(a.rows));
    const first = fn.i32('first', item.div(a.rows).mul(4 * blockColumns));
    const left = fn.i32('left', a.columns.sub(first.shr(2)));
    const x = fn.i32('x', a.x.add(row.mul(a.depth).mul(4)));
    const out = fn.i32('out', a.y.add(row.mul(lineBytes)).add(first));
    const sumOf = (vectors: number, column: I32) => {
      const sums = fn.vectors('sum', vectors);
      const bias = a.bias.add(column.mul(a.hasBias));
      for (const [i, sum] of sums.entries()) fn.set(sum, load(bias, 16 * i));
      const px = fn.i32('px', x);
      const pw = fn.i32('pw', a.w.add(column));
      const value = fn.v128('value');
      fn.times(a.depth, () => {
        fn.set(value, loadSplat(px));
        for (const [i, sum] of sums.entries()) fn.set(sum, fn.madd(value, load(pw, 16 * i), sum));
        fn.advance(px, 4);
        fn.advance(pw, lineBytes);
      });
      clamped(sums);
      return sums;
    };
    fn.if(
      left.ge(blockColumns),
      () => {
        for (const [i, sum] of sumOf(blockVectors, first).entries()) fn.store(out, sum, 16 * i);
      },
      () =>
        fn.while(left.gt(0), () => {
          for (const sum of sumOf(restVectors, first)) {
            fn.if(left.gt(0), () => storeFirst(fn, out, sum, left));
            fn.advance(out, 16);
            fn.set(left, left.sub(4));
          }
          fn.advance(first, 16 * restVectors);
        }),
    );
  });
});

export interface GemvOperands {
  readonly x: number;
  readonly w: number;
  readonly y: number;
  readonly rows: number;
  readonly depth: number;
  readonly columns: number;
  readonly bias?: number;
  readonly low: number;
  readonly high: number;
}

/** With more rows than this, packed weights are faster. */
export const gemvRows = 3;

export function runGemv(device: Device, { x, w, y, rows, depth, columns, bias, low, high }: GemvOperands): void {
  const blocks = Math.ceil(columns / blockColumns);
  // Spelled out, since spreading objects of this size takes longer than a small product.
  const args = {
    x,
    w,
    y,
    rows,
    depth,
    columns,
    bias: bias ?? device.zeros,
    hasBias: Number(bias !== undefined),
    low,
    high,
    blocks,
  };
  device.launch(gemvProgram, args, { items: blocks * rows, cost: 2 * rows * depth * columns });
}
