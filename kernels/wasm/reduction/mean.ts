// y[o, i] = mean of x[o, 0, i], x[o, 1, i], ..., for x of [outer, reduce, inner].
//
// A mean is the rounded mean plus the mean of what is left of the values above it: the mean of equal values is that value,
// which a variance of 0 depends on. The first of the two sums values times a power of two, so that huge values do not
// overflow; what tiny values lose by that is in the second.

import type { Device } from '../device.js';
import { chunk, costs, storeRest, walk } from '../elementwise/vector.js';
import { load, minI32, program, splat } from '../emit/index.js';
import { withScratch } from '../scratch.js';
import { type ReduceOperands, reduce, reduceChunks } from './reduce.js';

const correctArgs = { y: 'i32', rest: 'i32', count: 'i32' } as const;

/** y += rest where that is finite: infinities and NaN leave no rest. Item: 4096 values. */
export const correctProgram = program('correctMean', correctArgs, (fn, a, { from, to }) => {
  fn.range('item', from, to, 1, (item) => {
    const start = fn.i32('start', item.mul(chunk));
    const q = fn.i32('q', a.y.add(start.shl(2)));
    const p = fn.i32('p', a.rest.add(start.shl(2)));
    const corrected = () => {
      const [value, rest] = [fn.v128('value', load(q)), fn.v128('rest', load(p))];
      return rest.sub(rest).eq(splat(0)).choose(value.add(rest), value);
    };
    const steps = [
      [q, 4],
      [p, 4],
    ] as const;
    walk(
      fn,
      { count: minI32(a.count.sub(start), chunk), steps, unroll: 1 },
      () => fn.store(q, corrected()),
      (left) => storeRest(fn, q, corrected(), left),
    );
  });
});

/** y = mean of x. No size may be 0. */
export function mean(device: Device, operands: ReduceOperands): void {
  const { y, outer, inner, reduce: divisor } = operands;
  if (divisor === 1) {
    reduce(device, 'sum', operands);
    return;
  }
  const factor = 2 ** -Math.ceil(Math.log2(divisor));
  reduceChunks(device, 'scaledSum', { ...operands, divisor: divisor * factor, pivots: 0, factor });
  withScratch(device, 4 * outer * inner, (rest) => {
    reduceChunks(device, 'residual', { ...operands, y: rest, divisor, pivots: y, factor: 1 });
    const count = outer * inner;
    const work = { items: Math.ceil(count / chunk), cost: count * costs.light, isInPlace: true };
    device.launch(correctProgram, { y, rest, count }, work);
  });
}
