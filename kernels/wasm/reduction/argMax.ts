// The index of the greatest (or least) value of each row of the last dimension, the first of equal ones. NaN is never
// greater than anything, so a row that begins with NaN gives 0, as in TensorFlow.js.

import type { Device } from '../device.js';
import { costs, walk } from '../elementwise/vector.js';
import {
  type F32Var,
  type Fn,
  type I32Var,
  lanesI,
  load,
  loadSplat,
  program,
  splatI,
  type V128,
} from '../emit/index.js';

const args = { x: 'i32', y: 'i32', length: 'i32' } as const;

const isBetter = {
  max: { lanes: (a: V128, b: V128) => a.gt(b), scalar: (a: F32Var, b: F32Var) => a.gt(b) },
  min: { lanes: (a: V128, b: V128) => a.lt(b), scalar: (a: F32Var, b: F32Var) => a.lt(b) },
} as const;

export type Extreme = keyof typeof isBetter;

/** Item: a row. */
const programOf = (which: Extreme) =>
  program(`arg_${which}`, args, (fn, a, { from, to }) => {
    const { lanes } = isBetter[which];
    const bytes = fn.i32('bytes', a.length.shl(2));
    fn.range('item', from, to, 1, (item) => {
      const p = fn.i32('p', a.x.add(item.mul(bytes)));
      const best = fn.v128('best', loadSplat(p));
      const bestIndex = fn.v128('bestIndex', splatI(0));
      const index = fn.v128('index', lanesI(0, 1, 2, 3));
      const include = (among: (mask: V128) => V128) => {
        const value = fn.v128('value', load(p));
        const mask = fn.v128('mask', among(lanes(value, best)));
        fn.set(best, mask.choose(value, best));
        fn.set(bestIndex, mask.choose(index, bestIndex));
        fn.set(index, index.addI(splatI(4)));
      };
      walk(
        fn,
        { count: a.length, steps: [[p, 4]], unroll: 1 },
        () => include((mask) => mask),
        (left) => include((mask) => mask.and(lanesI(0, 1, 2, 3).ltI(splatI(left)))),
      );
      fn.store(a.y.add(item.shl(2)), firstOfLanes(fn, which, best, bestIndex));
    });
  });

/** Each lane has the first of its own best values. Among lanes of equal value the lowest index wins. */
function firstOfLanes(fn: Fn, which: Extreme, best: V128, bestIndex: V128): I32Var {
  const { scalar } = isBetter[which];
  const value = fn.f32('winner', best.lane(0));
  const index = fn.i32('winnerIndex', bestIndex.laneI(0));
  for (let lane = 1; lane < 4; lane++) {
    const other = fn.f32('other', best.lane(lane));
    const otherIndex = fn.i32('otherIndex', bestIndex.laneI(lane));
    const isEqual = other.ge(value).and(value.ge(other));
    fn.if(scalar(other, value).or(isEqual.and(otherIndex.lt(index))), () => {
      fn.set(value, other);
      fn.set(index, otherIndex);
    });
  }
  return index;
}

export const argPrograms = { max: programOf('max'), min: programOf('min') } as const;

/** x: address of [rows, length] floats, y: of [rows] integers. */
export function argExtreme(
  device: Device,
  which: Extreme,
  { x, y, rows, length }: { readonly x: number; readonly y: number; readonly rows: number; readonly length: number },
): void {
  if (rows === 0) return;
  device.launch(argPrograms[which], { x, y, length }, { items: rows, cost: rows * length * costs.light });
}
