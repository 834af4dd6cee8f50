// Gradients of layers that move pixels by an affine or projective map. As in Keras on TensorFlow, the gradient of an image
// is the gradient of the output, moved by the inverse map with the same interpolation and the same rule for what lies
// outside, and filled with zeros. It is near the derivative and not equal to it: where pixels are drawn apart, their
// gradients do not add up.
// Source: https://www.tensorflow.org/api_docs/python/tf/raw_ops/ImageProjectiveTransformV3

import { customGrad, type Tensor } from '@tensorflow/tfjs-core';
import { KerasValueError, showValue } from '../base/kerasValueError.js';
import type { Affine } from './movedBoxes.js';

/** forward(images), whose gradient is backward(gradient of the output). */
export function withInverse(
  images: Tensor,
  forward: (images: Tensor) => Tensor,
  backward: (dy: Tensor) => Tensor,
): Tensor {
  return customGrad((x) => ({ value: forward(x as Tensor), gradFunc: (dy) => backward(dy as Tensor) }))(images);
}

/**
 * The inverse of [a0, a1, a2, b0, b1, b2].
 * @throws KerasValueError if it has none: a zoom by 0 shows one pixel. TensorFlow refuses it too.
 */
export function invertAffine(affine: Affine): Affine {
  const [a0, a1, a2, b0, b1, b2] = affine;
  const area = a0 * b1 - a1 * b0;
  if (area === 0) {
    throw new KerasValueError(
      `Images moved by a map that has no inverse have no gradient. Received: ${showValue(affine)}`,
    );
  }
  const [p, q, r, s] = [b1 / area, -a1 / area, -b0 / area, a0 / area];
  return [p, q, -(p * a2 + q * b2), r, s, -(r * a2 + s * b2)];
}
