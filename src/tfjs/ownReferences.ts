// What kernels give that TensorFlow.js does not have, or has wrong, in plain loops: the references of self-tests.

import { util } from '@tensorflow/tfjs-core';
import { maxPool3dGrad } from '../../kernels/maxPool3dGrad.js';
import { nearestIndices } from '../../kernels/resizeSamples.js';
import type { Call } from './kernelCall.js';
import { BATCH_NORM_SUMS_KERNEL, RELU_GRAD_KERNEL, SPREAD_KERNEL } from './ownKernelNames.js';
import { pool3dWindows } from './pool3dWindows.js';

type Values = Readonly<Record<string, Float32Array | Uint8Array>>;

/** By the kernel's name: the values of each result. */
export const ownReferences: Readonly<Record<string, (call: Call, values: Values) => Float32Array[]>> = {
  ResizeNearestNeighborGrad: (call, values) => [nearestGradient(call, values)],
  MaxPool3DGrad: ({ operands, attrs }, { dy, input }) => {
    return [maxPool3dGrad(pool3dWindows(operands.input.shape, attrs as never), input, dy)];
  },
  [RELU_GRAD_KERNEL]: (_, { dy, x }) => [Float32Array.from(dy, (value, i) => (x[i] > 0 ? value : x[i] * 0))],
  [SPREAD_KERNEL]: ({ operands, attrs }, { x }) => [spread(operands.x.shape, x, attrs.shape as number[])],
  [BATCH_NORM_SUMS_KERNEL]: (call, values) => batchNormSums(call.attrs.epsilon as number, values),
};

/** TensorFlow.js's own kernel estimates which pixels were copied, and misses some. */
function nearestGradient(call: Call, { dy: values }: Values): Float32Array {
  const { images, dy } = call.operands;
  const [n, inH, inW, c] = images.shape;
  const [, outH, outW] = dy.shape;
  const alignment = {
    alignCorners: call.attrs.alignCorners === true,
    halfPixelCenters: call.attrs.halfPixelCenters === true,
  };
  const [rows, columns] = [nearestIndices(inH, outH, alignment), nearestIndices(inW, outW, alignment)];
  const dx = new Float32Array(n * inH * inW * c);
  for (let i = 0; i < values.length; i++) {
    const [channel, pixel] = [i % c, Math.floor(i / c)];
    const [x, line] = [pixel % outW, Math.floor(pixel / outW)];
    const [y, image] = [line % outH, Math.floor(line / outH)];
    dx[((image * inH + rows[y]) * inW + columns[x]) * c + channel] += values[i];
  }
  return dx;
}

function spread(from: readonly number[], x: ArrayLike<number>, shape: readonly number[]): Float32Array {
  const strides = util.computeStrides([...shape, 1]);
  const own = util.computeStrides([...from, 1]);
  return Float32Array.from({ length: util.sizeFromShape([...shape]) }, (_, i) => {
    const indices = shape.map((size, axis) => Math.floor(i / strides[axis]) % size);
    return x[indices.reduce((sum, index, axis) => sum + (from[axis] === 1 ? 0 : index * own[axis]), 0)];
  });
}

function batchNormSums(epsilon: number, { dy, x, mean, variance }: Values): Float32Array[] {
  const channels = mean.length;
  const [sums, products] = [new Float64Array(channels), new Float64Array(channels)];
  for (let i = 0; i < x.length; i++) {
    const c = i % channels;
    sums[c] += dy[i];
    products[c] += (dy[i] * (x[i] - mean[c])) / Math.sqrt(variance[c] + epsilon);
  }
  return [Float32Array.from(sums), Float32Array.from(products)];
}
