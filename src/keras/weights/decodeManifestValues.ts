// Decodes the values of a weight in a tfjs shard to float32. Quantized values stand for `value * scale + min`.
// Source: https://www.tensorflow.org/js/guide/save_load and tf.io.WeightsManifestEntry

import { float16ToFloat32 } from '../../formats/hdf5/hdf5.js';
import type { ManifestEntry } from './manifest.js';

/** @param bytes those of the weight alone; their number is that of the entry's shape and dtype. */
export function decodeManifestValues(bytes: Uint8Array, { dtype, quantization }: ManifestEntry): Float32Array {
  const { buffer } = bytes.slice(); // typed arrays must be aligned
  if (!quantization) {
    if (dtype === 'float32') return new Float32Array(buffer);
    return Float32Array.from(dtype === 'int32' ? new Int32Array(buffer) : new Uint8Array(buffer));
  }
  if (quantization.dtype === 'float16') return float16ToFloat32(new Uint16Array(buffer));
  const { scale, min } = quantization;
  const stored = quantization.dtype === 'uint8' ? new Uint8Array(buffer) : new Uint16Array(buffer);
  const value = (level: number) => level * scale + min;
  return Float32Array.from(stored, dtype === 'int32' ? (level) => Math.round(value(level)) : value);
}
