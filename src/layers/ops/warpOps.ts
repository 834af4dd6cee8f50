// Geometric transforms of images: https://keras.io/api/ops/image/

import * as tf from '@tensorflow/tfjs-core';
import { KerasValueError, showValue } from '../base/kerasValueError.js';
import { filterChannels, gaussian } from './colorOps.js';
import { solve } from './linalgTensors.js';
import { dataFormatOf } from './nnOps.js';
import type { OpCall } from './opCall.js';
import { type OpTable, op } from './opRow.js';
import { float } from './opValues.js';
import { fillModes, mapCoordinates, type Sampling, sampleImages } from './sampling.js';
import { scaleAndTranslate } from './scaleAndTranslate.js';

function samplingOf(call: OpCall, hasModes: boolean, missingMode: Sampling['mode'] = 'constant'): Sampling {
  return {
    order: call.oneOf('interpolation', ['bilinear', 'nearest'], 'bilinear') === 'bilinear' ? 1 : 0,
    mode: hasModes ? call.oneOf('fill_mode', fillModes, missingMode) : 'constant',
    fill: call.number('fill_value', 0),
  };
}

/** f of a batch in channels_last, whatever the images are. Integers stay integers. */
function onBatch(call: OpCall, f: (images: tf.Tensor) => tf.Tensor): tf.Tensor {
  const given = call.tensor('images');
  if (given.rank !== 3 && given.rank !== 4) {
    throw new KerasValueError(
      `${call.where}: Invalid images rank: expected rank 3 (single image) or rank 4 (batch of images). Received: images.shape=${showValue(given.shape)}`,
    );
  }
  const isFirst = dataFormatOf(call) === 'channels_first';
  const batch = float(given.rank === 3 ? tf.expandDims(given, 0) : given);
  const y = f(isFirst ? tf.transpose(batch, [0, 2, 3, 1]) : batch);
  const formatted = isFirst ? tf.transpose(y, [0, 3, 1, 2]) : y;
  const out = given.rank === 3 ? tf.squeeze(formatted, [0]) : formatted;
  return given.dtype === 'float32' ? out : tf.cast(tf.round(out), given.dtype);
}

/** Rows and columns of all pixels: [1, height, width] each. */
function gridOf(height: number, width: number): [y: tf.Tensor, x: tf.Tensor] {
  const y = tf.tile(tf.reshape(tf.range(0, height), [1, height, 1]), [1, 1, width]);
  return [y, tf.tile(tf.reshape(tf.range(0, width), [1, 1, width]), [1, height, 1])];
}

/** Samples where the projective map of the eight numbers [batch, 8] takes each output pixel. */
function project(images: tf.Tensor, eight: tf.Tensor, sampling: Sampling): tf.Tensor {
  const [, height, width] = images.shape as number[];
  const [y, x] = gridOf(height, width);
  const number = (i: number) => tf.reshape(tf.slice(eight, [0, i], [-1, 1]), [-1, 1, 1]);
  const line = (i: number) => tf.add(tf.add(tf.mul(number(i), x), tf.mul(number(i + 1), y)), number(i + 2));
  const depth = tf.add(tf.add(tf.mul(number(6), x), tf.mul(number(7), y)), 1);
  const scaled = (values: tf.Tensor) => tf.div(values, depth);
  const wide = (values: tf.Tensor) => tf.broadcastTo(values, [images.shape[0], height, width]);
  return sampleImages(images, wide(scaled(line(3))), wide(scaled(line(0))), sampling);
}

/** The numbers a0 a1 a2 b0 b1 b2 c0 c1: x = (a0 x' + a1 y' + a2) / (c0 x' + c1 y' + 1), y likewise of b. */
const affineTransform = op('images transform interpolation fill_mode fill_value data_format', (call) => {
  const given = float(call.tensor('transform'));
  const transform = given.rank === 1 ? tf.expandDims(given, 0) : given;
  if (transform.rank !== 2 || transform.shape[1] !== 8) throw call.wrong('transform', '8 numbers for each image');
  return onBatch(call, (images) => project(images, transform, samplingOf(call, true)));
});

/** The eight numbers of the projection that takes the end points to the start points. */
function homography(start: tf.Tensor, end: tf.Tensor): tf.Tensor {
  const part = (points: tf.Tensor, i: number) => tf.slice(points, [0, 0, i], [-1, -1, 1]);
  const [endX, endY] = [part(end, 0), part(end, 1)];
  const [ones, zeros] = [tf.onesLike(endX), tf.zeros([endX.shape[0], 4, 3])];
  const point = tf.concat([endX, endY, ones], 2);
  const rows = [0, 1].map((i) => {
    const target = part(start, i);
    const perspective = [tf.neg(tf.mul(target, endX)), tf.neg(tf.mul(target, endY))];
    return tf.concat([...(i === 0 ? [point, zeros] : [zeros, point]), ...perspective], 2);
  });
  const targets = tf.concat([part(start, 0), part(start, 1)], 1);
  return tf.squeeze(solve(tf.concat(rows, 1), targets), [2]);
}

/** Takes points, columns of x and of y [n, points, 1], to where they go when the start points [n, 4, 2] come to the end points. */
export function projectionOf(start: tf.Tensor, end: tf.Tensor) {
  const eight = homography(end, start);
  const number = (i: number) => tf.reshape(tf.slice(eight, [0, i], [-1, 1]), [-1, 1, 1]);
  return ([x, y]: readonly [tf.Tensor, tf.Tensor]): readonly [tf.Tensor, tf.Tensor] => {
    const line = (i: number, offset: tf.TensorLike | tf.Tensor) =>
      tf.add(tf.add(tf.mul(number(i), x), tf.mul(number(i + 1), y)), offset);
    const depth = line(6, 1);
    return [tf.div(line(0, number(2)), depth), tf.div(line(3, number(5)), depth)];
  };
}

/** A batch in channels_last, seen so that the start points [batch, 4, 2] come to the end points. */
export function projectTo(images: tf.Tensor, start: tf.Tensor, end: tf.Tensor, sampling: Sampling): tf.Tensor {
  return project(images, homography(start, end), sampling);
}

const perspectiveTransform = op('images start_points end_points interpolation fill_value data_format', (call) => {
  const [start, end] = ['start_points', 'end_points'].map((key) => {
    const points = float(call.tensor(key));
    const batch = points.rank === 2 ? tf.expandDims(points, 0) : points;
    if (batch.rank === 3 && batch.shape[1] === 4 && batch.shape[2] === 2) return batch;
    throw call.wrong(key, '(4,2) for a single image or (N,4,2) for a batch');
  });
  return onBatch(call, (images) => projectTo(images, start, end, samplingOf(call, false)));
});

const mapCoordinatesOp = op('inputs coordinates order fill_mode fill_value', (call) => {
  const x = call.tensor('inputs');
  const coordinates = float(call.tensor('coordinates'));
  const order = call.integer('order', 1);
  if (order !== 0 && order !== 1) throw call.wrong('order', '0 or 1');
  if (coordinates.rank < 2 || coordinates.shape[0] !== x.rank) {
    throw new KerasValueError(
      `${call.where}: First dim of \`coordinates\` must be the same as the rank of \`inputs\`. Received: inputs of shape ${showValue(x.shape)}, coordinates of shape ${showValue(coordinates.shape)}`,
    );
  }
  const sampling = {
    order,
    mode: call.oneOf('fill_mode', fillModes, 'constant'),
    fill: call.number('fill_value', 0),
  } as const;
  const y = mapCoordinates(float(x), coordinates, sampling);
  return x.dtype === 'float32' ? y : tf.cast(tf.round(y), x.dtype);
});

/** What moves the pixels of elastic transforms. */
export interface Displacement {
  /** Pixels for displacements of deviation 1. */
  readonly alpha: number;
  /** Deviation of the random numbers, and of the Gaussian that smooths them. */
  readonly sigma: number;
  readonly sampling: Sampling;
  readonly noise: (shape: number[], stddev: number) => tf.Tensor;
}

/** Moves the pixels of a batch in channels_last by smoothed random displacements. */
export function displaceSmoothly(images: tf.Tensor, { alpha, sigma, sampling, noise }: Displacement): tf.Tensor {
  const [batch, height, width] = images.shape as number[];
  const weights = tf.tensor1d(gaussian(Math.trunc(6 * sigma) | 1, sigma));
  const kernel = tf.outerProduct(weights, weights);
  const [y, x] = gridOf(height, width);
  const moved = (at: tf.Tensor) => {
    const smooth = filterChannels(noise([batch, height, width, 1], sigma), kernel, 'same', 'channels_last');
    return tf.add(at, tf.mul(tf.squeeze(smooth, [3]), alpha));
  };
  return sampleImages(images, moved(y), moved(x), sampling);
}

/** The random numbers are not Keras's. */
const elasticTransform = op('images alpha sigma interpolation fill_mode fill_value seed data_format', (call) => {
  const [alpha, sigma] = [call.number('alpha', 20), call.number('sigma', 5)];
  const noise = (shape: number[], stddev: number) => tf.randomNormal(shape, 0, stddev);
  return onBatch(call, (images) =>
    displaceSmoothly(images, { alpha, sigma, sampling: samplingOf(call, true, 'reflect'), noise }),
  );
});

export const warpOps: OpTable = {
  AffineTransform: affineTransform,
  PerspectiveTransform: perspectiveTransform,
  MapCoordinates: mapCoordinatesOp,
  ElasticTransform: elasticTransform,
  ScaleAndTranslate: scaleAndTranslate,
};
