// The gradient of broadcasting: dy summed over the dimensions along which an operand was repeated.

import { reshape, sum, type Tensor, type Tensor4D } from '@tensorflow/tfjs-core';
import type { DataFormat } from '../../kernels/conv.js';

/** `shape` is that of a bias or of PReLU weights, aligned with y as resolveEpilogue aligns it. */
export function sumToShape(dy: Tensor, shape: readonly number[], dataFormat: DataFormat = 'NHWC'): Tensor {
  const aligned = shape.length === 1 && dataFormat === 'NCHW' ? [shape[0], 1, 1] : shape;
  const offset = dy.rank - aligned.length;
  const axes = dy.shape.map((_, i) => i).filter((i) => i < offset || (aligned[i - offset] === 1 && dy.shape[i] !== 1));
  return reshape(axes.length > 0 ? sum(dy as Tensor4D, axes) : dy, [...shape]);
}
