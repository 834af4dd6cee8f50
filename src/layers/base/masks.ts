// Masks of padded sequences. TensorFlow.js hands layers the mask of their first input only, and keeps the mask of every
// tensor on the tensor itself; these helpers read it there.
// Source: https://keras.io/guides/understanding_masking_and_padding/

import { customGrad, engine, type Tensor } from '@tensorflow/tfjs-core';

/** bool, the shape of x without its last axes; null where there is none. */
export function maskOf(x: Tensor): Tensor | null {
  const { kerasMask } = x as Tensor & { kerasMask?: Tensor | null };
  return kerasMask && !kerasMask.isDisposed ? kerasMask : null;
}

/**
 * TensorFlow.js asks for a mask after each call of a layer, without saying of what (`mask` is undefined), and nobody disposes
 * it where a layer is called outside of tf.tidy: then there is none.
 */
export function isMaskWanted(mask: unknown): boolean {
  return mask !== undefined || engine().state.activeScope != null;
}

/**
 * A tensor through which no gradient goes. Comparisons and logic have none in TensorFlow.js, which refuses a loss that
 * depends on them.
 */
export function withoutGradient(f: () => Tensor): Tensor {
  return customGrad(() => ({ value: f(), gradFunc: () => [] }))();
}
