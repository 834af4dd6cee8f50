// Kernels in plain loops for both forms of the engine, in WebAssembly and without it, where the official ones are wrong:
// Transform fills the first image of a batch alone, MaxPool3DGrad confuses height and width of its windows and takes the
// last of equal maxima, where pooling of two dimensions and Keras take the first, Mod loses rests that are small or whose
// divisor is infinite, and UnsortedSegmentSum makes floats of integers.

import {
  backend_util,
  type MaxPool3DGradAttrs,
  type MaxPool3DGradInputs,
  type TensorInfo,
  type TransformAttrs,
  type TransformInputs,
  type TypedArray,
  type UnsortedSegmentSumAttrs,
  type UnsortedSegmentSumInputs,
  util,
} from '@tensorflow/tfjs-core';
import { maxPool3dGrad } from '../../../../kernels/maxPool3dGrad.js';
import { officialCpu } from '../../../tfjs/officialCpu.js';
import { pool3dWindows } from '../../../tfjs/pool3dWindows.js';
import { type NamedKernel, typedKernel } from '../../../tfjs/registry.js';
import type { CpuBackend } from '../backend.js';

/** How the operands of an official matrix product are repeated. */
export const repeating = {
  tile: officialCpu.get('Tile'),
  dispose: ({ dataId }: TensorInfo, backend: object) => void (backend as CpuBackend).disposeData(dataId),
};

/** The values of a tensor, until the next kernel runs. */
function valuesOf(backend: CpuBackend, { dataId }: TensorInfo): TypedArray {
  return backend.data.get(dataId).values as TypedArray;
}

const officialTransform = officialCpu.get('Transform');

const transform = typedKernel<TransformInputs, TransformAttrs, CpuBackend>('Transform', (args) => {
  const { inputs, attrs, backend } = args;
  const { image, transforms } = inputs as { image: TensorInfo; transforms: TensorInfo };
  const [batch, ...imageShape] = image.shape;
  if (batch <= 1) return officialTransform(args as never);
  const [outH, outW] = attrs.outputShape ?? imageShape;
  const outSize = util.sizeFromShape([outH, outW, imageShape[2]]);
  const result = backend.makeTensorInfo(
    [batch, outH, outW, imageShape[2]],
    image.dtype,
    util.getTypedArrayFromDType(image.dtype as 'float32', batch * outSize),
  );
  for (let n = 0; n < batch; n++) {
    const one = part(backend, image, n, [1, ...imageShape]);
    const row = part(backend, transforms, transforms.shape[0] === 1 ? 0 : n, [1, 8]);
    const y = officialTransform({ ...args, inputs: { image: one, transforms: row } } as never) as TensorInfo;
    valuesOf(backend, result).set(valuesOf(backend, y), n * outSize);
    for (const { dataId } of [one, row, y]) backend.disposeData(dataId);
  }
  return result;
});

/** The n-th of the tensors of that shape that lie in x one after the other. */
function part(backend: CpuBackend, x: TensorInfo, n: number, shape: number[]): TensorInfo {
  const size = util.sizeFromShape(shape);
  return backend.makeTensorInfo(shape, x.dtype, valuesOf(backend, x).slice(n * size, (n + 1) * size));
}

const maxPool3DGrad = typedKernel<MaxPool3DGradInputs, MaxPool3DGradAttrs, CpuBackend>(
  'MaxPool3DGrad',
  ({ inputs, attrs, backend }) => {
    const { dy, input } = inputs as { dy: TensorInfo; input: TensorInfo };
    const windows = pool3dWindows(input.shape, attrs);
    const dx = maxPool3dGrad(windows, valuesOf(backend, input), valuesOf(backend, dy));
    return backend.makeTensorInfo([...input.shape], 'float32', dx);
  },
);

const officialMod = officialCpu.get('Mod');

/** The rest of a division that rounds down, as in TensorFlow: it has the sign of the divisor. */
export const mod: NamedKernel = typedKernel<{ a: TensorInfo; b: TensorInfo }, object, CpuBackend>('Mod', (args) => {
  const { inputs, backend } = args;
  const { a, b } = inputs;
  if (a.dtype !== 'float32' || b.dtype !== 'float32') return officialMod(args as never);
  const shape = backend_util.assertAndGetBroadcastShape(a.shape, b.shape);
  const [dividends, divisors] = [a, b].map((x) => valuesOf(backend, x));
  const [stepsA, stepsB] = [a, b].map((x) => stepsTo(shape, x.shape));
  const strides = util.computeStrides([1, ...shape]);
  const rests = new Float32Array(util.sizeFromShape(shape));
  for (let i = 0; i < rests.length; i++) {
    let [atA, atB, left] = [0, 0, i];
    for (let axis = 0; axis < shape.length; axis++) {
      const stride = strides[axis + 1] ?? 1;
      const index = Math.floor(left / stride);
      left -= index * stride;
      atA += index * stepsA[axis];
      atB += index * stepsB[axis];
    }
    const divisor = divisors[atB];
    const rest = dividends[atA] % divisor;
    rests[i] = rest !== 0 && rest < 0 !== divisor < 0 ? rest + divisor : rest;
  }
  return backend.makeTensorInfo(shape, 'float32', rests);
});

/** How far each axis of `shape` moves in a tensor that broadcasts to it. */
function stepsTo(shape: readonly number[], own: readonly number[]): number[] {
  const before = shape.length - own.length;
  return shape.map((_, axis) => {
    return axis < before || own[axis - before] === 1 ? 0 : util.sizeFromShape(own.slice(axis - before + 1));
  });
}

const officialSegmentSum = officialCpu.get('UnsortedSegmentSum');

const segmentSum = typedKernel<UnsortedSegmentSumInputs, UnsortedSegmentSumAttrs, CpuBackend>(
  'UnsortedSegmentSum',
  (args) => {
    const { inputs, attrs, backend } = args;
    const { x, segmentIds } = inputs as { x: TensorInfo; segmentIds: TensorInfo };
    if (x.dtype !== 'int32') return officialSegmentSum(args as never);
    const ids = valuesOf(backend, segmentIds);
    const values = valuesOf(backend, x);
    const rest = x.shape.slice(segmentIds.shape.length);
    const size = util.sizeFromShape(rest);
    const sums = new Int32Array(attrs.numSegments * size); // which wrap around, as in TensorFlow
    for (const [i, id] of ids.entries()) {
      if (id < 0 || id >= attrs.numSegments) continue;
      for (let j = 0; j < size; j++) sums[id * size + j] += values[i * size + j];
    }
    return backend.makeTensorInfo([attrs.numSegments, ...rest], 'int32', sums);
  },
);

export const everyEngineKernels: readonly NamedKernel[] = [transform, maxPool3DGrad, mod, segmentSum];
