// Colors, filters and measures of images: https://keras.io/api/ops/image/

import * as tf from '@tensorflow/tfjs-core';
import type { KerasDataFormat } from '../base/fields.js';
import { KerasValueError, showValue } from '../base/kerasValueError.js';
import { spendTrial } from '../base/loadLimits.js';
import { unstack } from '../base/parts.js';
import { runConv } from '../conv/runConv.js';
import { dataFormatOf } from './nnOps.js';
import type { OpCall } from './opCall.js';
import { type OpTable, op } from './opRow.js';
import { float } from './opValues.js';

/** Float32 images, single or in a batch. */
function imagesOf(call: OpCall, key = 'images'): tf.Tensor {
  const x = call.tensor(key);
  if (x.rank !== 3 && x.rank !== 4) {
    throw new KerasValueError(
      `${call.where}: Invalid images rank: expected rank 3 (single image) or rank 4 (batch of images). Received: ${key}.shape=${showValue(x.shape)}`,
    );
  }
  return float(x);
}

/** The planes of three colors, and the axis that they stand along. */
function planesOf(call: OpCall, x: tf.Tensor): { planes: tf.Tensor[]; axis: number } {
  const axis = dataFormatOf(call) === 'channels_last' ? x.rank - 1 : x.rank - 3;
  if (x.shape[axis] !== 3) throw call.wrong('images', 'of three channels');
  return { planes: unstack(x, axis), axis };
}

/** A divisor that is 1 where there is nothing to divide by, so that gradients stay finite. */
const safe = (x: tf.Tensor) => tf.where(tf.greater(x, 0), x, tf.onesLike(x));

/** Hue, saturation and value of red, green and blue: https://en.wikipedia.org/wiki/HSL_and_HSV */
export function rgbToHsv([r, g, b]: readonly tf.Tensor[]): tf.Tensor[] {
  const value = tf.maximum(tf.maximum(r, g), b);
  const range = tf.sub(value, tf.minimum(tf.minimum(r, g), b));
  const zeros = tf.zerosLike(value);
  const saturation = tf.where(tf.greater(value, 0), tf.div(range, safe(value)), zeros);
  const sixth = tf.div(1 / 6, safe(range));
  const ofRed = tf.mul(sixth, tf.sub(g, b));
  const ofGreen = tf.add(tf.mul(sixth, tf.sub(b, r)), 1 / 3);
  const ofBlue = tf.add(tf.mul(sixth, tf.sub(r, g)), 2 / 3);
  const angle = tf.where(tf.equal(value, r), ofRed, tf.where(tf.equal(value, g), ofGreen, ofBlue));
  const hue = tf.where(tf.greater(range, 0), angle, zeros);
  return [tf.where(tf.less(hue, 0), tf.add(hue, 1), hue), saturation, value];
}

export function hsvToRgb([hue, saturation, value]: readonly tf.Tensor[]): tf.Tensor[] {
  const sixths = tf.mul(tf.sub(hue, tf.floor(hue)), 6);
  const distance = (from: number) => tf.abs(tf.sub(sixths, from));
  const parts = [tf.sub(distance(3), 1), tf.sub(2, distance(2)), tf.sub(2, distance(4))];
  const white = tf.sub(1, saturation);
  return parts.map((part) => tf.mul(value, tf.add(white, tf.mul(saturation, tf.clipByValue(part, 0, 1)))));
}

const converted = (convert: (planes: readonly tf.Tensor[]) => tf.Tensor[]) =>
  op('images data_format', (call) => {
    const { planes, axis } = planesOf(call, imagesOf(call));
    return tf.stack(convert(planes), axis);
  });

/** Float32's epsilon: smaller values count as black, as in Keras. */
const tiny = 2 ** -23;
export const withoutTiny = (x: tf.Tensor) => tf.where(tf.less(tf.abs(x), tiny), tf.zerosLike(x), x);

/** exp(-x^2 / 2 sigma^2) around the middle of `size` places, scaled to sum 1. */
export function gaussian(size: number, sigma: number): Float32Array {
  spendTrial([size]);
  const values = Float64Array.from({ length: size }, (_, i) => Math.exp(-0.5 * ((i - (size - 1) / 2) / sigma) ** 2));
  const sum = values.reduce((a, b) => a + b, 0);
  return Float32Array.from(values, (value) => value / sum);
}

/** Convolves every channel of a batch with the same kernel. */
export function filterChannels(
  x: tf.Tensor,
  kernel: tf.Tensor2D,
  padding: 'same' | 'valid',
  dataFormat: KerasDataFormat,
): tf.Tensor {
  const channels = x.shape[dataFormat === 'channels_last' ? 3 : 1] as number;
  const [kH, kW] = kernel.shape;
  const filter = tf.tile(tf.reshape(kernel, [kH, kW, 1, 1]), [1, 1, 1, channels]);
  const ones = [1, 1];
  const window = { kernelSize: [kH, kW], strides: ones, dilationRate: ones, padding, dataFormat };
  return runConv({ x, filter, window });
}

/** f of a batch, also for a single image. */
function inBatch(x: tf.Tensor, f: (batch: tf.Tensor) => tf.Tensor): tf.Tensor {
  return x.rank === 4 ? f(x) : tf.squeeze(f(tf.expandDims(x, 0)), [0]);
}

/** The sizes and deviations of kernel_size and sigma: two numbers, the first for the width. */
const gaussianBlur = op('images kernel_size sigma data_format', (call) => {
  const x = imagesOf(call);
  const two = (key: string, missing: readonly number[]): readonly number[] => {
    const value = call.raw(key) ?? missing;
    const list = Array.isArray(value) ? (value as readonly number[]) : [value as number, value as number];
    if (list.length === 2 && list.every((item) => typeof item === 'number' && item > 0)) return list;
    throw call.wrong(key, 'two numbers above 0');
  };
  const [width, height] = two('kernel_size', [3, 3]);
  const [sigmaX, sigmaY] = two('sigma', [1, 1]);
  const kernel = tf.outerProduct(tf.tensor1d(gaussian(height, sigmaY)), tf.tensor1d(gaussian(width, sigmaX)));
  return inBatch(x, (batch) => filterChannels(batch, kernel, 'same', dataFormatOf(call)));
});

/** The vertical and the horizontal slope of each pixel, in a new last axis. */
const sobelEdges = op('images data_format', (call) => {
  const x = imagesOf(call);
  const slope = [-1, 0, 1, -2, 0, 2, -1, 0, 1];
  const horizontal = tf.tensor2d(slope, [3, 3]);
  const edges = [tf.transpose(horizontal) as tf.Tensor2D, horizontal];
  return tf.stack(
    edges.map((kernel) => inBatch(x, (batch) => filterChannels(batch, kernel, 'same', dataFormatOf(call)))),
    -1,
  );
});

/** The structural similarity of two batches of images: https://www.cns.nyu.edu/pub/eero/wang03-reprint.pdf */
const ssim = op('image1 image2 max_val filter_size filter_sigma k1 k2 data_format', (call) => {
  const [a, b] = [imagesOf(call, 'image1'), imagesOf(call, 'image2')];
  const dataFormat = dataFormatOf(call);
  const weights = tf.tensor1d(gaussian(call.integer('filter_size', 11), call.number('filter_sigma', 1.5)));
  const kernel = tf.outerProduct(weights, weights);
  const range = call.number('max_val', 1);
  return similarity(a, b, (x) => inBatch(x, (batch) => filterChannels(batch, kernel, 'valid', dataFormat)), {
    c1: (call.number('k1', 0.01) * range) ** 2,
    c2: (call.number('k2', 0.03) * range) ** 2,
  });
});

/** The mean over an image of luminance times contrast and structure, whose means `blur` computes. */
export function similarity(
  a: tf.Tensor,
  b: tf.Tensor,
  blur: (x: tf.Tensor) => tf.Tensor,
  { c1, c2 }: { readonly c1: number; readonly c2: number },
): tf.Tensor {
  const [meanA, meanB] = [blur(a), blur(b)];
  const both = tf.mul(meanA, meanB);
  const squares = tf.add(tf.square(meanA), tf.square(meanB));
  const covariance = tf.sub(blur(tf.mul(a, b)), both);
  const variances = tf.sub(blur(tf.add(tf.square(a), tf.square(b))), squares);
  const luminance = tf.div(tf.add(tf.mul(both, 2), c1), tf.add(squares, c1));
  const structure = tf.div(tf.add(tf.mul(covariance, 2), c2), tf.add(variances, c2));
  return tf.mean(tf.mul(luminance, structure), [-3, -2, -1]);
}

/** The peak signal-to-noise ratio over all values. */
const psnr = op('x1 x2 max_val', (call) => {
  const error = tf.mean(tf.square(tf.sub(float(call.tensor('x1')), float(call.tensor('x2')))));
  const largest = call.number('max_val');
  return tf.sub(20 * Math.log10(largest), tf.mul(tf.log(error), 10 / Math.LN10));
});

export const colorOps: OpTable = {
  RGBToHSV: converted((planes) => rgbToHsv(planes.map(withoutTiny))),
  HSVToRGB: converted(hsvToRgb),
  GaussianBlur: gaussianBlur,
  SobelEdges: sobelEdges,
  SSIM: ssim,
  PSNR: psnr,
};
