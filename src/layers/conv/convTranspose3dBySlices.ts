// Transposed 3D convolution as a sum of 2D ones. Slice i of the input, transposed-convolved with slice k of the kernel,
// is added to slice i*stride + k*dilation - before of the output.

import { add, pad, reshape, slice, type Tensor } from '@tensorflow/tfjs-core';
import { cropBefore, type TransposeWindow, transposedSize } from './transposeShapes.js';

type Transpose2d = (x: Tensor, kernel: Tensor, window: TransposeWindow) => Tensor;

interface Call {
  /** [batch, depth, height, width, channels] */
  readonly x: Tensor;
  /** [kD, kH, kW, filters, channels] */
  readonly kernel: Tensor;
  /** Its data format is ignored. */
  readonly window: TransposeWindow;
}

/** Gives [batch, outD, outH, outW, filters]. */
export function convTranspose3dBySlices(transpose2d: Transpose2d, { x, kernel, window }: Call): Tensor {
  const [batch, depth, ...image]: number[] = x.shape;
  const [kD, ...kernelShape]: number[] = kernel.shape;
  const slices: Tensor = reshape(x, [batch * depth, ...image]);
  const kernels: Tensor = reshape(kernel, [kD, -1]);
  const window2d = sliceWindow(window);
  const terms = Array.from({ length: kD }, (_, k) => {
    const kernel2d: Tensor = reshape(slice(kernels, [k, 0], [1, -1]), kernelShape);
    return transpose2d(slices, kernel2d, window2d);
  });
  const outImage: number[] = terms[0].shape.slice(1);
  const scattered = terms.map((y, k) => scatterSlices(reshape(y, [batch, depth, -1]), k, window));
  const sum = scattered.reduce((total, y) => add(total, y));
  return reshape(sum, [batch, -1, ...outImage]);
}

function sliceWindow(window: TransposeWindow): TransposeWindow {
  return {
    ...window,
    kernelSize: window.kernelSize.slice(1),
    strides: window.strides.slice(1),
    dilationRate: window.dilationRate.slice(1),
    outputPadding: window.outputPadding?.slice(1) ?? null,
    dataFormat: 'channels_last',
  };
}

const none: [number, number] = [0, 0];

/** Puts the slices y[i] at i*stride + k*dilation - before of an output of zeros. y: [batch, depth, size of a slice] */
function scatterSlices(y: Tensor, k: number, window: TransposeWindow): Tensor {
  const [batch, depth, sliceSize]: number[] = y.shape;
  const [stride] = window.strides;
  const size = transposedSize(window, depth, 0);
  const before = cropBefore(window, 0);
  const first = k * window.dilationRate[0];
  const apart: Tensor =
    stride === 1 ? y : pad(reshape(y, [batch, depth, 1, sliceSize]), [none, none, [0, stride - 1], none]);
  const spread: Tensor = reshape(apart, [batch, depth * stride, sliceSize]);
  const after = Math.max(before + size - first - depth * stride, 0);
  return slice(pad(spread, [none, [first, after], none]), [0, before, 0], [-1, size, -1]);
}
