// Several into one, or one several times: Concat, Pack, Tile.

import {
  backend_util,
  type ConcatAttrs,
  type PackAttrs,
  type TensorInfo,
  type TileAttrs,
  type TileInputs,
  util,
} from '@tensorflow/tfjs-core';
import { move, stridesOf } from '../../../../../kernels/wasm/movement/move.js';
import type { NamedKernel } from '../../../../tfjs/registry.js';
import type { CpuBackend } from '../../backend.js';
import { fastKernel, isWords, type Words } from '../cpuKernel.js';

/** Writes [outer, own part] of each input side by side. */
function joinInto(backend: CpuBackend, inputs: readonly Words[], outer: number, shape: readonly number[]): TensorInfo {
  const addresses = inputs.map((input) => backend.addressOf(input));
  const y = backend.newTensor(shape, inputs[0].dtype);
  const device = backend.device as NonNullable<CpuBackend['device']>;
  const line = util.sizeFromShape(shape as number[]) / outer;
  let to = backend.addressOf(y);
  for (const [i, input] of inputs.entries()) {
    const part = util.sizeFromShape(input.shape) / outer;
    const dims = [
      { size: outer, from: part, to: line },
      { size: part, from: 1, to: 1 },
    ];
    move(device, addresses[i], to, dims);
    to += 4 * part;
  }
  return y;
}

function areAlike(inputs: readonly TensorInfo[]): inputs is readonly Words[] {
  return inputs.length > 1 && inputs.every((input) => isWords(input) && input.dtype === inputs[0].dtype);
}

const concat = fastKernel<readonly TensorInfo[], ConcatAttrs>('Concat', ({ inputs, attrs, backend }) => {
  const full = inputs.filter(({ shape }) => util.sizeFromShape(shape) > 0);
  if (!areAlike(full) || full[0].dtype !== inputs[0].dtype) return undefined;
  const [axis] = util.parseAxisParam(attrs.axis, inputs[0].shape);
  const shapes = inputs.map(({ shape }) => shape);
  backend_util.assertParamsConsistent(shapes, axis);
  const outer = util.sizeFromShape(full[0].shape.slice(0, axis));
  return joinInto(backend, full, outer, backend_util.computeOutShape(shapes, axis));
});

const pack = fastKernel<readonly TensorInfo[], PackAttrs>('Pack', ({ inputs, attrs, backend }) => {
  const [{ shape }] = inputs;
  const { axis } = attrs;
  const isPlain = axis >= 0 && axis <= shape.length;
  if (!isPlain || !areAlike(inputs) || !inputs.every((input) => util.arraysEqual(input.shape, shape))) return undefined;
  const outer = util.sizeFromShape(shape.slice(0, axis));
  return joinInto(backend, inputs, outer, [...shape.slice(0, axis), inputs.length, ...shape.slice(axis)]);
});

const tile = fastKernel<TileInputs, TileAttrs>('Tile', ({ inputs: { x }, attrs: { reps }, backend, device }) => {
  const shape = x.shape.map((n, i) => n * reps[i]);
  if (!isWords(x) || reps.length !== x.shape.length || util.sizeFromShape(shape) === 0) return undefined;
  const from = stridesOf(x.shape);
  const to = stridesOf(shape);
  const dims = x.shape.flatMap((size, i) => [
    { size: reps[i], from: 0, to: size * to[i] },
    { size, from: from[i], to: to[i] },
  ]);
  const address = backend.addressOf(x);
  const y = backend.newTensor(shape, x.dtype);
  move(device, address, backend.addressOf(y), dims);
  return y;
});

/** Tensors put together. */
export const joinKernels: readonly NamedKernel[] = [concat, pack, tile];
