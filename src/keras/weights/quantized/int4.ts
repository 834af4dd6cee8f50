// 4-bit values: two neighbours along one axis share a byte, the first in its lower half. An odd axis ends with half a
// byte. Source: `pack_int4` in https://keras.io/api/quantizers/

import { sizeOf } from '../storedValue.js';

/** The four bits as a number from 0 to 15. */
export function lowBits(bits: number): number {
  return bits;
}

/** The four bits as a number from -8 to 7, in two's complement. */
export function signedBits(bits: number): number {
  return bits < 8 ? bits : bits - 16;
}

/** The shape of packed values: the axis is half as long. */
export function packedShape(shape: readonly number[], axis: number): number[] {
  return shape.map((size, i) => (i === axis ? Math.ceil(size / 2) : size));
}

/**
 * Unpacks bytes.
 * @param shape the shape of the result.
 * @param axis the axis along which neighbours share a byte.
 */
export function unpackAlong(
  bytes: ArrayLike<number>,
  shape: readonly number[],
  axis: number,
  decode: (bits: number) => number,
): Int8Array {
  const inner = sizeOf(shape.slice(axis + 1));
  const size = shape[axis];
  const packed = Math.ceil(size / 2);
  const result = new Int8Array(sizeOf(shape));
  for (let i = 0; i < result.length; i++) {
    const along = Math.floor(i / inner) % size;
    const outer = Math.floor(i / (inner * size));
    const byte = bytes[(outer * packed + (along >> 1)) * inner + (i % inner)];
    result[i] = decode((along % 2 === 0 ? byte : byte >> 4) & 15);
  }
  return result;
}
