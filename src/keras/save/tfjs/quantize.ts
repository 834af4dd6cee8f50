// Quantizes weights in the form of tfjs's weights manifest:
//   float16: halves;  uint8, uint16: q = round((w - min)/scale), read back as q*scale + min
// As in the official converter, zero stays exactly zero: `min` is rounded to a multiple of `scale`.
// Source of the format: https://www.tensorflow.org/js/guide/conversion

import { float32ToFloat16 } from '../../../core/halves.js';

export const quantizedTypes = ['float16', 'uint8', 'uint16'] as const;
export type QuantizedType = (typeof quantizedTypes)[number];

export type Quantization =
  | { readonly dtype: 'float16'; readonly original_dtype: 'float32' }
  | {
      readonly dtype: 'uint8' | 'uint16';
      readonly original_dtype: 'float32';
      readonly scale: number;
      readonly min: number;
    };

export interface Quantized {
  readonly bytes: Uint8Array;
  readonly quantization: Quantization;
}

const LARGEST_HALF = 65504;

/** The quantized values, or why the type cannot hold them. */
export function quantize(values: Float32Array, type: QuantizedType): Quantized | { readonly problem: string } {
  const [least, greatest] = rangeOf(values);
  if (!Number.isFinite(greatest - least)) return { problem: 'it holds NaN or infinity' };
  if (type !== 'float16') return affine(values, type, least, greatest);
  const size = Math.max(-least, greatest);
  if (size > LARGEST_HALF) return { problem: `float16 ends at ${LARGEST_HALF}, and it holds ${size}` };
  return { bytes: bytesOf(float32ToFloat16(values)), quantization: { dtype: type, original_dtype: 'float32' } };
}

function affine(values: Float32Array, dtype: 'uint8' | 'uint16', least: number, greatest: number): Quantized {
  const steps = dtype === 'uint8' ? 255 : 65535;
  const stored = dtype === 'uint8' ? new Uint8Array(values.length) : new Uint16Array(values.length);
  // Values that are all the same are stored as zeros, with the value as `min`.
  const scale = greatest > least ? (greatest - least) / steps : 1;
  const hasZero = greatest > least && least <= 0 && greatest >= 0;
  const min = hasZero ? Math.round(least / scale) * scale : least;
  values.forEach((value, i) => {
    stored[i] = Math.min(steps, Math.max(0, Math.round((value - min) / scale)));
  });
  return { bytes: bytesOf(stored), quantization: { dtype, original_dtype: 'float32', scale, min } };
}

/**
 * The largest rounding error of a stored value. A half has 11 significant bits, and below 2^-14 steps of 2^-24. Rounding
 * `min` to a multiple of the step adds half a step at both limits.
 */
export function errorOf(quantization: Quantization | undefined, value: number): number {
  if (!quantization) return 0;
  if (quantization.dtype === 'float16') return Math.max(Math.abs(value) * 2 ** -11, 2 ** -25);
  const { scale, min } = quantization;
  const rounding = (Math.abs(min) + Math.abs(value)) * 2 ** -23; // of the float32 that is read
  return scale * 1.001 + rounding;
}

/** The least and greatest value; both are NaN if any value is. */
function rangeOf(values: Float32Array): [least: number, greatest: number] {
  let [least, greatest] = values.length > 0 ? [values[0], values[0]] : [0, 0];
  for (const value of values) {
    if (!(value >= least)) least = value;
    if (!(value <= greatest)) greatest = value;
    if (Number.isNaN(value)) return [value, value];
  }
  return [least, greatest];
}

function bytesOf({ buffer, byteOffset, byteLength }: Uint8Array | Uint16Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}
