// Slices, transposed tensors, tiles and reversed axes of small tensors. A slice of neighbouring values is a view in
// TensorFlow.js where its tensor is not packed, and stays one.

import { type StridedSliceAttrs, slice_util, type TensorInfo, util } from '@tensorflow/tfjs-core';
import { flatMoveProgram } from '../../../../../kernels/glsl/tiled/flat/move.js';
import { type Axis, fourAxes, ofFour } from '../../../../../kernels/glsl/tiled/flat/values.js';
import { officialWebgl } from '../../../../tfjs/officialWebgl.js';
import type { WebglBackend } from '../../backend.js';
import { bind } from '../../gl/draw.js';
import { replaced, reshape } from '../views.js';
import type { FlatFunc } from './flatFunc.js';
import { drawList, isSmall, sourceOf } from './lists.js';

/** Values of x by its steps along the result's axes; undefined where it is too large or has too many axes. */
function moved(
  backend: WebglBackend,
  x: TensorInfo,
  axes: readonly Axis[],
  shape: readonly number[],
  first = 0,
): TensorInfo | undefined {
  const four = isSmall(shape) ? fourAxes(axes, 1) : undefined;
  if (!four) return undefined;
  const { texture, place } = sourceOf(backend, x);
  const sizes = ofFour(four, ({ size }) => size);
  const strides = ofFour(four, ({ strides: [stride] }) => stride);
  return drawList(backend, shape, x.dtype, (list) =>
    bind(flatMoveProgram(), { x: texture }, { xPlace: place, sizes, strides, ...list, first }),
  );
}

function stepsOf(shape: readonly number[]): number[] {
  return util.computeStrides([...shape]).concat(shape.length > 0 ? 1 : []);
}

function sliced(
  backend: WebglBackend,
  x: TensorInfo,
  begin: readonly number[],
  size: readonly number[],
): TensorInfo | undefined {
  const isView = !backend.texData.get(x.dataId).isPacked && slice_util.isSliceContinous(x.shape, [...begin], [...size]);
  if (isView) return undefined;
  const steps = stepsOf(x.shape);
  const first = begin.reduce((sum, at, i) => sum + at * steps[i], 0);
  const axes = size.map((count, i) => ({ size: count, strides: [steps[i]] }));
  return moved(backend, x, axes, size, first);
}

const slice: FlatFunc = ({ inputs, attrs, backend }) => {
  const x = inputs.x as TensorInfo;
  const [begin, size] = slice_util.parseSliceParams(x as never, attrs.begin as number[], attrs.size as number[]);
  slice_util.assertParamsValid(x as never, begin, size);
  return sliced(backend, x, begin, size);
};

const stridedSlice: FlatFunc = ({ inputs, attrs, backend }) => {
  const x = inputs.x as TensorInfo;
  const a = attrs as unknown as StridedSliceAttrs;
  const masks = [a.beginMask, a.endMask, a.ellipsisMask, a.newAxisMask, a.shrinkAxisMask] as const;
  const info = slice_util.sliceInfo(x.shape, a.begin, a.end, a.strides, ...masks);
  const { begin, end, strides, finalShape, isIdentity } = info;
  const size = slice_util.computeOutShape(begin, end, strides);
  const steps = stepsOf(x.shape);
  const isView = strides.every((stride) => stride === 1) && slice_util.isSliceContinous(x.shape, begin, size);
  if (isIdentity || (isView && !backend.texData.get(x.dataId).isPacked)) return undefined;
  const axes = size.map((count, i) => ({ size: count, strides: [strides[i] * steps[i]] }));
  const first = begin.reduce((sum, at, i) => sum + at * steps[i], 0);
  return moved(backend, x, axes, finalShape, first);
};

const transpose: FlatFunc = ({ inputs, attrs, backend }) => {
  const x = inputs.x as TensorInfo;
  const perm = attrs.perm as number[];
  const steps = stepsOf(x.shape);
  const shape = perm.map((axis) => x.shape[axis]);
  const axes = perm.map((axis) => ({ size: x.shape[axis], strides: [steps[axis]] }));
  return moved(backend, x, axes, shape);
};

const tile: FlatFunc = ({ inputs, attrs, backend }) => {
  const x = inputs.x as TensorInfo;
  const reps = attrs.reps as number[];
  const steps = stepsOf(x.shape);
  const axes = x.shape.flatMap((size, i) => [
    { size: reps[i], strides: [0] },
    { size, strides: [steps[i]] },
  ]);
  const shape = x.shape.map((size, i) => size * reps[i]);
  return moved(backend, x, axes, shape);
};

const reverse: FlatFunc = ({ inputs, attrs, backend }) => {
  const x = inputs.x as TensorInfo;
  const dims = util.parseAxisParam(attrs.dims as number[], x.shape);
  const steps = stepsOf(x.shape);
  const isReversed = (axis: number) => dims.includes(axis);
  const axes = x.shape.map((size, i) => ({ size, strides: [isReversed(i) ? -steps[i] : steps[i]] }));
  const first = x.shape.reduce((sum, size, i) => sum + (isReversed(i) ? (size - 1) * steps[i] : 0), 0);
  return moved(backend, x, axes, x.shape, first);
};

/** The parts along an axis, without it. */
const unpack: FlatFunc = ({ inputs, attrs, backend }) => {
  const x = inputs.value as TensorInfo;
  const [axis] = util.parseAxisParam(attrs.axis as number, x.shape);
  const shape = x.shape.filter((_, i) => i !== axis);
  if (x.shape[axis] === 1) return [reshape(backend, x, shape)];
  const size = x.shape.map((count, i) => (i === axis ? 1 : count));
  const steps = stepsOf(x.shape);
  const axes = size.map((count, i) => ({ size: count, strides: [steps[i]] }));
  if (!isSmall(shape) || !fourAxes(axes, 1)) return undefined;
  return Array.from({ length: x.shape[axis] }, (_, k) => {
    const begin = x.shape.map((_, i) => (i === axis ? k : 0));
    const part = sliced(backend, x, begin, size) ?? view(backend, x, begin, size);
    return replaced(backend, part, () => reshape(backend, part, shape));
  });
};

function view(backend: WebglBackend, x: TensorInfo, begin: number[], size: number[]): TensorInfo {
  return officialWebgl.get('Slice')({ inputs: { x }, attrs: { begin, size }, backend }) as TensorInfo;
}

/** By TensorFlow.js's names. */
export const flatMoves: Readonly<Record<string, FlatFunc>> = {
  Slice: slice,
  StridedSlice: stridedSlice,
  Transpose: transpose,
  Tile: tile,
  Reverse: reverse,
  Unpack: unpack,
};
