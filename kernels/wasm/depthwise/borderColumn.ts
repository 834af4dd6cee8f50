// Single columns of the row program, with the taps of their windows that are inside the image, and the channels that are
// left after the last four.

import { type Fn, type I32, type I32Var, load, maxI32, minI32, type V128, type V128Var } from '../emit/index.js';
import { eachCount } from '../movement/runs.js';
import { eachRow, type RowContext } from './rowContext.js';

interface Column {
  readonly ox: I32;
  readonly out: I32;
}

/** One column, with the taps of its window that are inside the image. */
export function borderColumn(fn: Fn, context: RowContext, { ox, out }: Column): void {
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
export function lastChannels(fn: Fn, context: RowContext, { ox, out }: Column): void {
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
function insideTaps(fn: Fn, { shape: { kW, strideW }, args: a, pixel }: RowContext, ox: I32) {
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

function addTaps(fn: Fn, context: RowContext, { sum, at, w, taps }: Taps): void {
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

interface Step {
  readonly w: I32;
  readonly bias: V128;
  /** Address of the first column's four results. */
  readonly to: I32Var;
  /** Writes a column's results. */
  readonly store: (to: I32, sum: V128Var) => void;
}

/** Emits a loop over blocks of four channels. */
function eachFourChannels(fn: Fn, context: RowContext, out: I32, body: (step: Step) => void): void {
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
