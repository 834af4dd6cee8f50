// Operations of keras.ops.image: https://keras.io/api/ops/image/

import * as tf from '@tensorflow/tfjs-core';
import { KerasValueError } from '../base/kerasValueError.js';
import {
  applyToBatch,
  cropImages,
  cropImagesToAspectRatio,
  padImagesToAspectRatio,
  type Size,
  sizeOf,
} from '../preprocessing/images.js';
import { interpolations } from '../reshaping/resampleMatrix.js';
import { resizeImages } from '../reshaping/resizeImages.js';
import { dataFormatOf } from './nnOps.js';
import type { OpCall } from './opCall.js';
import { type OpTable, op } from './opRow.js';
import { float } from './opValues.js';

const resizeNames =
  'images size interpolation antialias crop_to_aspect_ratio pad_to_aspect_ratio fill_mode fill_value data_format';

/** Keras 3.3 and older name the first argument `image`, but graphs pass it by position. */
const resize = op(resizeNames, (call) => {
  const dataFormat = dataFormatOf(call);
  const size = call.integers('size') as [number, number];
  if (size.length !== 2) throw call.wrong('size', 'a height and a width');
  call.oneOf('fill_mode', ['constant'], 'constant');
  const interpolation = call.oneOf('interpolation', interpolations, 'bilinear');
  const isCropped = call.boolean('crop_to_aspect_ratio', false);
  const isPadded = call.boolean('pad_to_aspect_ratio', false);
  if (isCropped && isPadded) {
    throw new KerasValueError(
      `${call.where}: Only one of \`pad_to_aspect_ratio\` & \`crop_to_aspect_ratio\` can be \`True\`. Received: both`,
    );
  }
  const antialias = call.boolean('antialias', false);
  const given = call.tensor('images');
  const resized = applyToBatch(float(given), (x) => {
    const cropped = isCropped ? cropImagesToAspectRatio(x, size, dataFormat) : x;
    const padded = isPadded ? padImagesToAspectRatio(cropped, size, dataFormat, call.number('fill_value', 0)) : cropped;
    return resizeImages(padded, { size, dataFormat, interpolation, antialias });
  }).clone();
  return given.dtype === 'int32' && call.asIntegers ? tf.cast(call.asIntegers(resized), 'int32') : resized;
});

/** Luma coefficients of red, green and blue: https://en.wikipedia.org/wiki/Rec._601 */
export const luma = [0.2989, 0.587, 0.114] as const;

const rgbToGrayscale = op('images data_format', (call) => {
  const given = call.tensor('images');
  const x = float(given);
  const isLast = dataFormatOf(call) === 'channels_last';
  if (x.shape[isLast ? x.rank - 1 : x.rank - 3] === 1) return given.clone();
  const weights = tf.reshape(tf.tensor1d([...luma]), isLast ? [3] : [3, 1, 1]);
  const gray = tf.sum(tf.mul(x, weights), isLast ? -1 : -3, true);
  return given.dtype === 'float32' ? gray : tf.cast(gray, given.dtype);
});

/** The margins at the start and at the end of one dimension. Two of start, end and target size are given. */
function margins(call: OpCall, size: number, [before, after, target]: readonly [string, string, string], sign: 1 | -1) {
  const [a, b, t] = [before, after, target].map((key) => (call.has(key) ? call.integer(key) : null));
  const change = t === null ? null : sign * (t - size);
  const first = a ?? (change !== null && b !== null ? change - b : null);
  const last = b ?? (change !== null && first !== null ? change - first : null);
  if (first === null || last === null || first < 0 || last < 0) {
    throw new KerasValueError(
      `${call.where}: of \`${before}\`, \`${after}\` and \`${target}\` exactly two must be given, and none may be negative. Received: ${before}=${a}, ${after}=${b}, ${target}=${t} for a side of ${size}`,
    );
  }
  return [first, last] as const;
}

const keysOf = (kind: string) =>
  [
    [`top_${kind}`, `bottom_${kind}`, 'target_height'],
    [`left_${kind}`, `right_${kind}`, 'target_width'],
  ] as const;

const padImages = op('images', (call) => {
  const x = call.tensor('images');
  const dataFormat = dataFormatOf(call);
  const sizes = sizeOf(x, dataFormat);
  const pads = keysOf('padding').map((keys, i) => margins(call, sizes[i], keys, 1));
  const first = dataFormat === 'channels_last' ? x.rank - 3 : x.rank - 2;
  return tf.pad(
    x,
    x.shape.map((_, i) => [...(pads[i - first] ?? [0, 0])] as [number, number]),
  );
});

const cropImagesOp = op('images', (call) => {
  const x = call.tensor('images');
  const dataFormat = dataFormatOf(call);
  const sizes = sizeOf(x, dataFormat);
  const cuts = keysOf('cropping').map((keys, i) => margins(call, sizes[i], keys, -1));
  const from = cuts.map(([before]) => before) as unknown as Size;
  const size = cuts.map(([before, after], i) => sizes[i] - before - after) as unknown as Size;
  return cropImages(x, from, size, dataFormat);
});

export const imageOps: OpTable = {
  Resize: resize,
  RGBToGrayscale: rgbToGrayscale,
  PadImages: padImages,
  CropImages: cropImagesOp,
};
