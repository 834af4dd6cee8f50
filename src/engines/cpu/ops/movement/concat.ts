// Concat and Pack: several tensors side by side in one.

import { backend_util, type ConcatAttrs, type PackAttrs, type TensorInfo, util } from '@tensorflow/tfjs-core';
import { move } from '../../../../../kernels/wasm/movement/index.js';
import type { NamedKernel } from '../../../../tfjs/registry.js';
import type { CpuBackend } from '../../backend.js';
import { deviceOf, isWords, shareAs, type Words } from '../cpuKernel.js';
import { wordKernel } from './wordKernel.js';

/** Writes [outer, part] of each input side by side. */
function concatInto(
  backend: CpuBackend,
  inputs: readonly Words[],
  outer: number,
  shape: readonly number[],
): TensorInfo {
  if (inputs.length === 1) return shareAs(backend, inputs[0], shape);
  const addresses = inputs.map((input) => backend.toHeap(input));
  const y = backend.newTensor(shape, inputs[0].dtype);
  const device = deviceOf(backend);
  const line = util.sizeFromShape(shape as number[]) / outer;
  let to = backend.toHeap(y);
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
  return inputs.length > 0 && inputs.every((input) => isWords(input) && input.dtype === inputs[0].dtype);
}

const concat = wordKernel<readonly TensorInfo[], ConcatAttrs>('Concat', ({ inputs, attrs, backend }) => {
  const full = inputs.filter(({ shape }) => util.sizeFromShape(shape) > 0);
  if (!areAlike(full) || full[0].dtype !== inputs[0].dtype) return undefined;
  const [axis] = util.parseAxisParam(attrs.axis, inputs[0].shape);
  const shapes = inputs.map(({ shape }) => shape);
  backend_util.assertParamsConsistent(shapes, axis);
  const outer = util.sizeFromShape(full[0].shape.slice(0, axis));
  return concatInto(backend, full, outer, backend_util.computeOutShape(shapes, axis));
});

const pack = wordKernel<readonly TensorInfo[], PackAttrs>('Pack', ({ inputs, attrs, backend }) => {
  const [{ shape }] = inputs;
  const { axis } = attrs;
  const isPlain = axis >= 0 && axis <= shape.length;
  if (!isPlain || !areAlike(inputs) || !inputs.every((input) => util.arraysEqual(input.shape, shape))) return undefined;
  const outer = util.sizeFromShape(shape.slice(0, axis));
  return concatInto(backend, inputs, outer, [...shape.slice(0, axis), inputs.length, ...shape.slice(axis)]);
});

export const concatKernels: readonly NamedKernel[] = [concat, pack];
