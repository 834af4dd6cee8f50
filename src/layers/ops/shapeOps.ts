// Operations that reshape, transpose, concatenate, split or reverse tensors.
// Source: https://keras.io/api/ops/numpy/

import * as tf from '@tensorflow/tfjs-core';
import { KerasValueError, showValue } from '../base/kerasValueError.js';
import { spendTrial } from '../base/loadLimits.js';
import { split, unstack as unstackParts } from '../base/parts.js';
import type { OpCall } from './opCall.js';
import { type OpTable, op } from './opRow.js';
import { promote } from './opValues.js';
import { permute } from './permuteAxes.js';

/**
 * Reads a target shape. One unknown size follows from the others. If several are null, they are the input's sizes
 * there.
 */
function newShape(call: OpCall, key: string, x: tf.Tensor): number[] {
  const value = call.raw(key);
  const list = Array.isArray(value) ? value : [value];
  if (!list.every((size) => size === null || Number.isInteger(size))) throw call.wrong(key, 'a shape');
  const unknown = list.filter((size) => size === null || size === -1);
  if (unknown.length <= 1) return list.map((size) => (size as number | null) ?? -1);
  return list.map((size, i) => (size as number | null) ?? x.shape[i] ?? -1);
}

const reshape = op('x newshape', (call) => {
  const x = call.tensor('x');
  return tf.reshape(x, newShape(call, 'newshape', x));
});

const transpose = op('x axes', (call) => {
  const x = call.tensor('x');
  const order = call.axes('axes', x.rank) ?? [...x.shape.keys()].reverse();
  return tf.transpose(x, order);
});

const moveaxis = op('x source destination', (call) => {
  const x = call.tensor('x');
  const source = call.axes('source', x.rank) as number[];
  const destination = call.axes('destination', x.rank) as number[];
  const rest = [...x.shape.keys()].filter((i) => !source.includes(i));
  const order = x.shape.map((_, i) => {
    const at = destination.indexOf(i);
    return at >= 0 ? source[at] : (rest.shift() as number);
  });
  return permute(x, order);
});

const swapaxes = op('x axis1 axis2', (call) => {
  const x = call.tensor('x');
  const [a, b] = [call.axis('axis1', x.rank), call.axis('axis2', x.rank)];
  return permute(
    x,
    [...x.shape.keys()].map((i) => (i === a ? b : i === b ? a : i)),
  );
});

const concatenate = op('xs axis', (call) => {
  const tensors = promote(call.tensors('xs'));
  if (!call.has('axis')) return tf.concat(tensors, 0);
  return tf.concat(tensors, call.axis('axis', tensors[0].rank));
});

const append = op('x1 x2 axis', (call) => {
  const [a, b] = promote([call.tensor('x1'), call.tensor('x2')]);
  const axis = call.axisOrNull('axis', a.rank);
  return axis === null ? tf.concat([tf.reshape(a, [-1]), tf.reshape(b, [-1])]) : tf.concat([a, b], axis);
});

const stack = op('x axis', (call) => {
  const tensors = promote(call.tensors(call.has('xs') ? 'xs' : 'x'));
  return tf.stack(tensors, call.axis('axis', tensors[0].rank + 1, 0));
});

/** Concatenates along an axis after `raise` gave each tensor the rank for it. */
function concatRaised(axisOf: (rank: number) => number, raise: (x: tf.Tensor) => tf.Tensor) {
  return op('xs', (call) => {
    const tensors = promote(call.tensors('xs')).map(raise);
    return tf.concat(tensors, axisOf(tensors[0].rank));
  });
}

const vector = (x: tf.Tensor) => (x.rank === 0 ? tf.reshape(x, [1]) : x);
const matrix = (x: tf.Tensor) => (x.rank < 2 ? tf.reshape(x, [1, -1]) : x);
const cube = (x: tf.Tensor) => (x.rank < 3 ? tf.expandDims(matrix(x), 2) : x);

/**
 * Splits into equal parts or at the given indices. If the size is not divisible, `array_split` makes the first parts
 * longer.
 */
function splitOf(isEven: boolean, axisOf?: (rank: number) => number) {
  return op(axisOf ? 'x indices_or_sections' : 'x indices_or_sections axis', (call) => {
    const x = call.tensor('x');
    const axis = axisOf?.(x.rank) ?? call.axis('axis', x.rank, 0);
    const size = x.shape[axis];
    const value = call.raw('indices_or_sections');
    if (typeof value === 'number' && isEven) {
      if (size % value !== 0) {
        throw new KerasValueError(
          `${call.where}: the size of axis ${axis} must be a multiple of the number of parts. Received: indices_or_sections=${value}, input shape ${showValue(x.shape)}`,
        );
      }
      return split(x, value, axis);
    }
    if (typeof value === 'number') {
      spendTrial([value]);
      const parts = Array.from({ length: value }, (_, i) => Math.floor(size / value) + (i < size % value ? 1 : 0));
      return splitSizes(x, parts, axis);
    }
    const stops = [...call.integers('indices_or_sections').map((stop) => clampStop(stop, size)), size];
    return splitSizes(
      x,
      stops.map((stop, i) => Math.max(0, stop - (i === 0 ? 0 : stops[i - 1]))),
      axis,
    );
  });
}

function splitSizes(x: tf.Tensor, sizes: number[], axis: number): tf.Tensor[] {
  return split(x, sizes, axis);
}

function clampStop(stop: number, size: number): number {
  return Math.min(size, Math.max(0, stop < 0 ? stop + size : stop));
}

const squeeze = op('x axis', (call) => {
  const x = call.tensor('x');
  const axes = call.axes('axis', x.rank) ?? [...x.shape.keys()].filter((i) => x.shape[i] === 1);
  const wrong = axes.find((axis) => x.shape[axis] !== 1);
  if (wrong !== undefined) {
    throw new KerasValueError(
      `${call.where}: Cannot squeeze axis=${wrong}, because the dimension is not 1. Received: input shape ${showValue(x.shape)}`,
    );
  }
  return tf.reshape(
    x,
    x.shape.filter((_, i) => !axes.includes(i)),
  );
});

const expandDims = op('x axis', (call) => {
  const x = call.tensor('x');
  const count = call.integers('axis').length;
  const axes = call.axes('axis', x.rank + count) as number[];
  const sizes = [...x.shape];
  const shape = Array.from({ length: x.rank + count }, (_, i) => (axes.includes(i) ? 1 : (sizes.shift() as number)));
  return tf.reshape(x, shape);
});

const flip = op('x axis', (call) => {
  const x = call.tensor('x');
  return tf.reverse(x, call.axes('axis', x.rank) ?? [...x.shape.keys()]);
});

const unstack = op('x num axis', (call) => {
  const x = call.tensor('x');
  return unstackParts(x, call.axis('axis', x.rank, 0));
});

export const shapeOps: OpTable = {
  Reshape: reshape,
  Ravel: op('x', (call) => tf.reshape(call.tensor('x'), [-1])),
  Transpose: transpose,
  Moveaxis: moveaxis,
  Swapaxes: swapaxes,
  Concatenate: concatenate,
  Append: append,
  Stack: stack,
  Vstack: concatRaised(() => 0, matrix),
  Hstack: concatRaised((rank) => (rank === 1 ? 0 : 1), vector),
  Dstack: concatRaised(() => 2, cube),
  Split: splitOf(true),
  ArraySplit: splitOf(false),
  Vsplit: splitOf(true, () => 0),
  Hsplit: splitOf(true, (rank) => (rank === 1 ? 0 : 1)),
  Dsplit: splitOf(true, () => 2),
  Unstack: unstack,
  Squeeze: squeeze,
  ExpandDims: expandDims,
  Flip: flip,
  Fliplr: op('x', (call) => tf.reverse(call.tensor('x'), 1)),
  Flipud: op('x', (call) => tf.reverse(call.tensor('x'), 0)),
  Copy: op('x', (call) => call.tensor('x').clone()),
};
