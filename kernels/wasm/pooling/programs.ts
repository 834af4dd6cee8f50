// The functions of a window's pixels: the maximum, its position, the mean, and the gradients of maximum and mean.

import { type Fn, type I32, i32, load, splat, splatI, type V128 } from '../emit/index.js';
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

/** Above this a value may be so far from the others that what they are above it has lost all of them. */
const largestPivot = 2 ** 100;

const bitsOfOne = 0x3f800000;

/**
 * The mean over the window: its first value, and the mean of what the others are above it, so that the mean of equal
 * values is that value. Where the first value is huge, infinite or NaN, 0 takes its place. Everything is divided by a
 * power of two in between, at least twice the pixels of a window: huge values do not overflow. `divisor` is its exponent
 * as it stands in a float, since a division for each window took a fifth of the time.
 */
export const meanProgram = windowProgram('avgPool', (fn, a, vectors): Reduction => {
  const pivots = fn.vectors('pivot', vectors);
  const by = fn.v128('by');
  const sum = sumOfRows(fn, vectors, (value, i) => value.mul(by).sub(pivots[i]));
  return {
    ...sum,
    start: (_, first, count) => {
      fn.set(by, splatI(i32(bitsOfOne).sub(a.divisor)));
      for (const pivot of pivots) fn.set(pivot, splat(0));
      fn.if(count.gt(0), () => {
        for (const [i, pivot] of pivots.entries()) {
          const value = fn.v128('first', load(first, 16 * i));
          fn.set(pivot, value.abs().lt(splat(largestPivot)).and(value.mul(by)));
        }
      });
      sum.start();
    },
    finish: (count) => {
      const pixels = fn.v128('pixels', splat(count.toF32()));
      const back = fn.v128('back', splatI(i32(bitsOfOne).add(a.divisor)));
      const sums = sum.finish();
      for (const [i, value] of sums.entries()) fn.set(value, pivots[i].add(value.div(pixels)).mul(back));
      return sums;
    },
  };
});

/**
 * The mean over windows of 2x2 at most. Sums of one, two and four equal values are exact, and so is the quotient: no pivot
 * is needed. Sums of quarters do not overflow.
 */
export const meanOfFewProgram = windowProgram('avgPoolOfFew', (fn, _, vectors): Reduction => {
  const quarter = splat(0.25);
  const sum = sumOfRows(fn, vectors, (value) => value.mul(quarter));
  return {
    ...sum,
    finish: (count) => {
      const by = fn.v128('by', splat(4).div(splat(count.toF32())));
      const sums = sum.finish();
      for (const value of sums) fn.set(value, value.mul(by));
      return sums;
    },
  };
});

/** The sum over the window, divided by a number. */
export const meanGradProgram = windowProgram('avgPoolGrad', (fn, a, vectors): Reduction => {
  const sum = sumOfRows(fn, vectors, (value) => value);
  return {
    ...sum,
    finish: () => {
      const by = fn.v128('by', splat(a.divisor.toF32()));
      const sums = sum.finish();
      for (const value of sums) fn.set(value, value.div(by));
      return sums;
    },
  };
});

/** Each row is summed first, so the error grows with the window's sides only. */
function sumOfRows(fn: Fn, vectors: number, transform: (value: V128, i: number) => V128) {
  const sums = fn.vectors('sum', vectors);
  const rows = fn.vectors('rowSum', vectors);
  const clear = (some: typeof sums) => some.forEach((v) => void fn.set(v, splat(0)));
  return {
    start: () => {
      clear(sums);
      clear(rows);
    },
    tap: (address: I32) => rows.forEach((r, i) => void fn.set(r, r.add(transform(load(address, 16 * i), i)))),
    endRow: () => {
      for (const [i, sum] of sums.entries()) fn.set(sum, sum.add(rows[i]));
      clear(rows);
    },
    finish: () => sums,
  };
}

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
