// Resizing of image batches in both data formats. Nearest and bilinear are kernels of TensorFlow.js; their gradients there
// know nothing of pixel centers, so that the gradient is taken with matrices, as everything else is.

import {
  customGrad,
  image,
  matMul,
  reshape,
  type Tensor,
  type Tensor3D,
  type Tensor4D,
  tensor3d,
} from '@tensorflow/tfjs-core';
import type { KerasDataFormat } from '../base/fields.js';
import { type Resampling, resampleMatrix } from './resampleMatrix.js';

export interface Resize extends Resampling {
  /** [height, width] of the output. */
  readonly size: readonly [number, number];
  readonly dataFormat: KerasDataFormat;
}

/** x: float32, rank 4. Differentiable; call it in a tidy. */
export function resizeImages(x: Tensor, { size, dataFormat, ...resampling }: Resize): Tensor {
  const isLast = dataFormat === 'channels_last';
  const [batch, a, b, c] = x.shape;
  // Planes of channels_first are a batch of pictures with one channel.
  const pictures: Tensor4D = isLast ? (x as Tensor4D) : reshape(x, [batch * a, b, c, 1]);
  const y = resizeLast(pictures, size, resampling);
  return isLast ? y : reshape(y, [batch, a, ...size]);
}

function resizeLast(x: Tensor4D, size: readonly [number, number], resampling: Resampling): Tensor4D {
  const { interpolation, antialias } = resampling;
  const [, height, width] = x.shape;
  if (height === size[0] && width === size[1]) return x;
  const isSmooth = antialias && (size[0] < height || size[1] < width);
  const kernel = interpolation === 'nearest' || (interpolation === 'bilinear' && !isSmooth) ? interpolation : null;
  if (kernel === null) return byMatrices(x, size, resampling, false);
  const resize = kernel === 'nearest' ? image.resizeNearestNeighbor : image.resizeBilinear;
  const inputSize: readonly [number, number] = [height, width];
  return customGrad((pictures) => ({
    value: resize(pictures as Tensor4D, [...size], false, true),
    gradFunc: (dy: Tensor) => byMatrices(dy as Tensor4D, inputSize, resampling, true),
  }))(x) as Tensor4D;
}

/**
 * rows x columns^T for every channel, where rows and columns are resampling matrices.
 * @param isGradient goes back from a gradient of the output to one of the input, of this size.
 */
function byMatrices(
  x: Tensor4D,
  size: readonly [number, number],
  resampling: Resampling,
  isGradient: boolean,
): Tensor4D {
  const [batch, height, width, channels] = x.shape;
  const matrix = (from: number, to: number): Tensor3D => {
    const [inSize, outSize] = isGradient ? [to, from] : [from, to];
    return tensor3d(resampleMatrix(inSize, outSize, resampling), [1, outSize, inSize]);
  };
  const isSameH = height === size[0];
  const isSameW = width === size[1];
  const rows = isSameH ? x : matMul(matrix(height, size[0]), reshape(x, [batch, height, width * channels]), isGradient);
  const columns = isSameW
    ? rows
    : matMul(matrix(width, size[1]), reshape(rows, [batch * size[0], width, channels]), isGradient);
  return reshape(columns, [batch, ...size, channels]);
}
