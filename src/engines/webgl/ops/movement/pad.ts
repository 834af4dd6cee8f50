// Padding of images: PadV2, MirrorPad.

import {
  type MirrorPadAttrs,
  type MirrorPadInputs,
  type PadV2Attrs,
  type PadV2Inputs,
  type TensorInfo,
  util,
} from '@tensorflow/tfjs-core';
import type { NamedKernel } from '../../../../tfjs/registry.js';
import type { WebglBackend } from '../../backend.js';
import { dimsOf } from '../../tensors/tensorStore.js';
import type { TiledTensor } from '../../tensors/tiledTensor.js';
import { imagesOf } from '../tiledImages.js';
import { reshaped, tiledKernel } from '../tiledKernel.js';
import { gathered } from './gather.js';

type Paddings = readonly (readonly [number, number])[];

function paddedShape(shape: readonly number[], paddings: Paddings): number[] {
  return shape.map((size, i) => paddings[i][0] + size + paddings[i][1]);
}

/** Whether the paddings of these dimensions are 0. */
function areNone(paddings: Paddings, ...dims: readonly number[]): boolean {
  return dims.every((i) => paddings[i][0] === 0 && paddings[i][1] === 0);
}

/**
 * Images that are not tiled yet: many networks begin with a padding and a convolution, which tiles them anyway. TensorFlow.js
 * would pack, pad and convert them, each with a program to compile.
 */
function networkInput({ tensors }: WebglBackend, x: TensorInfo): TiledTensor | undefined {
  const [, h, w] = x.shape;
  const isImage = x.dtype === 'float32' && x.shape.length === 4 && h > 1 && w > 1;
  const layout = isImage ? tensors.layoutOf(dimsOf(x.shape)) : undefined;
  return layout && tensors.toTiled(x, layout);
}

const padV2 = tiledKernel<PadV2Inputs, PadV2Attrs>('PadV2', ({ inputs: { x }, attrs, backend }) => {
  const { paddings, constantValue: constant } = attrs;
  const isPlain = paddings.length === 4 && paddings.flat().every((count) => count >= 0);
  if (!isPlain || !areNone(paddings, 0)) return undefined;
  const shape = paddedShape(x.shape, paddings);
  const images = imagesOf(backend, x) ?? (areNone(paddings, 3) ? networkInput(backend, x) : undefined);
  if (!images) return undefined;
  if (util.arraysEqual(shape, x.shape)) return reshaped(backend, x, shape);
  const [, top, left, front] = paddings.map(([before]) => before);
  const rows = { step: 1, offset: -top, divisor: 1 };
  const columns = { step: 1, offset: -left, divisor: 1 };
  return gathered(backend, images, shape, { rows, columns, firstChannel: -front, constant });
});

const mirrorPad = tiledKernel<MirrorPadInputs, MirrorPadAttrs>(
  'MirrorPad',
  ({ inputs: { x }, attrs: { paddings, mode }, backend }) => {
    const images = imagesOf(backend, x);
    if (!images || paddings.length !== 4 || !areNone(paddings, 0, 3)) return undefined;
    const most = mode === 'reflect' ? -1 : 0; // the mirror is at the centre of the last pixel, or at its edge
    const isPlain = paddings.every((pair, i) => pair.every((count) => count >= 0 && count <= x.shape[i] + most));
    if (!isPlain) return undefined;
    const shape = paddedShape(x.shape, paddings);
    if (util.arraysEqual(shape, x.shape)) return reshaped(backend, x, shape);
    const rows = { step: 1, offset: -paddings[1][0], divisor: 1, mirror: mode };
    const columns = { step: 1, offset: -paddings[2][0], divisor: 1, mirror: mode };
    return gathered(backend, images, shape, { rows, columns });
  },
);

export const padKernels: readonly NamedKernel[] = [padV2, mirrorPad];
