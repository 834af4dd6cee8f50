// Arrays of the JSON files as tensors, and how far two of them are apart.

import * as tf from '@tensorflow/tfjs';
import type { Encoded } from './caseFiles.js';

export function tensorOf({ shape, dtype, data = '', strings }: Encoded): tf.Tensor {
  if (strings) return tf.tensor([...strings], [...shape], 'string');
  const bytes = new Uint8Array(Buffer.from(data, 'base64'));
  const values = dtype === 'bool' ? bytes : dtype === 'int32' ? new Int32Array(bytes.buffer) : floats(bytes);
  return tf.tensor(values, [...shape], dtype);
}

function floats(bytes: Uint8Array): Float32Array {
  return new Float32Array(bytes.buffer);
}

/**
 * The largest distance over the largest expected value, or over `least` if that is larger. What is not finite must be
 * the same.
 */
export function difference(found: tf.Tensor, expected: Encoded, least = 1e-3): number {
  if (`${found.shape}` !== `${expected.shape}`)
    throw new Error(`shapes must agree; received shape=[${found.shape}], expected [${expected.shape}]`);
  if (expected.strings) {
    const strings = found.dataSync<'string'>();
    return expected.strings.every((text, i) => text === strings[i]) ? 0 : 1;
  }
  const wanted = tf.tidy(() => tensorOf(expected).dataSync());
  const values = found.dataSync();
  let largest = least;
  let distance = 0;
  wanted.forEach((value, i) => {
    if (!Number.isFinite(value)) {
      if (!Object.is(value, values[i])) distance = Infinity;
      return;
    }
    largest = Math.max(largest, Math.abs(value));
    const gap = Math.abs(values[i] - value);
    distance = Math.max(distance, Number.isNaN(gap) ? Infinity : gap);
  });
  return distance / largest;
}

export function largestOf(arrays: readonly (Encoded | null)[]): number {
  const values = arrays.flatMap((array) => (array ? [...tf.tidy(() => tensorOf(array).dataSync())] : []));
  return values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
}
