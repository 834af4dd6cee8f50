// TensorFlow's functions that make and rearrange tensors: https://www.tensorflow.org/api_docs/python/tf

import * as tf from '@tensorflow/tfjs-core';
import { KerasValueError, showValue } from '../../base/kerasValueError.js';
import { split } from '../../base/parts.js';
import { castName, stopGradient } from '../creationOps.js';
import { gatherAt } from '../gathering.js';
import { gatherRows } from '../indexingOps.js';
import { withUnknownSizes } from '../inferShapes.js';
import type { OpCall } from '../opCall.js';
import { type OpRow, type OpTable, op } from '../opRow.js';
import { bool, castTo, float, numeric, promote } from '../opValues.js';
import { permute, product } from '../permuteAxes.js';
import { scatterRows, updateRows } from '../segmentOps.js';
import { integersOf, marked, numberOf, sizesOf, tensorsOf } from './tfValues.js';

/** Reshapes to a shape that tensors tell. In a trial the first unknown size takes all that is left. */
const reshape = op('tensor shape', (call) => {
  const x = call.tensor('tensor');
  const wanted = sizesOf(call, 'shape');
  if (wanted.unknown.length === 0) return tf.reshape(x, wanted.sizes);
  const unknown = [...wanted.unknown, ...wanted.sizes.flatMap((size, i) => (size === -1 ? [i] : []))];
  const sizes = wanted.sizes.map((size, i) => (unknown.includes(i) ? (i === unknown[0] ? -1 : 1) : size));
  return marked(tf.reshape(x, sizes), { sizes, unknown });
});

const broadcastTo = op('input shape', (call) => {
  const x = call.tensor('input');
  const wanted = sizesOf(call, 'shape');
  const offset = wanted.sizes.length - x.rank;
  const sizes = wanted.sizes.map((size, i) => (wanted.unknown.includes(i) ? (x.shape[i - offset] ?? 1) : size));
  return marked(tf.broadcastTo(x, sizes), wanted);
});

const tile = op('input multiples', (call) => {
  const wanted = sizesOf(call, 'multiples');
  return marked(tf.tile(call.tensor('input'), wanted.sizes), wanted);
});

const filled = (names: string, fillOf: (call: OpCall) => tf.Tensor): OpRow =>
  op(names, (call) => {
    const wanted = sizesOf(call, names.split(' ')[0]);
    return marked(tf.broadcastTo(fillOf(call), wanted.sizes), wanted);
  });

const range = op('start limit delta dtype', (call) => {
  const hasLimit = call.has('limit');
  const values = ['start', 'limit', 'delta'].map((key) => call.tensorOrNull(key)).filter((x) => x !== null);
  const start = hasLimit ? numberOf(call, 'start', 0) : 0;
  const limit = hasLimit ? numberOf(call, 'limit', 0) : numberOf(call, 'start', 0);
  const dtype = values.some((x) => x.dtype === 'float32') && !call.isTrial ? 'float32' : 'int32';
  if (
    call.isTrial &&
    [call.raw('start'), call.raw('limit'), call.raw('delta')].some((value) => value instanceof tf.Tensor)
  ) {
    return withUnknownSizes(tf.zeros([1]), [0]);
  }
  const y = tf.range(start, limit, numberOf(call, 'delta', 1), dtype);
  return call.has('dtype') ? castName(call, y) : y;
});

/** Rows of params at the indices along an axis; the first batch_dims axes of both belong together. */
const gather = op('params indices validate_indices axis batch_dims', (call) => {
  const x = call.tensor('params');
  const indices = tf.cast(call.tensor('indices'), 'int32');
  const given = call.integer('batch_dims', 0);
  const batchDims = given < 0 ? given + indices.rank : given;
  const axis = call.axis('axis', x.rank, batchDims);
  if (batchDims === 0) return gatherAt(x, indices, axis).clone();
  const batch = product(x.shape.slice(0, batchDims));
  const size = x.shape[axis];
  // The batch goes into the indices of one long axis.
  const order = [...Array(batchDims).keys(), axis, ...[...x.shape.keys()].filter((i) => i >= batchDims && i !== axis)];
  const moved = permute(x, order);
  const rest = moved.shape.slice(batchDims + 1);
  const table = tf.reshape(moved, [batch * size, product(rest)]);
  const starts = tf.mul(tf.reshape(tf.range(0, batch, 1, 'int32'), [batch, 1]), tf.scalar(size, 'int32'));
  const flat = tf.add(tf.reshape(indices, [batch, -1]), starts);
  const inner = indices.shape.slice(batchDims);
  const y = tf.reshape(gatherAt(table, tf.reshape(flat, [-1])), [...x.shape.slice(0, batchDims), ...inner, ...rest]);
  const before = axis - batchDims;
  const places = [...inner.keys()].map((i) => batchDims + i);
  const others = [...rest.keys()].map((i) => batchDims + inner.length + i);
  return permute(y, [
    ...Array(batchDims).keys(),
    ...others.slice(0, before),
    ...places,
    ...others.slice(before),
  ]).clone();
});

/** Slices of params at the index tuples of the last axis. */
const gatherNd = op('params indices batch_dims', (call) => {
  const x = call.tensor('params');
  const indices = tf.cast(call.tensor('indices'), 'int32');
  const b = call.integer('batch_dims', 0);
  const depth = indices.shape[indices.rank - 1] as number;
  const batch = product(x.shape.slice(0, b));
  const sizes = x.shape.slice(b, b + depth);
  const tuples = tf.reshape(indices, [batch, -1, depth]);
  const strides = sizes.map((_, i) => product(sizes.slice(i + 1)));
  const places = tf.sum(tf.mul(tuples, tf.tensor1d(strides, 'int32')), 2);
  const starts = tf.mul(tf.reshape(tf.range(0, batch, 1, 'int32'), [batch, 1]), tf.scalar(product(sizes), 'int32'));
  const rest = x.shape.slice(b + depth);
  const table = tf.reshape(x, [batch * product(sizes), product(rest)]);
  const rows = gatherAt(table, tf.reshape(tf.add(places, starts), [-1]));
  return tf.reshape(rows, [...indices.shape.slice(0, -1), ...rest]);
});

const oneHot = op('indices depth on_value off_value axis dtype', (call) => {
  const indices = tf.cast(call.tensor('indices'), 'int32');
  const codes = float(tf.oneHot(indices, numberOf(call, 'depth', 1)));
  const [on, off] = [numberOf(call, 'on_value', 1), numberOf(call, 'off_value', 0)];
  const axis = call.axis('axis', indices.rank + 1, -1);
  const order = [...indices.shape.keys()];
  order.splice(axis, 0, indices.rank);
  const y = permute(on === 1 && off === 0 ? codes : tf.add(tf.mul(codes, on - off), off), order);
  return call.has('dtype') ? castName(call, y) : y.clone();
});

const where = op('condition x y', (call) => {
  if (!call.has('x') || !call.has('y'))
    throw call.wrong('x', 'given, as y must be, since the shape of where(condition) is unknown');
  const [a, b] = promote([call.tensor('x'), call.tensor('y')]);
  return tf.where(bool(call.tensor('condition')), a, b);
});

const slice = op('input_ begin size', (call) => {
  const x = call.tensor('input_');
  const begin = integersOf(call, 'begin');
  const wanted = sizesOf(call, 'size');
  const sizes = wanted.sizes.map((size, i) => (size === -1 ? x.shape[i] - begin[i] : size));
  return marked(tf.slice(x, call.isTrial ? begin.map(() => 0) : begin, sizes), wanted);
});

const stridedSlice = op(
  'input_ begin end strides begin_mask end_mask ellipsis_mask new_axis_mask shrink_axis_mask',
  (call) => {
    const x = call.tensor('input_');
    const [begin, end] = [integersOf(call, 'begin'), integersOf(call, 'end')];
    const strides = call.has('strides') ? integersOf(call, 'strides') : begin.map(() => 1);
    const mask = (key: string) => call.integer(key, 0);
    if (mask('ellipsis_mask') !== 0 || mask('new_axis_mask') !== 0)
      throw call.wrong('new_axis_mask', '0, as ellipsis_mask must be');
    const has = (key: string, axis: number) => ((mask(key) >> axis) & 1) === 1;
    let y = x;
    begin.forEach((start, axis) => {
      const size = x.shape[axis];
      const by = has('shrink_axis_mask', axis) ? 1 : strides[axis];
      const clamp = (value: number, low: number, high: number) =>
        Math.min(high, Math.max(low, value < 0 ? value + size : value));
      const [low, high] = by > 0 ? [0, size] : [-1, size - 1];
      const first = has('begin_mask', axis) ? (by > 0 ? 0 : size - 1) : clamp(start, low, high);
      const stop = has('shrink_axis_mask', axis)
        ? first + 1
        : has('end_mask', axis)
          ? by > 0
            ? size
            : -1
          : clamp(end[axis], low, high);
      const count = Math.max(0, Math.ceil((stop - first) / by));
      y = gatherRows(
        y,
        Array.from({ length: count }, (_, i) => first + i * by),
        axis,
      );
    });
    return tf.reshape(
      y,
      y.shape.filter((_, axis) => !has('shrink_axis_mask', axis)),
    );
  },
);

/** Without `maxlen` the lengths keep their dtype: 0.5 and 1.5 give masks of two steps. With it they become integers. */
const sequenceMask = op('lengths maxlen dtype', (call) => {
  const given = numeric(call.tensor('lengths'));
  const lengths = call.has('maxlen') ? tf.cast(given, 'int32') : given;
  if (call.isTrial && !call.has('maxlen')) return withUnknownSizes(tf.zeros([...lengths.shape, 1]), [lengths.rank]);
  const longest = call.has('maxlen') ? numberOf(call, 'maxlen', 0) : longestOf(lengths);
  const mask = tf.less(tf.range(0, longest, 1, lengths.dtype as 'int32'), tf.expandDims(lengths, -1));
  return call.has('dtype') ? castName(call, mask) : mask;
});

function longestOf(lengths: tf.Tensor): number {
  return Math.ceil([...lengths.dataSync()].reduce((most, length) => Math.max(most, length), 0));
}

const booleanMask = op('tensor mask axis', (call) => {
  const x = call.tensor('tensor');
  const mask = bool(call.tensor('mask'));
  const axis = call.axis('axis', x.rank, 0);
  const merged = tf.reshape(x, [...x.shape.slice(0, axis), mask.size, ...x.shape.slice(axis + mask.rank)]);
  if (call.isTrial) return withUnknownSizes(gatherRows(merged, [0], axis), [axis]);
  const rows = [...mask.dataSync()].flatMap((value, i) => (value ? [i] : []));
  return gatherRows(merged, rows, axis);
});

/** Changes the parts of a tensor that index tuples name. Later updates of one place come after earlier ones. */
function scatterInto(reduction: string): OpRow {
  return op('tensor indices updates', (call) => {
    const [x, given] = promote([call.tensor('tensor'), call.tensor('updates')]).map(numeric);
    const { rows, inner, places } = placesOf(call, x.shape);
    const y = updateRows(tf.reshape(x, [rows, inner]), tf.reshape(given, [-1, inner]), places, reduction);
    return tf.reshape(y, x.shape);
  });
}

function placesOf(call: OpCall, shape: readonly number[]): { rows: number; inner: number; places: number[] } {
  const indices = tf.cast(call.tensor('indices'), 'int32');
  const depth = indices.shape[indices.rank - 1] as number;
  const sizes = shape.slice(0, depth);
  const values = indices.dataSync();
  const places = Array.from({ length: values.length / depth }, (_, row) =>
    sizes.reduce((place, size, axis) => {
      const at = values[row * depth + axis];
      if (at >= 0 && at < size) return place * size + at;
      throw new KerasValueError(
        `${call.where}: an index is out of bounds for shape ${showValue([...shape])}. Received: ${at}`,
      );
    }, 0),
  );
  return { rows: product(sizes), inner: product(shape.slice(depth)), places };
}

const scatterNd = op('indices updates shape', (call) => {
  const shape = integersOf(call, 'shape');
  const { rows, inner, places } = placesOf(call, shape);
  return tf.reshape(scatterRows(tf.reshape(numeric(call.tensor('updates')), [-1, inner]), places, rows), shape);
});

const spaceToBatch = op('input block_shape paddings', (call) => {
  const [blocks, pads] = [integersOf(call, 'block_shape'), call.raw('paddings') as [number, number][]];
  return tf.spaceToBatchND(call.tensor('input'), blocks, pads);
});

const batchToSpace = op('input block_shape crops', (call) =>
  tf.batchToSpaceND(call.tensor('input'), integersOf(call, 'block_shape'), call.raw('crops') as [number, number][]),
);

/** Reverses the first seq_lengths[i] entries of each example. */
const reverseSequence = op('input seq_lengths seq_axis batch_axis', (call) => {
  const x = call.tensor('input');
  const [time, batch] = [call.axis('seq_axis', x.rank, 1), call.axis('batch_axis', x.rank, 0)];
  const lengths = tf.cast(call.tensor('seq_lengths'), 'int32').dataSync();
  const parts = split(x, x.shape[batch], batch).map((part, i) => {
    const rows = Array.from({ length: x.shape[time] }, (_, t) => (t < lengths[i] ? lengths[i] - 1 - t : t));
    return gatherRows(part, rows, time);
  });
  return tf.concat(parts, batch);
});

const splitSizes = op('value num_or_size_splits axis num', (call) => {
  const x = call.tensor('value');
  const sizes = integersOf(call, 'num_or_size_splits');
  const axis = numberOf(call, 'axis', 0);
  return split(x, sizes, axis < 0 ? axis + x.rank : axis);
});

/** tf.searchsorted takes a sorted row for each row of values. */
const searchSorted = op('sorted_sequence values side', (call) => {
  const [rows, values] = promote([call.tensor('sorted_sequence'), call.tensor('values')]);
  const [wide, among] = [tf.expandDims(values, -1), tf.expandDims(rows, -2)];
  const isRight = call.text('side', 'left') === 'right';
  return tf.sum(tf.cast(isRight ? tf.lessEqual(among, wide) : tf.less(among, wide), 'int32'), -1);
});

const constant = (call: OpCall, value: number, missing = 'float32') =>
  castTo(tf.scalar(value), call.has('dtype') ? call.text('dtype') : missing, call.where);

/** One row for each axis of dims. */
const unravelIndex = op('indices dims', (call) => {
  const index = tf.cast(call.tensor('indices'), 'int32');
  const dims = integersOf(call, 'dims');
  const places = dims.map((size, axis) => {
    const stride = tf.scalar(product(dims.slice(axis + 1)), 'int32');
    return tf.mod(tf.floorDiv(index, stride), tf.scalar(size, 'int32'));
  });
  return tf.stack(places);
});

const ofShape = (names: string, readsShape: NonNullable<OpRow['readsShape']>): OpRow => ({
  ...op(names, (call) => tf.tensor(readsShape(call.tensor('input').shape), undefined, 'int32')),
  readsShape,
});

export const tfArrays: OpTable = {
  'tf.reshape': reshape,
  'tf.broadcast_to': broadcastTo,
  'tf.tile': tile,
  'tf.fill': filled('dims value', (call) => call.tensor('value')),
  'tf.zeros': filled('shape dtype', (call) => constant(call, 0)),
  'tf.ones': filled('shape dtype', (call) => constant(call, 1)),
  'tf.range': range,
  'tf.shape': ofShape('input out_type', (shape) => [...shape]),
  'tf.shape_n': op('input out_type', (call) =>
    tensorsOf(call, 'input').map(({ shape }) => tf.tensor1d(shape, 'int32')),
  ),
  'tf.size': ofShape('input out_type', product),
  'tf.rank': ofShape('input', (shape) => shape.length),
  'tf.gather': gather,
  'tf.gather_nd': gatherNd,
  'tf.one_hot': oneHot,
  'tf.where': where,
  'tf.slice': slice,
  'tf.strided_slice': stridedSlice,
  'tf.sequence_mask': sequenceMask,
  'tf.boolean_mask': booleanMask,
  'tf.tensor_scatter_nd_update': scatterInto('none'),
  'tf.tensor_scatter_nd_add': scatterInto('add'),
  'tf.tensor_scatter_nd_sub': scatterInto('sub'),
  'tf.tensor_scatter_nd_max': scatterInto('max'),
  'tf.tensor_scatter_nd_min': scatterInto('min'),
  'tf.scatter_nd': scatterNd,
  'tf.unravel_index': unravelIndex,
  'tf.space_to_batch': spaceToBatch,
  'tf.batch_to_space': batchToSpace,
  'tf.reverse_sequence': reverseSequence,
  'tf.split': splitSizes,
  'tf.searchsorted': searchSorted,
  'tf.stop_gradient': op('input', (call) => stopGradient(call.tensor('input'))),
  'tf.identity_n': op('input', (call) => tensorsOf(call, 'input').map((x) => x.clone())),
};
