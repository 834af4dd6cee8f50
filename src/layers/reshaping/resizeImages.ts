// Resizes image batches in both data formats. Nearest and bilinear use TensorFlow.js's kernels, all else uses
// resampling matrices. The gradient always uses matrices, since TensorFlow.js's gradients ignore half-pixel centers.

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

/** The arguments of `resizeImages`. */
export interface Resize extends Resampling {
  /** [height, width] of the output. */
  readonly size: readonly [number, number];
  readonly dataFormat: KerasDataFormat;
}

/** Resizes x, float32 of rank 4. Differentiable. Call it in a tidy. */
export function resizeImages(x: Tensor, { size, dataFormat, ...resampling }: Resize): Tensor {
  const isLast = dataFormat === 'channels_last';
  const [batch, a, b, c] = x.shape;
  // The planes of channels_first are a batch of images with one channel.
  const images: Tensor4D = isLast ? (x as Tensor4D) : reshape(x, [batch * a, b, c, 1]);
  const y = resizeChannelsLast(images, size, resampling);
  return isLast ? y : reshape(y, [batch, a, ...size]);
}

function resizeChannelsLast(x: Tensor4D, size: readonly [number, number], resampling: Resampling): Tensor4D {
  const { interpolation, antialias } = resampling;
  const [, height, width] = x.shape;
  if (height === size[0] && width === size[1]) return x;
  const isSmooth = antialias && (size[0] < height || size[1] < width);
  const kernel = interpolation === 'nearest' || (interpolation === 'bilinear' && !isSmooth) ? interpolation : null;
  if (kernel === null) return resizeByMatrices(x, size, resampling, false);
  const resize = kernel === 'nearest' ? image.resizeNearestNeighbor : image.resizeBilinear;
  const inputSize: readonly [number, number] = [height, width];
  return customGrad((images) => ({
    value: resize(images as Tensor4D, [...size], false, true),
    gradFunc: (dy: Tensor) => resizeByMatrices(dy as Tensor4D, inputSize, resampling, true),
  }))(x) as Tensor4D;
}

/**
 * rows x columns^T for every channel, where rows and columns are resampling matrices.
 * @param isGradient whether x is the gradient of the output, and the result that of the input, of this size.
 */
function resizeByMatrices(
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
