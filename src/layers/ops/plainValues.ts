// Results that are computed from the values of tensors in plain TypeScript, for what no backend computes: integers bit by
// bit, linear algebra in float64. TensorFlow.js does not know what they depend on, so each one says what its gradient is.

import * as tf from '@tensorflow/tfjs-core';
import { KerasValueError } from '../base/kerasValueError.js';

/**
 * `value` as a function of the inputs, with this gradient.
 * @param grad gives a gradient for each input. `saved` are the inputs, then the value.
 */
export function withGradient(
  inputs: readonly tf.Tensor[],
  value: tf.Tensor,
  grad: (dy: tf.Tensor, saved: readonly tf.Tensor[]) => tf.Tensor[],
): tf.Tensor {
  const op = tf.customGrad((...given) => {
    const save = given[inputs.length] as unknown as (kept: tf.Tensor[]) => void;
    const copy = value.clone();
    save([...(given.slice(0, inputs.length) as tf.Tensor[]), value]);
    return { value: copy, gradFunc: grad };
  });
  return op(...inputs);
}

/** Results without a gradient: where one is asked for, an error says so, since none would be taken for zero. */
export function withoutGradient(where: string, inputs: readonly tf.Tensor[], values: readonly tf.Tensor[]) {
  const refuse = () => {
    throw new KerasValueError(`${where}: this operation has no gradient`);
  };
  return values.map((value) => (value.dtype === 'float32' ? withGradient(inputs, value, refuse) : value));
}

/** The integers of both operands, broadcast, through f. Two bool operands give bool. */
export function zipIntegers(a: tf.Tensor, b: tf.Tensor, f: (a: number, b: number) => number): tf.Tensor {
  const shape = tf.broadcast_util.assertAndGetBroadcastShape(a.shape, b.shape);
  const [left, right] = [a, b].map((x) => tf.broadcastTo(tf.cast(x, 'int32'), shape).dataSync());
  const values = Int32Array.from(left, (value, i) => f(value, right[i]));
  const y = tf.tensor(values, shape, 'int32');
  return a.dtype === 'bool' && b.dtype === 'bool' ? tf.cast(y, 'bool') : y;
}
