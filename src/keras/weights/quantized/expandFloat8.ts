// float8: the file has the kernel in float32 and the layer rounds it to e4m3fn each time, 1 sign, 4 exponent and 3
// mantissa bits, of which the largest number is 448. Source: https://arxiv.org/abs/2209.05433

import { type StoredValue, sameShape, sizeOf, storedFloats } from '../storedValue.js';
import type { Expansion } from './expansion.js';

const LARGEST = 448;
/** Below 2^-6 numbers are subnormal, with steps of 2^-9. */
const SMALLEST_EXPONENT = -6;
const MANTISSA_BITS = 3;

/** The kernel as the layer rounds it: e4m3(kernel / scale) * scale. Null if it does not fit the layer. */
export function expandFloat8({ weight, values }: Expansion, stored: StoredValue): StoredValue | null {
  const scale = values.get('kernel_scale');
  if (!scale || sizeOf(scale.shape) !== 1 || !sameShape([...weight.shape], stored.shape)) return null;
  return storedFloats(stored.path, weight.shape, () => {
    const factor = scale.numbers()[0];
    return Float32Array.from(stored.numbers(), (x) => roundToE4m3(Math.fround(x / factor)) * factor);
  });
}

/** Rounds to the nearest e4m3fn number, ties to even, after clipping to the largest one. */
export function roundToE4m3(x: number): number {
  const clipped = Math.min(Math.max(x, -LARGEST), LARGEST);
  if (clipped === 0 || Number.isNaN(clipped)) return clipped;
  const exponent = Math.max(Math.floor(Math.log2(Math.abs(clipped))), SMALLEST_EXPONENT);
  const step = 2 ** (exponent - MANTISSA_BITS);
  return roundHalfEven(clipped / step) * step;
}

function roundHalfEven(x: number): number {
  const lower = Math.floor(x);
  const rest = x - lower;
  if (rest !== 0.5) return Math.round(x);
  return lower % 2 === 0 ? lower : lower + 1;
}

/** The values of a bias as a float8 layer adds it: rounded to the upper 16 bits, ties to even. */
export function roundToBfloat16(value: StoredValue): Float32Array {
  const rounded = Float32Array.from(value.numbers());
  const bits = new Uint32Array(rounded.buffer);
  bits.forEach((word, i) => {
    if (Number.isNaN(rounded[i])) return;
    bits[i] = (word + 0x7fff + ((word >>> 16) & 1)) & 0xffff0000;
  });
  return rounded;
}
