// Packed weights have 0 in place of subnormal numbers. A multiplication with a subnormal takes a hundred times as long,
// WebAssembly cannot tell the processor to treat subnormals as zero, and networks trained with weight decay have many.

import type { V128 } from '../emit/index.js';

/** The smallest normal number of float32. flushSubnormals() takes a vector of it. */
export const smallestNormal = 2 ** -126;

/** `value`, a local, with 0 in place of subnormals. NaN stays. */
export function flushSubnormals(value: V128, smallest: V128): V128 {
  return value.andNot(value.abs().lt(smallest));
}
