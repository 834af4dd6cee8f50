// Activations that mix the values along an axis: softmax, log_softmax, sparsemax, glu.
// TensorFlow.js computes the first two along the last axis only, so that another one is moved there and back.

import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { KerasValueError, showValue } from '../base/errors.js';
import type { Formula } from './elementwise.js';

export type Axes = number | readonly number[] | null;

/** `formula` works along the last axis; null is one axis over everything. */
function along(name: string, axes: Axes, formula: Formula): Formula {
  return (x) => {
    if (x.rank === 0) return tf.reshape(formula(tf.reshape(x, [1])), []);
    const moved = axes === null ? x.shape.map((_, i) => i) : normalize(name, axes, x);
    const others = x.shape.map((_, i) => i).filter((i) => !moved.includes(i));
    const order = [...others, ...moved];
    const isLast = order.every((from, to) => from === to);
    const turned = isLast ? x : tf.transpose(x, order);
    if (moved.length === 1) return isLast ? formula(x) : tf.transpose(formula(turned), inverse(order));
    const flat = tf.reshape(turned, [...others.map((i) => x.shape[i]), sizeOf(moved, x)]);
    const y = tf.reshape(formula(flat), turned.shape);
    return isLast ? y : tf.transpose(y, inverse(order));
  };
}

function normalize(name: string, axes: number | readonly number[], x: Tensor): number[] {
  const list = [axes].flat() as number[];
  const positive = list.map((axis) => (axis < 0 ? axis + x.rank : axis));
  const isGood = positive.every((axis, i) => axis >= 0 && axis < x.rank && positive.indexOf(axis) === i);
  if (!isGood || list.length === 0) {
    throw new KerasValueError(
      `${name}: \`axis\` must name axes of the input, each once. Received: axis=${showValue(axes)}, input shape ${showValue(x.shape)}`,
    );
  }
  return positive;
}

function inverse(order: readonly number[]): number[] {
  return order.map((_, i) => order.indexOf(i));
}

function sizeOf(axes: readonly number[], x: Tensor): number {
  return axes.reduce((size, axis) => size * x.shape[axis], 1);
}

export function softmax(axes: Axes): Formula {
  return along('softmax', axes, (x) => tf.softmax(x));
}

export function logSoftmax(axes: Axes): Formula {
  return along('log_softmax', axes, (x) => tf.logSoftmax(x));
}

export function sparsemax(axis: number): Formula {
  return along('sparsemax', axis, sparsemaxLast);
}

/**
 * The nearest point of the simplex: https://arxiv.org/abs/1602.02068, algorithm 1. The gradient takes the mean of dy over
 * the support from dy there, and is 0 elsewhere (equation 14 there).
 */
const sparsemaxLast = tf.customGrad((logits, save) => {
  const x = logits as Tensor;
  const size = x.shape[x.rank - 1];
  // A shift of all values changes nothing; near 0 the sums below lose the least.
  const z = tf.sub(x, tf.max(x, -1, true));
  const sorted = tf.topk(z, size, true).values;
  const sums = tf.sub(tf.cumsum(sorted, -1), 1);
  const isIn = tf.cast(tf.greater(tf.mul(sorted, tf.range(1, size + 1)), sums), 'float32');
  const count = tf.sum(isIn, -1, true);
  const last = tf.sum(tf.mul(sorted, isIn), -1, true);
  const y = tf.relu(tf.sub(z, tf.div(tf.sub(last, 1), count)));
  (save as tf.GradSaveFunc)([y]);
  const gradFunc = (dy: Tensor, [saved]: Tensor[]) => {
    const support = tf.step(saved);
    const mean = tf.div(tf.sum(tf.mul(dy, support), -1, true), tf.sum(support, -1, true));
    return tf.mul(tf.sub(dy, mean), support);
  };
  return { value: y, gradFunc };
}) as Formula;

/** a*sigmoid(b) of the two halves along the axis. */
export function glu(axis: number): Formula {
  return (x) => {
    const [i] = normalize('glu', axis, x);
    if (x.shape[i] % 2 !== 0) {
      throw new KerasValueError(
        `glu: axis size must be divisible by 2. Received: axis=${axis}, input shape ${showValue(x.shape)}`,
      );
    }
    const [a, b] = tf.split(x, 2, i);
    return tf.mul(a, tf.sigmoid(b));
  };
}
