// y = e^(x - max x) / sum of e^(x - max x), for each row of the last dimension.

import type { Device } from '../device.js';
import { expOfNegative } from '../elementwise/exp.js';
import { costs, storeRest, walk } from '../elementwise/vector.js';
import { load, minI32, program, splat, type V128 } from '../emit/index.js';
import { acrossLanes, onlyFirst, reduceRun } from './reduce.js';

/** Values that are summed before they are added to the row's sum, which keeps its rounding error small. */
const block = 1024;
/** Takes one instruction instead of five by ignoring NaN, which makes the sum NaN and so the row. */
const greatest = { identity: -Infinity, f: (a: V128, b: V128) => a.pmax(b) };

const args = { x: 'i32', y: 'i32', length: 'i32' } as const;

/** Item: a row. */
export const softmaxProgram = program('softmax', args, (fn, a, { from, to }) => {
  const e = expOfNegative(fn);
  const bytes = fn.i32('bytes', a.length.shl(2));
  fn.range('item', from, to, 1, (item) => {
    const p = fn.i32('p', a.x.add(item.mul(bytes)));
    const q = fn.i32('q', a.y.add(item.mul(bytes)));
    const top = fn.v128('top', reduceRun(fn, greatest, p, a.length));
    const total = fn.v128('total', splat(0));
    const left = fn.i32('rowLeft', a.length);
    fn.while(left.gt(0), () => {
      const sum = fn.v128('sum', splat(0));
      const steps = [
        [p, 4],
        [q, 4],
      ] as const;
      walk(
        fn,
        { count: minI32(left, block), steps, unroll: 1 },
        () => {
          const value = fn.v128('value', e(load(p).sub(top)));
          fn.store(q, value);
          fn.set(sum, sum.add(value));
        },
        (rest) => {
          const value = fn.v128('value', e(load(p).sub(top)));
          storeRest(fn, q, value, rest);
          fn.set(sum, sum.add(onlyFirst(rest, value, splat(0))));
        },
      );
      fn.set(total, total.add(sum));
      fn.set(left, left.sub(block));
    });
    const sum = acrossLanes(fn, (x, y) => x.add(y), total);
    const factor = fn.v128('factor', splat(1).div(sum));
    fn.set(q, a.y.add(item.mul(bytes)));
    walk(
      fn,
      { count: a.length, steps: [[q, 4]], unroll: 4 },
      (vectors) => {
        for (let i = 0; i < vectors; i++) fn.store(q, load(q, 16 * i).mul(factor), 16 * i);
      },
      (rest) => storeRest(fn, q, load(q).mul(factor), rest),
    );
  });
});

/** x and y: addresses of [rows, length] floats. */
export function softmax(
  device: Device,
  { x, y, rows, length }: { readonly x: number; readonly y: number; readonly rows: number; readonly length: number },
): void {
  if (rows * length === 0) return;
  device.launch(softmaxProgram, { x, y, length }, { items: rows, cost: rows * length * costs.heavy });
}
