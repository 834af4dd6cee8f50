// GatherV2 and GatherNd with small results, of tensors of any size.

import { backend_util, type TensorInfo, util } from '@tensorflow/tfjs-core';
import { flatPickProgram } from '../../../../../kernels/glsl/tiled/flat/pick.js';
import type { WebglBackend } from '../../backend.js';
import { bind } from '../../gl/draw.js';
import type { FlatFunc } from './flatFunc.js';
import { drawList, isSmall, sourceOf } from './lists.js';

interface Pick {
  /** Values of a part. */
  readonly part: number;
  /** Indices of a batch. */
  readonly count: number;
  /** Parts that indices choose among. */
  readonly parts: number;
  /** How often a batch repeats its indices. */
  readonly outer: number;
  /** For each coordinate of an index, how many parts it moves on, and what it must stay below. */
  readonly steps: readonly number[];
  readonly limits: readonly number[];
}

type Four = readonly [number, number, number, number];

function picked(
  backend: WebglBackend,
  x: TensorInfo,
  indices: TensorInfo,
  shape: readonly number[],
  { steps, limits, ...sizes }: Pick,
): TensorInfo {
  const [from, by] = [x, indices].map((operand) => sourceOf(backend, operand));
  const four = (values: readonly number[]) => Array.from({ length: 4 }, (_, i) => values[i] ?? 1) as unknown as Four;
  return drawList(backend, shape, x.dtype, (list) =>
    bind(
      flatPickProgram(),
      { x: from.texture, indices: by.texture },
      {
        ...{ xPlace: from.place, indicesPlace: by.place, steps: four(steps), limits: four(limits) },
        ...{ ...list, coordinates: steps.length, ...sizes },
      },
    ),
  );
}

const gather: FlatFunc = ({ inputs, attrs, backend }) => {
  const { x, indices } = inputs as Readonly<Record<'x' | 'indices', TensorInfo>>;
  const batchDims = (attrs.batchDims as number | undefined) ?? 0;
  const [axis] = util.parseAxisParam(attrs.axis as number, x.shape);
  const info = backend_util.segment_util.collectGatherOpShapeInfo(x as never, indices as never, axis, batchDims);
  if (!isSmall(info.outputShape)) return undefined;
  return picked(backend, x, indices, info.outputShape, {
    ...{ part: info.sliceSize, parts: info.dimSize, outer: info.outerSize },
    count: util.sizeFromShape(indices.shape) / info.batchSize,
    ...{ steps: [1], limits: [info.dimSize] },
  });
};

const gatherNd: FlatFunc = ({ inputs, backend }) => {
  const { params, indices } = inputs as Readonly<Record<'params' | 'indices', TensorInfo>>;
  const [shape, count, part, strides] = backend_util.prepareAndValidate(params as never, indices as never);
  const coordinates = indices.shape.at(-1) as number;
  if (!isSmall(shape) || coordinates > 4) return undefined;
  const limits = params.shape.slice(0, coordinates);
  const steps = strides.slice(0, coordinates);
  return picked(backend, params, indices, shape, { part, count, parts: 0, outer: 1, steps, limits });
};

/** By TensorFlow.js's names. */
export const flatPicks: Readonly<Record<string, FlatFunc>> = { GatherV2: gather, GatherNd: gatherNd };
