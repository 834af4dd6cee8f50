// Activations that combine the values along an axis: softmax, log_softmax, sparsemax, glu. TensorFlow.js computes the
// first two along the last axis only, so any other axis is transposed there and back.
// Source: https://keras.io/api/layers/activations/

import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { KerasValueError, showValue } from '../base/kerasValueError.js';
import { split } from '../base/parts.js';
import type { Formula } from './elementwiseActivations.js';

export type Axes = number | readonly number[] | null;

/** Applies `formula`, which works along the last axis, along `axes`. Several axes count as one; null means all axes. */
function alongAxes(name: string, axes: Axes, formula: Formula): Formula {
  return (x) => {
    if (x.rank === 0) return tf.reshape(formula(tf.reshape(x, [1])), []);
    const moved = axes === null ? x.shape.map((_, i) => i) : normalize(name, axes, x);
    const others = x.shape.map((_, i) => i).filter((i) => !moved.includes(i));
    const order = [...others, ...moved];
    const isLast = order.every((from, to) => from === to);
    const transposed = isLast ? x : tf.transpose(x, order);
    if (moved.length === 1) return isLast ? formula(x) : tf.transpose(formula(transposed), inverse(order));
    const flat = tf.reshape(transposed, [...others.map((i) => x.shape[i]), sizeOf(moved, x)]);
    const y = tf.reshape(formula(flat), transposed.shape);
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

/** exp(x) / sum of exp(x) along the axes. */
export function softmax(axes: Axes): Formula {
  return alongAxes('softmax', axes, (x) => tf.softmax(x));
}

/** log(softmax(x)) along the axes. */
export function logSoftmax(axes: Axes): Formula {
  return alongAxes('log_softmax', axes, (x) => tf.logSoftmax(x));
}

/** Keras's sparsemax along one axis; see `sparsemaxLast`. */
export function sparsemax(axis: number): Formula {
  return alongAxes('sparsemax', axis, sparsemaxLast);
}

/**
 * max(x - tau, 0) along the last axis. Keras computes tau = (sum of c_1 to c_k - 1)/k, where c_j is the sum of the j
 * largest values and k the size of the support. The paper (https://arxiv.org/abs/1602.02068) has c_k instead of that
 * sum, so that the outputs sum to 1. A model trained with Keras needs Keras's values.
 */
function sparsemaxLast(x: Tensor): Tensor {
  const size = x.shape[x.rank - 1];
  return tf.reshape(sparsemaxOfRows(tf.reshape(x, [-1, size])), x.shape);
}

const sparsemaxOfRows = tf.customGrad((logits, save) => {
  const x = logits as tf.Tensor2D;
  const size = x.shape[1];
  const { values, indices } = tf.topk(x, size, true);
  const sums = tf.cumsum(values, 1);
  const isIn = tf.greater(tf.mul(values, tf.range(1, size + 1)), tf.sub(sums, 1));
  const count = tf.sum(tf.cast(isIn, 'float32'), 1, true);
  const total = tf.sum(tf.where(isIn, sums, tf.zerosLike(sums)), 1, true);
  const y = tf.relu(tf.sub(x, tf.div(tf.sub(total, 1), count)));
  (save as tf.GradSaveFunc)([y, indices, count]);
  const gradFunc = (dy: Tensor, [y, indices, count]: Tensor[]) => {
    const kept = tf.mul(dy, tf.step(y));
    // The i-th largest value is part of count - i + 1 of the sums c_j.
    const perRank = tf.relu(tf.sub(count, tf.range(0, size))) as tf.Tensor2D;
    return tf.sub(kept, tf.mul(unsort(perRank, indices as tf.Tensor2D), tf.div(tf.sum(kept, 1, true), count)));
  };
  return { value: y, gradFunc };
}) as (x: Tensor) => Tensor;

/** Puts values in topk's order back into the order of the input. */
function unsort(sorted: tf.Tensor2D, indices: tf.Tensor2D): Tensor {
  const [rows, size] = sorted.shape;
  const ranks = tf.topk(tf.neg(tf.cast(indices, 'float32')), size, true).indices;
  const starts = tf.reshape(tf.range(0, rows * size, size, 'int32'), [rows, 1]);
  return tf.gather(tf.reshape(sorted, [-1]), tf.add(ranks, starts) as tf.Tensor2D);
}

/** a*sigmoid(b), where a and b are the two halves along the axis. Throws ValueError for an odd size. */
export function glu(axis: number): Formula {
  return (x) => {
    const [i] = normalize('glu', axis, x);
    if (x.shape[i] % 2 !== 0) {
      throw new KerasValueError(
        `glu: axis size must be divisible by 2. Received: axis=${axis}, input shape ${showValue(x.shape)}`,
      );
    }
    const [a, b] = split(x, 2, i);
    return tf.mul(a, tf.sigmoid(b));
  };
}
