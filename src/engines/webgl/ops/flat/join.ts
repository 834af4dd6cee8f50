// Concat and Pack of small tensors.

import { backend_util, type TensorInfo, util } from '@tensorflow/tfjs-core';
import { flatJoinProgram } from '../../../../../kernels/glsl/tiled/flat/join.js';
import type { WebglBackend } from '../../backend.js';
import { bind } from '../../gl/draw.js';
import type { FlatFunc } from './flatFunc.js';
import { drawList, isSmall, type Source, sourceOf } from './lists.js';

/** Tensors that one draw joins, and those that two rounds of draws do. */
const PER_DRAW = 4;
const MOST = PER_DRAW ** 2;

/** They have one dtype, and differ in the size of the axis at most. */
function joined(backend: WebglBackend, parts: readonly TensorInfo[], axis: number): TensorInfo {
  if (parts.length > PER_DRAW) return inTwoRounds(backend, parts, axis);
  const sources = parts.map((part) => sourceOf(backend, part));
  const shape = backend_util.computeOutShape(
    parts.map((part) => part.shape),
    axis,
  );
  let end = 0;
  const ends = parts.map((part) => {
    end += part.shape[axis];
    return end;
  });
  const at = (k: number) => sources[k] ?? (sources[0] as Source);
  const endOf = (k: number) => ends[k] ?? end;
  const inner = util.sizeFromShape(shape.slice(axis + 1));
  return drawList(backend, shape, parts[0].dtype, (list) =>
    bind(
      flatJoinProgram(),
      { x0: at(0).texture, x1: at(1).texture, x2: at(2).texture, x3: at(3).texture },
      {
        ...{ x0Place: at(0).place, x1Place: at(1).place, x2Place: at(2).place, x3Place: at(3).place },
        ...{ ends: [endOf(0), endOf(1), endOf(2), endOf(3)], ...list, inner },
      },
    ),
  );
}

function inTwoRounds(backend: WebglBackend, parts: readonly TensorInfo[], axis: number): TensorInfo {
  const made: TensorInfo[] = [];
  try {
    const groups: TensorInfo[] = [];
    for (let i = 0; i < parts.length; i += PER_DRAW) {
      const group = parts.slice(i, i + PER_DRAW);
      if (group.length > 1) made.push(joined(backend, group, axis));
      groups.push(group.length > 1 ? (made.at(-1) as TensorInfo) : group[0]);
    }
    return joined(backend, groups, axis);
  } finally {
    for (const info of made) backend.disposeIntermediateTensorInfo(info);
  }
}

function canJoin(parts: readonly TensorInfo[], shape: readonly number[]): boolean {
  const isOne = parts.every(({ dtype }) => dtype === parts[0].dtype);
  return isOne && parts.length > 1 && parts.length <= MOST && isSmall(shape);
}

const concat: FlatFunc = ({ inputs, attrs, backend }) => {
  const parts = Object.values(inputs) as TensorInfo[];
  const [axis] = util.parseAxisParam(attrs.axis as number, parts[0].shape);
  const shapes = parts.map(({ shape }) => shape);
  backend_util.assertParamsConsistent(shapes, axis);
  return canJoin(parts, backend_util.computeOutShape(shapes, axis)) ? joined(backend, parts, axis) : undefined;
};

const pack: FlatFunc = ({ inputs, attrs, backend }) => {
  const parts = Object.values(inputs) as TensorInfo[];
  const [{ shape }] = parts;
  const isUniform = parts.every((part) => util.arraysEqual(part.shape, shape));
  const axis = (attrs.axis as number) < 0 ? (attrs.axis as number) + shape.length + 1 : (attrs.axis as number);
  if (!isUniform || !canJoin(parts, [parts.length, ...shape])) return undefined;
  const one = [...shape.slice(0, axis), 1, ...shape.slice(axis)];
  // The same data in another shape: what is packed is read by the shape that it has there.
  return joined(
    backend,
    parts.map((part) => ({ ...part, shape: one })),
    axis,
  );
};

/** By TensorFlow.js's names. */
export const flatJoins: Readonly<Record<string, FlatFunc>> = { Concat: concat, Pack: pack };
