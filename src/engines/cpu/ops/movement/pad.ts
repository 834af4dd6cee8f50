// PadV2 and MirrorPad.

import {
  type MirrorPadAttrs,
  type MirrorPadInputs,
  type PadV2Attrs,
  type PadV2Inputs,
  util,
} from '@tensorflow/tfjs-core';
import { bitsOf, gather, padTensor, stridesOf } from '../../../../../kernels/wasm/movement/index.js';
import type { NamedKernel } from '../../../../tfjs/registry.js';
import { isWords, shareAs } from '../cpuKernel.js';
import { wordKernel } from './wordKernel.js';

type Paddings = readonly (readonly [number, number])[];

function isPlain(paddings: Paddings, rank: number): boolean {
  return paddings.length === rank && paddings.every(([before, after]) => before >= 0 && after >= 0);
}

const padV2 = wordKernel<PadV2Inputs, PadV2Attrs>('PadV2', ({ inputs: { x }, attrs, backend, device }) => {
  const { paddings, constantValue } = attrs;
  if (!isWords(x) || !isPlain(paddings, x.shape.length)) return undefined;
  const dims = x.shape.map((size, i) => ({ size, before: paddings[i][0], after: paddings[i][1] }));
  const shape = dims.map(({ size, before, after }) => before + size + after);
  if (util.arraysEqual(shape, x.shape)) return shareAs(backend, x, shape);
  const from = backend.toHeap(x);
  const y = backend.newTensor(shape, x.dtype);
  padTensor(device, { from, to: backend.toHeap(y), dims, bits: bitsOf(constantValue, x.dtype) });
  return y;
});

const mirrorPad = wordKernel<MirrorPadInputs, MirrorPadAttrs>(
  'MirrorPad',
  ({ inputs: { x }, attrs: { paddings, mode }, backend, device }) => {
    const { shape } = x;
    if (!isWords(x) || shape.length === 0 || !isPlain(paddings, shape.length)) return undefined;
    const outShape = shape.map((size, i) => paddings[i][0] + size + paddings[i][1]);
    if (util.arraysEqual(outShape, shape)) return shareAs(backend, x, shape);
    const strides = stridesOf(shape);
    const inner = paddings.map(([before, after]) => before + after > 0).lastIndexOf(true);
    const maps = shape.slice(0, inner + 1).map((size, i) => mirrored(size, paddings[i], mode, strides[i]));
    if (maps.some((map, i) => map.some((offset) => offset < 0 || offset >= shape[i] * strides[i]))) return undefined;
    const from = backend.toHeap(x);
    const y = backend.newTensor(outShape, x.dtype);
    gather(device, { from, to: backend.toHeap(y), maps, run: strides[inner] });
    return y;
  },
);

/** The offset in x of each index of a mirrored dimension. */
function mirrored(
  size: number,
  [before, after]: readonly [number, number],
  mode: MirrorPadAttrs['mode'],
  stride: number,
): number[] {
  const edge = mode === 'reflect' ? 0 : 1;
  return Array.from({ length: before + size + after }, (_, i) => {
    const at = i - before;
    if (at < 0) return (-at - edge) * stride;
    return (at < size ? at : 2 * (size - 1) - at + edge) * stride;
  });
}

export const padKernels: readonly NamedKernel[] = [padV2, mirrorPad];
