// The functions of a window's pixels: the maximum, its position, the mean (or sum), and the gradient of the maximum.

import { load, splat, splatI } from '../emit/index.js';
import { type Reduction, windowProgram } from './windows.js';

/** The greatest value. NaN is ignored, and an empty window gives -Infinity, as in TensorFlow.js. */
export const maxProgram = windowProgram('maxPool', (fn, _, vectors): Reduction => {
  const best = fn.vectors('best', vectors);
  return {
    start: () => best.forEach((b) => void fn.set(b, splat(Number.NEGATIVE_INFINITY))),
    tap: (address) => best.forEach((b, i) => void fn.set(b, b.pmax(load(address, 16 * i)))),
    endRow: () => {},
    finish: () => best,
  };
});

/** The number, in its image, of the first pixel with the greatest value; -1 where none is above -Infinity. */
export const positionProgram = windowProgram('maxPosition', (fn, _, vectors): Reduction => {
  const best = fn.vectors('best', vectors);
  const position = fn.vectors('position', vectors);
  return {
    needsPixel: true,
    start: () => {
      for (const b of best) fn.set(b, splat(Number.NEGATIVE_INFINITY));
      for (const p of position) fn.set(p, splatI(-1));
    },
    tap: (address, pixel) => {
      const here = fn.v128('here', splatI(pixel));
      for (const [i, b] of best.entries()) {
        const value = fn.v128('value', load(address, 16 * i));
        const isGreater = fn.v128('isGreater', value.gt(b));
        fn.set(b, b.pmax(value));
        fn.set(position[i], isGreater.choose(here, position[i]));
      }
    },
    endRow: () => {},
    finish: () => position,
  };
});

/** The sum over the window, divided. Each row is summed first, so the error grows with the window's sides only. */
export const meanProgram = windowProgram('avgPool', (fn, a, vectors): Reduction => {
  const sums = fn.vectors('sum', vectors);
  const rows = fn.vectors('rowSum', vectors);
  const clear = (some: typeof sums) => some.forEach((v) => void fn.set(v, splat(0)));
  return {
    start: () => {
      clear(sums);
      clear(rows);
    },
    tap: (address) => rows.forEach((r, i) => void fn.set(r, r.add(load(address, 16 * i)))),
    endRow: () => {
      for (const [i, sum] of sums.entries()) fn.set(sum, sum.add(rows[i]));
      clear(rows);
    },
    finish: (count) => {
      const divisor = fn.i32('divisor', a.divisor);
      fn.if(divisor.isZero(), () => fn.set(divisor, count));
      const by = fn.v128('by', splat(divisor.toF32()));
      for (const sum of sums) fn.set(sum, sum.div(by));
      return sums;
    },
  };
});

/** Sums x, which is dy here, over the windows whose position, in `second`, is this pixel. */
export const maxGradProgram = windowProgram('maxPoolGrad', (fn, a, vectors): Reduction => {
  const sums = fn.vectors('sum', vectors);
  const own = fn.v128('own');
  return {
    start: (outPixel) => {
      fn.set(own, splatI(outPixel));
      for (const sum of sums) fn.set(sum, splat(0));
    },
    tap: (address) => {
      const position = address.add(a.second).sub(a.x);
      for (const [i, sum] of sums.entries()) {
        fn.set(
          sum,
          sum.add(
            load(position, 16 * i)
              .eqI(own)
              .and(load(address, 16 * i)),
          ),
        );
      }
    },
    endRow: () => {},
    finish: () => sums,
  };
});
