// tf.image: https://www.tensorflow.org/api_docs/python/tf/image

import * as tf from '@tensorflow/tfjs-core';
import { KerasValueError, showValue } from '../../base/kerasValueError.js';
import { unstack } from '../../base/parts.js';
import { resizeImages } from '../../reshaping/resizeImages.js';
import { filterChannels, gaussian, hsvToRgb, rgbToHsv, similarity } from '../colorOps.js';
import type { OpCall } from '../opCall.js';
import { type OpRow, type OpTable, op } from '../opRow.js';
import { float } from '../opValues.js';
import { sameWindows, type Windows, windowsOf } from '../patchOps.js';
import { product } from '../permuteAxes.js';
import { integersOf, numberOf } from './tfValues.js';

const methods = [
  'bilinear',
  'nearest',
  'bicubic',
  'lanczos3',
  'lanczos5',
  'area',
  'gaussian',
  'mitchellcubic',
] as const;

/** f of a batch, also for a single image. */
function inBatch(x: tf.Tensor, f: (batch: tf.Tensor) => tf.Tensor): tf.Tensor {
  return x.rank === 4 ? f(x) : tf.squeeze(f(tf.expandDims(x, 0)), [0]);
}

/** An image or a batch of them in the named argument. */
function imageOf(call: OpCall, key: string): tf.Tensor {
  const x = call.tensor(key);
  if (x.rank === 3 || x.rank === 4) return x;
  throw new KerasValueError(
    `${call.where}: images must have rank 3 or 4. Received: ${key}.shape=${showValue(x.shape)}`,
  );
}

type Size = readonly [number, number];

const sizeOf = (x: tf.Tensor): Size => x.shape.slice(x.rank - 3, x.rank - 1) as [number, number];

function resizeTo(call: OpCall, given: tf.Tensor, size: Size): tf.Tensor {
  const method = call.oneOf('method', methods, 'bilinear');
  const antialias = call.boolean('antialias', false);
  if (String(size) === String(sizeOf(given))) return method === 'nearest' ? given : float(given);
  const x = float(given);
  const y = inBatch(x, (batch) => {
    return resizeImages(batch, { size, dataFormat: 'channels_last', interpolation: method, antialias });
  });
  return method === 'nearest' ? tf.cast(y, given.dtype) : y;
}

/** The largest size of the image's aspect ratio within this one. */
function within(x: tf.Tensor, [height, width]: Size, round: (value: number) => number): Size {
  const [inH, inW] = sizeOf(x);
  const scale = Math.min(Math.fround(height / inH), Math.fround(width / inW));
  return [round(Math.fround(scale * inH)), round(Math.fround(scale * inW))];
}

const resize = op('images size method preserve_aspect_ratio antialias', (call) => {
  const x = imageOf(call, 'images');
  const size = integersOf(call, 'size') as [number, number];
  return resizeTo(call, x, call.boolean('preserve_aspect_ratio', false) ? within(x, size, Math.round) : size).clone();
});

/** Cuts or pads to this window of the image's plane; what lies outside is 0. */
function windowOf(x: tf.Tensor, [top, left]: Size, [height, width]: Size): tf.Tensor {
  const first = x.rank - 3;
  const [inH, inW] = sizeOf(x);
  const from = [Math.max(0, top), Math.max(0, left)];
  const to = [Math.min(inH, top + height), Math.min(inW, left + width)];
  const part = tf.slice(
    x,
    x.shape.map((_, i) => from[i - first] ?? 0),
    x.shape.map((size, i) => (i - first in from && i >= first ? to[i - first] - from[i - first] : size)),
  );
  const before = [from[0] - top, from[1] - left];
  const after = [height - before[0] - (to[0] - from[0]), width - before[1] - (to[1] - from[1])];
  return tf.pad(
    part,
    x.shape.map((_, i): [number, number] =>
      i >= first && i < first + 2 ? [before[i - first], after[i - first]] : [0, 0],
    ),
  );
}

const resizeWithPad = op('image target_height target_width method antialias', (call) => {
  const x = imageOf(call, 'image');
  const target: Size = [numberOf(call, 'target_height', 0), numberOf(call, 'target_width', 0)];
  const size = within(x, target, Math.floor);
  const y = resizeTo(call, x, size);
  const margin = (i: 0 | 1) => -Math.floor((target[i] - size[i]) / 2);
  return windowOf(y, [margin(0), margin(1)], target);
});

const cropOrPad = op('image target_height target_width', (call) => {
  const x = imageOf(call, 'image');
  const target: Size = [numberOf(call, 'target_height', 0), numberOf(call, 'target_width', 0)];
  const offset = (i: 0 | 1) => {
    const change = sizeOf(x)[i] - target[i];
    return change >= 0 ? Math.floor(change / 2) : -Math.floor(-change / 2);
  };
  return windowOf(x, [offset(0), offset(1)], target);
});

const toBox = (sign: 1 | -1): OpRow =>
  op('image offset_height offset_width target_height target_width', (call) => {
    const [top, left, height, width] = ['offset_height', 'offset_width', 'target_height', 'target_width'].map((key) =>
      numberOf(call, key, 0),
    );
    return windowOf(imageOf(call, 'image'), [sign * top, sign * left], [height, width]);
  });

const centralCrop = op('image central_fraction', (call) => {
  const x = imageOf(call, 'image');
  const fraction = numberOf(call, 'central_fraction', 1);
  const from = sizeOf(x).map((size) => Math.trunc((size - size * fraction) / 2));
  const size = sizeOf(x).map((length, i) => length - 2 * from[i]);
  return windowOf(x, from as [number, number], size as [number, number]);
});

const flip = (back: number): OpRow =>
  op('image', (call) => {
    const x = imageOf(call, 'image');
    return tf.reverse(x, x.rank - back);
  });

const swapped = (x: tf.Tensor) => tf.transpose(x, x.rank === 3 ? [1, 0, 2] : [0, 2, 1, 3]);

/** k quarter turns counter-clockwise. */
const rot90 = op('image k', (call) => {
  const x = imageOf(call, 'image');
  const k = ((numberOf(call, 'k', 1) % 4) + 4) % 4;
  const [rows, columns] = [x.rank - 3, x.rank - 2];
  if (k === 0) return x.clone();
  if (k === 2) return tf.reverse(x, [rows, columns]);
  return k === 1 ? tf.reverse(swapped(x), rows) : tf.reverse(swapped(x), columns);
});

/** A linear map of the three channels, by its rows for red, green and blue. */
const mixed = (rows: readonly (readonly number[])[]): OpRow =>
  op('images', (call) => {
    const x = float(call.tensor('images'));
    const y = tf.matMul(tf.reshape(x, [-1, 3]), tf.tensor2d(rows.map((row) => [...row])));
    return tf.reshape(y, [...x.shape.slice(0, -1), rows[0].length]);
  });

const converted = (
  names: string,
  convert: (planes: readonly tf.Tensor[], call: OpCall) => readonly tf.Tensor[],
): OpRow =>
  op(names, (call) => {
    const planes = unstack(float(call.tensor(names.split(' ')[0])), -1);
    if (planes.length !== 3) throw call.wrong(names.split(' ')[0], 'of three channels');
    return tf.stack([...convert(planes, call)], -1);
  });

/** Coefficients of BT.601: https://en.wikipedia.org/wiki/YUV */
const yuv = [
  [0.299, -0.14714119, 0.61497538],
  [0.587, -0.28886916, -0.51496512],
  [0.114, 0.43601035, -0.10001026],
];
const fromYuv = [
  [1, 1, 1],
  [0, -0.394642334, 2.03206185],
  [1.13988303, -0.58062185, 0],
];
const yiq = [
  [0.299, 0.59590059, 0.2115],
  [0.587, -0.27455667, -0.52273617],
  [0.114, -0.32134392, 0.31119955],
];
const fromYiq = [
  [1, 1, 1],
  [0.95598634, -0.27201283, -1.10674021],
  [0.6208248, -0.64720424, 1.70423049],
];

const adjustContrast = op('images contrast_factor', (call) => {
  const x = float(call.tensor('images'));
  const mean = tf.mean(x, [-3, -2], true);
  return tf.add(tf.mul(tf.sub(x, mean), numberOf(call, 'contrast_factor', 1)), mean);
});

const largest: Readonly<Record<string, number>> = {
  uint8: 255,
  int8: 127,
  uint16: 65535,
  int16: 32767,
  int32: 2 ** 31,
};

/** Floats lie in 0 to 1; integers are scaled to the range of their dtype. */
const convertDtype = op('image dtype saturate', (call) => {
  const x = call.tensor('image');
  const name = call.text('dtype');
  const isFloat = /float/.test(name);
  if (x.dtype === 'float32' && isFloat) return x.clone();
  if (x.dtype === 'int32' && isFloat && largest[call.inputDtype]) return tf.mul(float(x), 1 / largest[call.inputDtype]);
  if (call.inputDtype === name) return x.clone();
  if (x.dtype !== 'float32' || name === 'int32' || largest[name] === undefined) {
    throw new KerasValueError(
      `${call.where}: only floats to 8 or 16 bits, and integers to floats, are supported; received dtype=${name}`,
    );
  }
  const scaled = tf.mul(x, largest[name] + 0.5);
  return tf.cast(call.boolean('saturate', false) ? tf.clipByValue(scaled, 0, largest[name]) : scaled, 'int32');
});

const standardize = op('image', (call) => {
  const x = float(call.tensor('image'));
  const centered = tf.sub(x, tf.mean(x, [-3, -2, -1], true));
  const deviation = tf.sqrt(tf.mean(tf.square(centered), [-3, -2, -1], true));
  return tf.div(centered, tf.maximum(deviation, 1 / Math.sqrt(product(x.shape.slice(-3)))));
});

const psnr = op('a b max_val', (call) => {
  const error = tf.mean(tf.square(tf.sub(float(call.tensor('a')), float(call.tensor('b')))), [-3, -2, -1]);
  return tf.sub(20 * Math.log10(numberOf(call, 'max_val', 1)), tf.mul(tf.log(error), 10 / Math.LN10));
});

const ssim = op('img1 img2 max_val filter_size filter_sigma k1 k2 return_index_map', (call) => {
  if (call.boolean('return_index_map', false)) throw call.wrong('return_index_map', 'False');
  const weights = tf.tensor1d(gaussian(call.integer('filter_size', 11), call.number('filter_sigma', 1.5)));
  const kernel = tf.outerProduct(weights, weights);
  const blur = (x: tf.Tensor) => inBatch(x, (batch) => filterChannels(batch, kernel, 'valid', 'channels_last'));
  const range = numberOf(call, 'max_val', 1);
  const [c1, c2] = [call.number('k1', 0.01), call.number('k2', 0.03)].map((k) => (k * range) ** 2);
  return similarity(float(call.tensor('img1')), float(call.tensor('img2')), blur, { c1, c2 });
});

const extractPatches = op('images sizes strides rates padding', (call) => {
  const x = call.tensor('images');
  const [sizes, strides, rates] = ['sizes', 'strides', 'rates'].map((key) => call.integers(key).slice(1, 3));
  const isSame = call.text('padding').toUpperCase() === 'SAME';
  const windows = sizes.map(
    (size, i): Windows =>
      isSame
        ? sameWindows(x.shape[i + 1] as number, size, strides[i], rates[i])
        : { size, stride: strides[i], dilation: rates[i], before: 0, after: 0 },
  );
  const all = windowsOf(x, windows);
  return tf.reshape(all, [...all.shape.slice(0, 3), product(all.shape.slice(3))]);
});

const cropAndResize = op('image boxes box_indices crop_size method extrapolation_value', (call) =>
  tf.image.cropAndResize(
    float(call.tensor('image')) as tf.Tensor4D,
    float(call.tensor('boxes')) as tf.Tensor2D,
    tf.cast(call.tensor('box_indices'), 'int32') as tf.Tensor1D,
    integersOf(call, 'crop_size') as [number, number],
    call.oneOf<'bilinear' | 'nearest'>('method', ['bilinear', 'nearest'], 'bilinear'),
    call.number('extrapolation_value', 0),
  ),
);

const clipped = (x: tf.Tensor) => tf.clipByValue(x, 0, 1);

export const tfImages: OpTable = {
  'tf.image.resize': resize,
  'tf.image.resize_with_pad': resizeWithPad,
  'tf.image.resize_with_crop_or_pad': cropOrPad,
  'tf.image.crop_to_bounding_box': toBox(1),
  'tf.image.pad_to_bounding_box': toBox(-1),
  'tf.image.central_crop': centralCrop,
  'tf.image.flip_left_right': flip(2),
  'tf.image.flip_up_down': flip(3),
  'tf.image.rot90': rot90,
  'tf.image.transpose': op('image', (call) => swapped(imageOf(call, 'image'))),
  'tf.image.rgb_to_hsv': converted('images', rgbToHsv),
  'tf.image.hsv_to_rgb': converted('images', hsvToRgb),
  'tf.image.rgb_to_grayscale': mixed([[0.2989], [0.587], [0.114]]),
  'tf.image.grayscale_to_rgb': op('images', (call) => {
    const x = call.tensor('images');
    return tf.concat([x, x, x], x.rank - 1);
  }),
  'tf.image.rgb_to_yuv': mixed(yuv),
  'tf.image.yuv_to_rgb': mixed(fromYuv),
  'tf.image.rgb_to_yiq': mixed(yiq),
  'tf.image.yiq_to_rgb': mixed(fromYiq),
  'tf.image.adjust_brightness': op('image delta', (call) =>
    tf.add(float(call.tensor('image')), numberOf(call, 'delta', 0)),
  ),
  'tf.image.adjust_contrast': adjustContrast,
  'tf.image.adjust_gamma': op('image gamma gain', (call) =>
    tf.mul(tf.pow(float(call.tensor('image')), numberOf(call, 'gamma', 1)), numberOf(call, 'gain', 1)),
  ),
  'tf.image.adjust_hue': converted('image delta', (planes, call) => {
    const [hue, ...rest] = rgbToHsv(planes);
    const moved = tf.add(hue, numberOf(call, 'delta', 0));
    return hsvToRgb([tf.sub(moved, tf.floor(moved)), ...rest]);
  }),
  'tf.image.adjust_saturation': converted('image saturation_factor', (planes, call) => {
    const [hue, saturation, value] = rgbToHsv(planes);
    return hsvToRgb([hue, clipped(tf.mul(saturation, numberOf(call, 'saturation_factor', 1))), value]);
  }),
  'tf.image.convert_image_dtype': convertDtype,
  'tf.image.per_image_standardization': standardize,
  'tf.image.psnr': psnr,
  'tf.image.ssim': ssim,
  'tf.image.extract_patches': extractPatches,
  'tf.image.crop_and_resize': cropAndResize,
};
