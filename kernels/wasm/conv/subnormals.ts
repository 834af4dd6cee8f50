// Numbers below the normal range of float32 have no place among packed weights: WebAssembly cannot tell the processor to
// take them for zero, one multiplication with such a number takes a hundred times as long, and networks that were trained
// with weight decay are full of them.

import type { V128 } from '../emit/index.js';

/** The smallest normal number; a vector of it goes into flushSubnormals(). */
export const smallestNormal = 2 ** -126;

/** `value`, a local, with 0 in place of denormals; NaN stays. */
export function flushSubnormals(value: V128, smallest: V128): V128 {
  return value.andNot(value.abs().lt(smallest));
}
