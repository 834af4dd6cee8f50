// Kernels in plain loops for the engine without WebAssembly SIMD, where the official ones are wrong: the official mean of
// equal values is not that value, the official gradients of resizes confuse height and width, or divide by zero, and the
// official running sums take negative axes for others, the official products pair the wrong matrices of two batches, and
// the official top k has no order for NaN.

import {
  backend_util,
  type CumsumAttrs,
  type ResizeBilinearGradAttrs,
  type TensorInfo,
  type TopKAttrs,
  util,
} from '@tensorflow/tfjs-core';
import { topK } from '../../../../kernels/js/index.js';
import { type Alignment, bilinearSamples, nearestIndices } from '../../../../kernels/resizeSamples.js';
import { officialCpu } from '../../../tfjs/officialCpu.js';
import { type NamedKernel, typedKernel } from '../../../tfjs/registry.js';
import { wholeBatches } from '../../../tfjs/wholeBatches.js';
import type { CpuBackend } from '../backend.js';
import { repeating } from './everyEngine.js';

interface OneInput {
  readonly x: TensorInfo;
}

interface MeanAttrs {
  readonly axis?: number | number[];
  readonly keepDims?: boolean;
}

const officialTopK = officialCpu.get('TopK');

const topKKernel = typedKernel<OneInput, TopKAttrs, CpuBackend>('TopK', (args) => {
  const { inputs, attrs, backend } = args;
  const { x } = inputs;
  const { k } = attrs;
  const length = x.shape.at(-1) ?? 0;
  if (util.sizeFromShape(x.shape) === 0 || !(k >= 1) || k > length) return officialTopK(args as never);
  const { values, indices } = topK(backend.readSync(x.dataId) as Float32Array, length, k);
  const shape = [...x.shape.slice(0, -1), k];
  return [backend.makeTensorInfo(shape, x.dtype, values), backend.makeTensorInfo([...shape], 'int32', indices)];
});

const officialMean = officialCpu.get('Mean');

/** Sums in float64, in which the sum of up to 2^29 equal floats is exact. */
const mean = typedKernel<OneInput, MeanAttrs, CpuBackend>('Mean', (args) => {
  const { inputs, attrs, backend } = args;
  const { x } = inputs;
  if (x.dtype !== 'float32' || util.sizeFromShape(x.shape) === 0) return officialMean(args as never);
  const axes = util.parseAxisParam(attrs.axis as number | number[], x.shape);
  const [outShape, reduced] = backend_util.computeOutAndReduceShapes(x.shape, axes);
  const values = backend.readSync(x.dataId) as Float32Array;
  const sums = new Float64Array(util.sizeFromShape(outShape));
  forEachOutput(x.shape, axes, (at, from) => {
    sums[at] += values[from];
  });
  const count = util.sizeFromShape(reduced);
  const shape = attrs.keepDims ? backend_util.expandShapeToKeepDim(outShape, axes) : outShape;
  const means = Float32Array.from(sums, (sum) => sum / count);
  return backend.makeTensorInfo(shape, 'float32', means);
});

/** Visits each value of a shape in the order of memory, with the position in the reduced shape that it belongs to. */
function forEachOutput(shape: readonly number[], axes: readonly number[], visit: (at: number, from: number) => void) {
  const steps = shape.map(() => 0);
  let step = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    if (axes.includes(axis)) continue;
    steps[axis] = step;
    step *= shape[axis];
  }
  const index = shape.map(() => 0);
  const size = util.sizeFromShape(shape as number[]);
  let at = 0;
  for (let from = 0; from < size; from++) {
    visit(at, from);
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      at += steps[axis];
      if (++index[axis] < shape[axis]) break;
      at -= steps[axis] * shape[axis];
      index[axis] = 0;
    }
  }
}

interface ResizeGradInputs {
  readonly images: TensorInfo;
  readonly dy: TensorInfo;
}

type Taps = readonly (readonly [index: number, weight: number])[];
/** The input indices of each output index, and their weights. */
type TapsOf = (inSize: number, outSize: number, alignment: Alignment) => readonly Taps[];

function resizeGrad(kernelName: string, tapsOf: TapsOf): NamedKernel {
  return typedKernel<ResizeGradInputs, ResizeBilinearGradAttrs, CpuBackend>(
    kernelName,
    ({ inputs: { images, dy }, attrs: { alignCorners }, backend }) => {
      const [batch, inH, inW, channels] = images.shape;
      const [, dyH, dyW] = dy.shape;
      const given = backend.readSync(dy.dataId) as Float32Array;
      const dx = new Float64Array(batch * inH * inW * channels);
      const alignment = { alignCorners, halfPixelCenters: false };
      const rows = tapsOf(inH, dyH, alignment);
      const columns = tapsOf(inW, dyW, alignment);
      let from = 0;
      for (let n = 0; n < batch; n++) {
        for (const row of rows) {
          for (const column of columns) {
            for (let c = 0; c < channels; c++, from++) {
              for (const [y, wy] of row) {
                for (const [x, wx] of column) dx[((n * inH + y) * inW + x) * channels + c] += given[from] * wy * wx;
              }
            }
          }
        }
      }
      return backend.makeTensorInfo(images.shape, 'float32', Float32Array.from(dx));
    },
  );
}

const bilinearTaps: TapsOf = (inSize, outSize, alignment) =>
  bilinearSamples(inSize, outSize, alignment).map(({ low, high, fraction }) => [
    [low, 1 - fraction],
    [high, fraction],
  ]);
const nearestTaps: TapsOf = (inSize, outSize, alignment) =>
  nearestIndices(inSize, outSize, alignment).map((index) => [[index, 1]]);

function cumulate(kernelName: string): NamedKernel {
  const official = officialCpu.get(kernelName);
  return typedKernel<OneInput, CumsumAttrs, CpuBackend>(kernelName, (args) => {
    const { inputs, attrs } = args;
    const [axis] = util.parseAxisParam(attrs.axis, inputs.x.shape);
    return official({ ...args, attrs: { ...attrs, axis } } as never);
  });
}

export const plainKernels: readonly NamedKernel[] = [
  mean,
  cumulate('Cumsum'),
  cumulate('Cumprod'),
  ...['BatchMatMul', '_FusedMatMul'].map((kernelName) => ({
    kernelName,
    kernelFunc: wholeBatches(officialCpu.get(kernelName), repeating),
  })),
  topKKernel,
  resizeGrad('ResizeBilinearGrad', bilinearTaps),
  resizeGrad('ResizeNearestNeighborGrad', nearestTaps),
];
