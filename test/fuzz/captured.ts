// A problem on captured models: it is captured with other values than its own, and replayed with those. What the operands'
// values decide in JavaScript, and what a launch leaves out, would show.

import * as tf from '@tensorflow/tfjs';
import { type CapturedModel, capture } from '../../src/index.js';
import { replaceOperands } from './operands.js';

/** Problems run captured on backends with such a name. */
export const capturedSuffix = '-captured';

/** The outputs of `run` for its own operands, from a model that was captured with others. */
export function runCaptured(run: () => tf.Tensor[]): tf.Tensor[] {
  const own: tf.Tensor[] = [];
  const note = (operand: tf.Tensor) => {
    own.push(tf.clone(operand));
    return operand;
  };
  const outputs = replaceOperands(note, run);
  if (own.length === 0) return outputs;
  const captured = attempt(run, own.map(otherValues));
  if (!captured) return outputs;
  try {
    return captured.predict(own) as tf.Tensor[];
  } finally {
    captured.dispose();
  }
}

/** Steps of optimizers, which change variables; on WebGL2, kernels that read values. */
const refused = /it changes variables; received kernel='FusedUpdate'|the kernel reads values that depend on the inputs/;

/** Undefined for what is refused. */
function attempt(run: () => tf.Tensor[], others: tf.Tensor[]): CapturedModel | undefined {
  try {
    return capture((inputs: tf.Tensor[]) => {
      let next = 0;
      return replaceOperands(() => tf.clone(inputs[next++]), run);
    }, others);
  } catch (error) {
    if (refused.test((error as Error).message)) return undefined;
    throw error;
  }
}

/** The values in reverse order: other ones at most places, and indices stay in their range. */
function otherValues(x: tf.Tensor): tf.Tensor {
  const values = (x.dataSync() as Float32Array).slice().reverse();
  return tf.tensor(values, x.shape, x.dtype);
}
