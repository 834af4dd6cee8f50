// SpaceToBatchND and BatchToSpaceND of more than four axes, or with blocks along three, which TensorFlow.js's WebGL kernels
// refuse: one block axis at a time, as a transposition of four axes.
//
//   SpaceToBatchND: [before, blocks * size, after] -> [size, before, blocks, after], from the last block axis to the first
//   BatchToSpaceND: [size, before, blocks, after] -> [before, blocks * size, after], from the first to the last
//
// `before` are the batch and the axes between it and the block axis.

import { type KernelFunc, type TensorInfo, util } from '@tensorflow/tfjs-core';
import { officialWebgl } from '../../../../tfjs/officialWebgl.js';
import type { NamedKernel } from '../../../../tfjs/registry.js';
import type { WebglBackend } from '../../backend.js';
import { replaced, reshape } from '../views.js';
import { forHighRank } from './highRank.js';

type Args = Parameters<KernelFunc>[0];

interface Attrs {
  readonly blockShape: readonly number[];
  /** SpaceToBatchND's. */
  readonly paddings: readonly (readonly [number, number])[];
  /** BatchToSpaceND's. */
  readonly crops: readonly (readonly [number, number])[];
}

const size = util.sizeFromShape as (shape: readonly number[]) => number;
const pad = forHighRank('PadV2', officialWebgl.get('PadV2'));

function spaceToBatch({ inputs, attrs, backend }: Args): TensorInfo {
  const webgl = backend as WebglBackend;
  const x = inputs.x as TensorInfo;
  const { blockShape, paddings } = attrs as unknown as Attrs;
  const all = x.shape.map((_, axis) => (axis > 0 && axis <= blockShape.length ? paddings[axis - 1] : [0, 0]));
  let y = pad({ inputs: { x }, attrs: { paddings: all, constantValue: 0 } as never, backend }) as TensorInfo;
  for (let axis = blockShape.length; axis > 0; axis--) {
    const { shape } = y;
    const block = blockShape[axis - 1];
    const blocks = shape[axis] / block;
    const parts = [size(shape.slice(0, axis)), blocks, block, size(shape.slice(axis + 1))];
    const outShape = [block * shape[0], ...shape.slice(1, axis), blocks, ...shape.slice(axis + 1)];
    y = transposed(webgl, y, { parts, perm: [2, 0, 1, 3], outShape });
  }
  return y;
}

function batchToSpace({ inputs, attrs, backend }: Args): TensorInfo {
  const webgl = backend as WebglBackend;
  const { blockShape, crops } = attrs as unknown as Attrs;
  const x = inputs.x as TensorInfo;
  let y = reshape(webgl, x, x.shape);
  for (let axis = 1; axis <= blockShape.length; axis++) {
    const { shape } = y;
    const block = blockShape[axis - 1];
    const before = size(shape.slice(0, axis)) / block;
    const parts = [block, before, shape[axis], size(shape.slice(axis + 1))];
    const outShape = [shape[0] / block, ...shape.slice(1, axis), shape[axis] * block, ...shape.slice(axis + 1)];
    y = transposed(webgl, y, { parts, perm: [1, 2, 0, 3], outShape });
  }
  const cropOf = (axis: number) => (axis > 0 && axis <= blockShape.length ? crops[axis - 1] : [0, 0]);
  const begin = y.shape.map((_, axis) => cropOf(axis)[0]);
  const sizes = y.shape.map((full, axis) => full - cropOf(axis)[0] - cropOf(axis)[1]);
  const whole = y;
  const slice = officialWebgl.get('Slice');
  const run = () => slice({ inputs: { x: whole }, attrs: { begin, size: sizes }, backend }) as TensorInfo;
  return replaced(webgl, whole, run);
}

interface Transposition {
  readonly parts: number[];
  readonly perm: number[];
  readonly outShape: number[];
}

/** Disposes of x. */
function transposed(backend: WebglBackend, x: TensorInfo, { parts, perm, outShape }: Transposition): TensorInfo {
  const flat = replaced(backend, x, () => reshape(backend, x, parts));
  const transpose = officialWebgl.get('Transpose');
  const moved = replaced(backend, flat, () => {
    return transpose({ inputs: { x: flat }, attrs: { perm }, backend }) as TensorInfo;
  });
  return replaced(backend, moved, () => reshape(backend, moved, outShape));
}

function forMoreAxes(kernelName: string, own: KernelFunc): NamedKernel {
  const official = officialWebgl.get(kernelName);
  // The official kernels transpose the axes and those of the blocks at once, and know six at most.
  const isOwn = ({ shape }: TensorInfo, blocks: number) => {
    return (shape.length > 4 || shape.length + blocks > 6) && size(shape) > 0;
  };
  return {
    kernelName,
    kernelFunc(args) {
      const { blockShape } = args.attrs as unknown as Attrs;
      return (isOwn(args.inputs.x as TensorInfo, blockShape.length) ? own : official)(args);
    },
  };
}

export const spaceToBatchKernels: readonly NamedKernel[] = [
  forMoreAxes('SpaceToBatchND', spaceToBatch),
  forMoreAxes('BatchToSpaceND', batchToSpace),
];
