// Two lanes of float64, for what float32 cannot hold.

import { V128 } from './expr.js';

/**
 * The quotients of the first two integers of a and of b, rounded down, as integers, and zeros above. A quotient of two
 * integers is never rounded to an integer that it is not. What is out of range becomes the nearest bound, NaN becomes 0.
 */
export function floorQuotients(a: V128, b: V128): V128 {
  const [x, y] = [a, b].map((ints) => new V128('f64x2.convert_low_i32x4_s', [ints]));
  const floors = new V128('f64x2.floor', [new V128('f64x2.div', [x, y])]);
  return new V128('i32x4.trunc_sat_f64x2_s_zero', [floors]);
}
