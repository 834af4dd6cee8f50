// Loads. Each takes an address and a constant offset in bytes, which costs nothing and must not be negative.

import { F32, I32, type Int, i32, V128 } from './expr.js';

export const loadI32 = (address: I32, offset = 0): I32 => new I32('i32.load', [address], [offset]);
export const loadByte = (address: I32, offset = 0): I32 => new I32('i32.load8_u', [address], [offset]);
export const loadF32 = (address: I32, offset = 0): F32 => new F32('f32.load', [address], [offset]);
/** Four floats, or integers, that follow each other in memory; the address need not be aligned. */
export const load = (address: I32, offset = 0): V128 => new V128('v128.load', [address], [offset]);
/** One float in all four lanes. */
export const loadSplat = (address: I32, offset = 0): V128 => new V128('v128.load32_splat', [address], [offset]);
/** One float in lane 0, zeros above. */
export const loadFirst = (address: I32, offset = 0): V128 => new V128('v128.load32_zero', [address], [offset]);
/** Two floats in lanes 0 and 1, zeros above. */
export const loadTwo = (address: I32, offset = 0): V128 => new V128('v128.load64_zero', [address], [offset]);
/** Adds to an integer in shared memory and gives its value from before. */
export const atomicAdd = (address: I32, value: Int, offset = 0): I32 =>
  new I32('i32.atomic.rmw.add', [address, i32(value)], [offset]);
