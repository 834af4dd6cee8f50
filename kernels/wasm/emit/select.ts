// Choices between two integers without a branch.

import { I32, type Int, i32 } from './expr.js';

/** condition ? a : b; both are computed. */
export function selectI32(condition: I32, a: Int, b: Int): I32 {
  return new I32('select', [i32(a), i32(b), condition]);
}

export function minI32(a: I32, b: Int): I32 {
  return selectI32(a.lt(b), a, b);
}

export function maxI32(a: I32, b: Int): I32 {
  return selectI32(a.gt(b), a, b);
}
