// Reads a tensor at positions between its values: nearest or linear interpolation, with a rule for what lies outside.
// Composed of gathers, so that values and positions have gradients.
// Source: https://docs.scipy.org/doc/scipy/reference/generated/scipy.ndimage.map_coordinates.html

import * as tf from '@tensorflow/tfjs-core';
import { unstack } from '../base/parts.js';
import { gatherAt } from './gathering.js';
import { product } from './permuteAxes.js';

export const fillModes = ['constant', 'nearest', 'wrap', 'mirror', 'reflect'] as const;
export type FillMode = (typeof fillModes)[number];

export interface Sampling {
  /** 0 takes the nearest value, 1 interpolates. */
  readonly order: 0 | 1;
  readonly mode: FillMode;
  readonly fill: number;
}

/** |x| mod, for a period, in floats that hold whole numbers. */
const modulo = (x: tf.Tensor, period: number) => tf.sub(x, tf.mul(tf.floor(tf.div(x, period)), period));

/** Whole positions along an axis moved inside it, except by 'constant'. */
function inside(at: tf.Tensor, size: number, mode: FillMode): tf.Tensor {
  if (mode === 'wrap') return modulo(at, size);
  if (mode === 'mirror') {
    const last = size - 1;
    return last === 0 ? tf.zerosLike(at) : tf.sub(last, tf.abs(tf.sub(modulo(at, 2 * last), last)));
  }
  if (mode === 'reflect') {
    const place = modulo(at, 2 * size);
    return tf.minimum(place, tf.sub(2 * size - 1, place));
  }
  return tf.clipByValue(at, 0, size - 1);
}

/** Rounds halves away from zero. */
const nearest = (x: tf.Tensor) => tf.mul(tf.sign(x), tf.floor(tf.add(tf.abs(x), 0.5)));

/** The corner below the position, or both corners around it, with their weights. */
function cornersOf(at: tf.Tensor, order: 0 | 1): readonly (readonly [at: tf.Tensor, weight: tf.Tensor | null])[] {
  if (order === 0) return [[nearest(at), null]];
  const below = tf.floor(at);
  const part = tf.sub(at, below);
  return [
    [below, tf.sub(1, part)],
    [tf.add(below, 1), part],
  ];
}

/**
 * Reads rows of `table`, [product of sizes, channels], at `positions`: for each of `sizes` a tensor of one shape.
 * @param offset is added to each row number: the first row of a batch's image.
 * @returns [...positions, channels]
 */
export function sampleRows(
  table: tf.Tensor,
  sizes: readonly number[],
  positions: readonly tf.Tensor[],
  { order, mode, fill }: Sampling,
  offset?: tf.Tensor,
): tf.Tensor {
  const corners = positions.map((at) => cornersOf(at, order));
  const count = corners.reduce((all, list) => all * list.length, 1);
  const shape = positions[0].shape;
  let sum: tf.Tensor | undefined;
  for (let corner = 0; corner < count; corner++) {
    let row: tf.Tensor = tf.zeros(shape);
    let weight: tf.Tensor | undefined;
    let isInside: tf.Tensor | undefined;
    corners.forEach((list, axis) => {
      const [at, part] = list[(corner >> axis) % list.length];
      const size = sizes[axis];
      const valid = tf.logicalAnd(tf.greaterEqual(at, 0), tf.less(at, size));
      isInside = isInside ? tf.logicalAnd(isInside, valid) : valid;
      if (part) weight = weight ? tf.mul(weight, part) : part;
      row = tf.add(tf.mul(row, size), inside(at, size, mode));
    });
    const rows = tf.cast(offset ? tf.add(row, offset) : row, 'int32');
    const found = gatherAt(table, tf.reshape(rows, [-1]) as tf.Tensor1D);
    const picked = tf.reshape(found, [...shape, table.shape[1] as number]);
    const kept =
      mode === 'constant' && isInside
        ? tf.where(tf.broadcastTo(tf.expandDims(isInside, -1), picked.shape), picked, tf.fill(picked.shape, fill))
        : picked;
    const part = weight ? tf.mul(kept, tf.expandDims(weight, -1)) : kept;
    sum = sum ? tf.add(sum, part) : part;
  }
  return sum as tf.Tensor;
}

/** Samples each image of [batch, height, width, channels] at its own rows and columns, [batch, outH, outW]. */
export function sampleImages(images: tf.Tensor, y: tf.Tensor, x: tf.Tensor, sampling: Sampling): tf.Tensor {
  const [batch, height, width, channels] = images.shape as [number, number, number, number];
  const starts = tf.reshape(tf.mul(tf.range(0, batch), height * width), [batch, 1, 1]);
  const table = tf.reshape(images, [batch * height * width, channels]);
  return sampleRows(table, [height, width], [y, x], sampling, starts);
}

/** Samples a tensor of any rank at coordinates [rank, ...shape]. */
export function mapCoordinates(x: tf.Tensor, coordinates: tf.Tensor, sampling: Sampling): tf.Tensor {
  const positions = unstack(coordinates, 0);
  const y = sampleRows(tf.reshape(x, [product(x.shape), 1]), x.shape, positions, sampling);
  return tf.reshape(y, coordinates.shape.slice(1));
}
