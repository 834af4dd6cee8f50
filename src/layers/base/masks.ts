// Masks of padded sequences. TensorFlow.js passes layers the mask of their first input only, but stores the mask of
// every tensor on the tensor itself. These helpers read it there.
// Source: https://keras.io/guides/understanding_masking_and_padding/

import { customGrad, engine, type Tensor } from '@tensorflow/tfjs-core';

/** The mask of x, bool and of the shape of x without its last axes; null if x has none. */
export function maskOf(x: Tensor): Tensor | null {
  const { kerasMask } = x as Tensor & { kerasMask?: Tensor | null };
  return kerasMask && !kerasMask.isDisposed ? kerasMask : null;
}

/**
 * Whether computeMask() should make a new mask. After each call of a layer TensorFlow.js asks for a mask without
 * passing one (`mask` is undefined). Outside of tf.tidy nothing would dispose it, so none is made there.
 */
export function isMaskWanted(mask: unknown): boolean {
  return mask !== undefined || engine().state.activeScope != null;
}

/**
 * Computes a tensor through which no gradient flows. TensorFlow.js has no gradients of comparisons and logical
 * operations, and throws if a loss depends on one.
 */
export function withoutGradient(f: () => Tensor): Tensor {
  return customGrad(() => ({ value: f(), gradFunc: () => [] }))();
}
