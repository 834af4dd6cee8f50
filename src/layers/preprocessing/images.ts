// Image batches of either data format, and the parts of them that resizing layers take.
// Source: https://keras.io/api/layers/preprocessing_layers/image_preprocessing/

import { pad, slice, type Tensor } from '@tensorflow/tfjs-core';
import type { Shape } from '@tensorflow/tfjs-layers';
import type { KerasDataFormat } from '../base/fields.js';

export type Size = readonly [height: number, width: number];

/** The axis of the height, counted from the end: one picture or a batch of them. The width's is the next. */
function heightAxis(rank: number, dataFormat: KerasDataFormat): number {
  return dataFormat === 'channels_last' ? rank - 3 : rank - 2;
}

export function sizeOf({ shape }: Tensor, dataFormat: KerasDataFormat): Size {
  const axis = heightAxis(shape.length, dataFormat);
  return [shape[axis], shape[axis + 1]];
}

export function withSize(shape: Shape, [height, width]: Size, dataFormat: KerasDataFormat): Shape {
  const axis = heightAxis(shape.length, dataFormat);
  return shape.map((size, i) => (i === axis ? height : i === axis + 1 ? width : size));
}

/** The part of every picture that begins at `from`. */
export function cropImages(x: Tensor, from: Size, [height, width]: Size, dataFormat: KerasDataFormat): Tensor {
  const axis = heightAxis(x.rank, dataFormat);
  const begin = x.shape.map((_, i) => (i === axis ? from[0] : i === axis + 1 ? from[1] : 0));
  return slice(x, begin, withSize(x.shape, [height, width], dataFormat) as number[]);
}

/** The largest part around the middle with the proportions of `target`. */
export function cropToProportions(x: Tensor, target: Size, dataFormat: KerasDataFormat): Tensor {
  const [height, width] = sizeOf(x, dataFormat);
  const limited = (limit: number, wanted: number) => Math.max(Math.min(limit, Math.trunc(wanted)), 1);
  const cropH = limited(height, (width * target[0]) / target[1]);
  const cropW = limited(width, (height * target[1]) / target[0]);
  const from: Size = [Math.trunc((height - cropH) / 2), Math.trunc((width - cropW) / 2)];
  return cropImages(x, from, [cropH, cropW], dataFormat);
}

/** Adds `fillValue` on two sides, alike on both, until the proportions are about those of `target`. */
export function padToProportions(x: Tensor, target: Size, dataFormat: KerasDataFormat, fillValue: number): Tensor {
  const [height, width] = sizeOf(x, dataFormat);
  const more = (size: number, wanted: number) => Math.trunc((Math.max(size, Math.trunc(wanted)) - size) / 2);
  const padH = more(height, (width * target[0]) / target[1]);
  const padW = padH > 0 ? 0 : more(width, (height * target[1]) / target[0]);
  if (padH === 0 && padW === 0) return x;
  const axis = heightAxis(x.rank, dataFormat);
  const amount = (i: number) => (i === axis ? padH : i === axis + 1 ? padW : 0);
  return pad(
    x,
    x.shape.map((_, i) => [amount(i), amount(i)] as [number, number]),
    fillValue,
  );
}
