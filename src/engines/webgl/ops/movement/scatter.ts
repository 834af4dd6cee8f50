// Scatters. ScatterNd adds updates up, on TensorFlow.js's own program, which knows indices of up to four coordinates;
// TensorScatterUpdate and SparseToDense replace values.

import { backend_util, type DataType, type KernelFunc, type TensorInfo, util } from '@tensorflow/tfjs-core';
import { scatterSource } from '../../../../../kernels/glsl/untiled/scatter.js';
import { officialWebgl } from '../../../../tfjs/officialWebgl.js';
import type { NamedKernel } from '../../../../tfjs/registry.js';
import type { WebglBackend } from '../../backend.js';
import { withCleanOperands } from '../cleanOperands.js';
import { drawUntiled } from '../drawUntiled.js';
import { emptyTensor, replaced, reshape } from '../views.js';

interface Operands {
  readonly indices: TensorInfo;
  readonly updates: TensorInfo;
  /** What is there where no update is: of the result's shape, or one value. */
  readonly before: TensorInfo;
  readonly shape: number[];
  /** Whether updates are added up; else they replace. */
  readonly isSum?: boolean;
}

/** There is at least one update, and the result has values. */
function draw(backend: WebglBackend, { indices, updates, before, shape, isSum = false }: Operands): TensorInfo {
  const { sliceRank, numUpdates, sliceSize, strides } = backend_util.calculateShapes(updates, indices, shape);
  const isForAll = util.sizeFromShape(updates.shape) < numUpdates * sliceSize;
  const hasBefore = before.shape.length > 0;
  const rows = util.sizeFromShape(shape) / sliceSize;
  const views = {
    Indices: reshape(backend, indices, [numUpdates, sliceRank]),
    Updates: reshape(backend, updates, isForAll ? [1, 1] : [numUpdates, sliceSize]),
    Before: reshape(backend, before, hasBefore ? [rows, sliceSize] : [1, 1]),
  };
  const flat = drawUntiled(backend, {
    source: scatterSource({ strides: strides.slice(0, sliceRank), isForAll, hasBefore, isSum }),
    operands: views,
    shape: [rows, sliceSize],
    dtype: updates.dtype,
    uniforms: { count: numUpdates },
  });
  const result = reshape(backend, flat, shape);
  for (const info of [flat, ...Object.values(views)]) backend.disposeIntermediateTensorInfo(info);
  return result;
}

function replacing(kernelName: string, operandsOf: (args: Parameters<KernelFunc>[0]) => Operands): NamedKernel {
  const official = officialWebgl.get(kernelName);
  return {
    kernelName,
    kernelFunc(args) {
      const backend = args.backend as WebglBackend;
      const operands = operandsOf(args);
      const { indices, updates, before, shape } = operands;
      if (util.sizeFromShape(shape) === 0) return emptyTensor(backend, shape, updates.dtype);
      if (updates.dtype === 'string') return official(args);
      if (util.sizeFromShape(indices.shape) > 0) return draw(backend, operands);
      return before.shape.length > 0 ? reshape(backend, before, shape) : official(args);
    },
  };
}

const sum = withCleanOperands('ScatterNd');

const scatterNd: NamedKernel = {
  kernelName: 'ScatterNd',
  kernelFunc(args) {
    const backend = args.backend as WebglBackend;
    const shape = args.attrs?.shape as number[];
    const { indices, updates } = args.inputs as Record<'indices' | 'updates', TensorInfo>;
    const isNothing = util.sizeFromShape(indices.shape) === 0 || util.sizeFromShape(updates.shape) === 0;
    if (isNothing) return zerosOf(backend, shape, updates.dtype);
    const coordinates = indices.shape.length > 1 ? (indices.shape.at(-1) as number) : 1;
    if (coordinates <= 4) return sum(args);
    const before = zerosOf(backend, [], updates.dtype);
    return replaced(backend, before, () => draw(backend, { indices, updates, before, shape, isSum: true }));
  },
};

function zerosOf(backend: WebglBackend, shape: number[], dtype: DataType): TensorInfo {
  const zeros = util.getTypedArrayFromDType(dtype as 'float32', util.sizeFromShape(shape));
  return backend.makeTensorInfo(shape, dtype, zeros);
}

/** TensorFlow.js's kernel has no answer where nothing is summed. */
const unsortedSegmentSum: NamedKernel = {
  kernelName: 'UnsortedSegmentSum',
  kernelFunc(args) {
    const x = args.inputs.x as TensorInfo;
    if (util.sizeFromShape(x.shape) > 0) return officialWebgl.get('UnsortedSegmentSum')(args);
    const shape = [args.attrs?.numSegments as number, ...x.shape.slice(1)];
    return zerosOf(args.backend as WebglBackend, shape, x.dtype);
  },
};

export const scatterKernels: readonly NamedKernel[] = [
  scatterNd,
  unsortedSegmentSum,
  replacing('TensorScatterUpdate', ({ inputs }) => {
    const { tensor: before, indices, updates } = inputs as Record<'tensor' | 'indices' | 'updates', TensorInfo>;
    return { indices, updates, before, shape: before.shape };
  }),
  replacing('SparseToDense', ({ inputs, attrs }) => {
    const { sparseIndices, sparseValues, defaultValue } = inputs as Record<string, TensorInfo>;
    return {
      indices: sparseIndices,
      updates: sparseValues,
      before: defaultValue,
      shape: attrs?.outputShape as number[],
    };
  }),
];
