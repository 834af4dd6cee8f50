// Scatters. ScatterNd adds updates up, on TensorFlow.js's own program; TensorScatterUpdate and SparseToDense replace
// values.

import { backend_util, type KernelFunc, type TensorInfo, util } from '@tensorflow/tfjs-core';
import { scatterSource } from '../../../../../kernels/glsl/untiled/scatter.js';
import { officialWebgl } from '../../../../tfjs/officialWebgl.js';
import type { NamedKernel } from '../../../../tfjs/registry.js';
import type { WebglBackend } from '../../backend.js';
import { withCleanOperands } from '../cleanOperands.js';
import { drawUntiled } from '../drawUntiled.js';
import { emptyTensor, reshape } from '../views.js';

interface Operands {
  readonly indices: TensorInfo;
  readonly updates: TensorInfo;
  /** What is there where no update is: of the result's shape, or one value. */
  readonly before: TensorInfo;
  readonly shape: number[];
}

function replacing(kernelName: string, operandsOf: (args: Parameters<KernelFunc>[0]) => Operands): NamedKernel {
  const official = officialWebgl.get(kernelName);
  return {
    kernelName,
    kernelFunc(args) {
      const backend = args.backend as WebglBackend;
      const { indices, updates, before, shape } = operandsOf(args);
      const { sliceRank, numUpdates, sliceSize, strides } = backend_util.calculateShapes(updates, indices, shape);
      if (util.sizeFromShape(shape) === 0) return emptyTensor(backend, shape, updates.dtype);
      if (updates.dtype === 'string' || numUpdates === 0) return official(args);
      const values = (tensor: TensorInfo) => util.sizeFromShape(tensor.shape);
      const isForAll = values(updates) < numUpdates * sliceSize;
      const hasBefore = before.shape.length > 0;
      const rows = util.sizeFromShape(shape) / sliceSize;
      const views = {
        Indices: reshape(backend, indices, [numUpdates, sliceRank]),
        Updates: reshape(backend, updates, isForAll ? [1, 1] : [numUpdates, sliceSize]),
        Before: reshape(backend, before, hasBefore ? [rows, sliceSize] : [1, 1]),
      };
      const flat = drawUntiled(backend, {
        source: scatterSource({ strides: strides.slice(0, sliceRank), isForAll, hasBefore }),
        operands: views,
        shape: [rows, sliceSize],
        dtype: updates.dtype,
        uniforms: { count: numUpdates },
      });
      const result = reshape(backend, flat, shape);
      for (const info of [flat, ...Object.values(views)]) backend.disposeIntermediateTensorInfo(info);
      return result;
    },
  };
}

const sum = withCleanOperands('ScatterNd');

const scatterNd: NamedKernel = {
  kernelName: 'ScatterNd',
  kernelFunc(args) {
    const shape = args.attrs?.shape as number[];
    const { dtype } = args.inputs.updates as TensorInfo;
    const isEmpty = util.sizeFromShape(shape) === 0;
    return isEmpty ? emptyTensor(args.backend as WebglBackend, shape, dtype) : sum(args);
  },
};

/** TensorFlow.js's kernel has no answer where nothing is summed. */
const unsortedSegmentSum: NamedKernel = {
  kernelName: 'UnsortedSegmentSum',
  kernelFunc(args) {
    const x = args.inputs.x as TensorInfo;
    if (util.sizeFromShape(x.shape) > 0) return officialWebgl.get('UnsortedSegmentSum')(args);
    const shape = [args.attrs?.numSegments as number, ...x.shape.slice(1)];
    const zeros = util.getTypedArrayFromDType(x.dtype as 'float32', util.sizeFromShape(shape));
    return (args.backend as WebglBackend).makeTensorInfo(shape, x.dtype, zeros);
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
