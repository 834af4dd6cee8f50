// Sizes, crops and padding of images in either data format.
// Source: https://keras.io/api/layers/preprocessing_layers/image_preprocessing/

import { expandDims, pad, slice, squeeze, type Tensor } from '@tensorflow/tfjs-core';
import type { Shape } from '@tensorflow/tfjs-layers';
import type { KerasDataFormat } from '../base/fields.js';
import { KerasValueError, showValue } from '../base/kerasValueError.js';

export type Size = readonly [height: number, width: number];

/** Applies `f` to a batch of images, or to a batch of one if x is a single image. Throws ValueError for other ranks. */
export function applyToBatch(x: Tensor, f: (batch: Tensor) => Tensor): Tensor {
  if (x.rank === 4) return f(x);
  if (x.rank === 3) return squeeze(f(expandDims(x, 0)), [0]);
  throw new KerasValueError(`Expected the input image to be rank 3 or 4. Received: inputs.shape=${showValue(x.shape)}`);
}

/** The axis of the height in an image or a batch of images. The width is the next axis. */
function heightAxis(rank: number, dataFormat: KerasDataFormat): number {
  return dataFormat === 'channels_last' ? rank - 3 : rank - 2;
}

/** The height and width of an image or a batch. */
export function sizeOf({ shape }: Tensor, dataFormat: KerasDataFormat): Size {
  const axis = heightAxis(shape.length, dataFormat);
  return [shape[axis], shape[axis + 1]];
}

/** The shape with another height and width. */
export function withSize(shape: Shape, [height, width]: Size, dataFormat: KerasDataFormat): Shape {
  const axis = heightAxis(shape.length, dataFormat);
  return shape.map((size, i) => (i === axis ? height : i === axis + 1 ? width : size));
}

/** Crops every image to this height and width, beginning at `from`. */
export function cropImages(x: Tensor, from: Size, [height, width]: Size, dataFormat: KerasDataFormat): Tensor {
  const axis = heightAxis(x.rank, dataFormat);
  const begin = x.shape.map((_, i) => (i === axis ? from[0] : i === axis + 1 ? from[1] : 0));
  return slice(x, begin, withSize(x.shape, [height, width], dataFormat) as number[]);
}

/** The size of the largest part with the aspect ratio of `target`. */
export function partOfAspectRatio([height, width]: Size, target: Size): Size {
  const limited = (limit: number, wanted: number) => Math.max(Math.min(limit, Math.trunc(wanted)), 1);
  return [limited(height, (width * target[0]) / target[1]), limited(width, (height * target[1]) / target[0])];
}

/** Crops to the largest centered part with the aspect ratio of `target`. */
export function cropImagesToAspectRatio(x: Tensor, target: Size, dataFormat: KerasDataFormat): Tensor {
  const [height, width] = sizeOf(x, dataFormat);
  const [cropH, cropW] = partOfAspectRatio([height, width], target);
  const from: Size = [Math.trunc((height - cropH) / 2), Math.trunc((width - cropW) / 2)];
  return cropImages(x, from, [cropH, cropW], dataFormat);
}

/** Pads height or width equally at both ends with `fillValue`, to about the aspect ratio of `target`. */
export function padImagesToAspectRatio(
  x: Tensor,
  target: Size,
  dataFormat: KerasDataFormat,
  fillValue: number,
): Tensor {
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
