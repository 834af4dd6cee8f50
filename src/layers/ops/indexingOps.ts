// Operations that select parts of tensors or pad them: x[key] with Python's slices, take, slice, pad.
// Source: https://numpy.org/doc/stable/user/basics.indexing.html
//
// Slices with a step other than 1, and mirrored padding, gather by index, since TensorFlow.js's own kernels for them
// have no gradient.

import * as tf from '@tensorflow/tfjs-core';
import { KerasValueError, showValue } from '../base/kerasValueError.js';
import { spendTrial } from '../base/loadLimits.js';
import { gatherAt } from './gathering.js';
import { withUnknownSizes } from './inferShapes.js';
import type { OpCall } from './opCall.js';
import { type OpTable, op } from './opRow.js';
import {
  asTensor,
  type GivenSlice,
  isEllipsis,
  isSlice,
  isTensor,
  type OpValue,
  promote,
  type Slice,
} from './opValues.js';
import { moveToLast, product } from './permuteAxes.js';

/** The part of a key that selects from one axis. */
type AxisKey = number | GivenSlice | readonly number[] | tf.Tensor;

/** Gathers these indices along an axis. */
export function gatherRows(x: tf.Tensor, rows: readonly number[], axis: number): tf.Tensor {
  return gatherAt(x, tf.tensor1d([...rows], 'int32'), axis);
}

/** The indices that Python's slice selects from an axis of this size: first, first + step, .... */
function sliceRows(
  { start, stop, step }: Slice,
  size: number,
): { readonly first: number; count: number; step: number } {
  const by = step ?? 1;
  const clamp = (value: number, low: number, high: number) =>
    Math.min(high, Math.max(low, value < 0 ? value + size : value));
  if (by > 0) {
    const first = start === null ? 0 : clamp(start, 0, size);
    const end = stop === null ? size : clamp(stop, 0, size);
    return { first, count: Math.max(0, Math.ceil((end - first) / by)), step: by };
  }
  const first = start === null ? size - 1 : clamp(start, -1, size - 1);
  const end = stop === null ? -1 : clamp(stop, -1, size - 1);
  return { first, count: Math.max(0, Math.ceil((end - first) / by)), step: by };
}

const getItem = op('x key', (call) => {
  const x = call.tensor('x');
  const { keys, isNew } = expandKey(call, x.rank);
  let y = x;
  const shape: number[] = [];
  const open: number[] = [];
  let axis = 0;
  keys.forEach((key, i) => {
    if (isNew[i]) {
      shape.push(1);
      return;
    }
    y = pick(call, y, key as AxisKey, axis);
    if (call.isTrial && hasTensors(key)) open.push(shape.length);
    if (typeof key !== 'number') shape.push(y.shape[axis]);
    axis += 1;
  });
  const part = shape.length === y.rank && y !== x ? y : tf.reshape(y, shape);
  return open.length > 0 ? withUnknownSizes(part, open) : part;
});

/** Expands the key to an entry per axis of x. Entries that are null (None) insert a new axis. */
function expandKey(call: OpCall, rank: number): { keys: readonly (AxisKey | null)[]; isNew: readonly boolean[] } {
  const given = call.raw('key');
  const list: readonly OpValue[] = Array.isArray(given) ? given : [given];
  const used = list.filter((key) => key !== null && !isEllipsis(key)).length;
  const ellipses = list.filter(isEllipsis).length;
  if (ellipses > 1 || used > rank) {
    throw new KerasValueError(
      `${call.where}: Array of rank ${rank} has too many indices or ellipses. Received: key=${showValue(given)}`,
    );
  }
  const all: GivenSlice = { kind: 'slice', start: null, stop: null, step: null };
  const rest = Array<GivenSlice>(rank - used).fill(all);
  const full = ellipses === 0 ? [...list, ...rest] : list.flatMap((key) => (isEllipsis(key) ? rest : [key]));
  return { keys: full.map((key) => readKey(call, key)), isNew: full.map((key) => key === null) };
}

function readKey(call: OpCall, key: OpValue): AxisKey | null {
  if (key === null || typeof key === 'number' || isSlice(key)) return key;
  if (isTensor(key)) return key.rank === 0 && key.dtype !== 'bool' ? numberOf(key) : key;
  if (Array.isArray(key) && key.every((item) => Number.isInteger(item))) return key as number[];
  throw call.wrong('key', 'made of whole numbers, slices, None and an ellipsis');
}

function pick(call: OpCall, x: tf.Tensor, key: AxisKey, axis: number): tf.Tensor {
  const size = x.shape[axis];
  const inBounds = (index: number) => {
    const row = index < 0 ? index + size : index;
    if (Number.isInteger(row) && row >= 0 && row < size) return row;
    throw new KerasValueError(
      `${call.where}: Array has shape ${showValue(x.shape)} but an out-of-bounds index was requested. Received: index ${index} for axis ${axis}`,
    );
  };
  if (typeof key === 'number') return sliceAxis(x, inBounds(key), 1, axis);
  if (Array.isArray(key)) return gatherRows(x, key.map(inBounds), axis);
  if (isTensor(key as OpValue)) return gatherRows(x, Array.from((key as tf.Tensor).dataSync(), inBounds), axis);
  const given = key as GivenSlice;
  // A trial does not know the values: it takes the whole axis, whose size then counts as unknown.
  const bounds = [given.start, given.stop, given.step].map((bound) =>
    isTensor(bound) ? (call.isTrial ? null : numberOf(bound)) : bound,
  );
  const { first, count, step } = sliceRows({ kind: 'slice', start: bounds[0], stop: bounds[1], step: bounds[2] }, size);
  if (step === 0) throw call.wrong('key', 'slices whose step is not 0');
  if (step === 1 || count <= 1) return count === size ? x : sliceAxis(x, count === 0 ? 0 : first, count, axis);
  if (step === -1 && count === size) return tf.reverse(x, axis);
  return gatherRows(
    x,
    Array.from({ length: count }, (_, i) => first + i * step),
    axis,
  );
}

function numberOf(x: tf.Tensor): number {
  return x.dataSync()[0];
}

/** Whether values decide how much of an axis a key takes. */
function hasTensors(key: AxisKey | null): boolean {
  return isSlice(key as OpValue) && Object.values(key as GivenSlice).some((bound) => isTensor(bound as OpValue));
}

function sliceAxis(x: tf.Tensor, first: number, count: number, axis: number): tf.Tensor {
  const begin = x.shape.map((_, i) => (i === axis ? first : 0));
  return tf.slice(
    x,
    begin,
    x.shape.map((size, i) => (i === axis ? count : size)),
  );
}

/** Reads indices as int32 from zero up. Throws ValueError if a constant index is out of bounds. */
function readIndices(call: OpCall, size: number): tf.Tensor {
  const value = call.raw('indices');
  const given = asTensor(value, call.where);
  const indices = tf.cast(given, 'int32');
  if (!isTensor(value)) {
    const wrong = [...given.dataSync()].find((index) => index < -size || index >= size);
    if (wrong !== undefined) {
      throw new KerasValueError(
        `${call.where}: index is out of bounds for an axis of size ${size}. Received: ${wrong}`,
      );
    }
  }
  return tf.where(tf.less(indices, tf.scalar(0, 'int32')), tf.add(indices, tf.scalar(size, 'int32')), indices);
}

const take = op('x indices axis', (call) => {
  const x = call.tensor('x');
  const axis = call.axisOrNull('axis', x.rank);
  const source = axis === null ? tf.reshape(x, [-1]) : x;
  const at = axis ?? 0;
  const indices = readIndices(call, source.shape[at]);
  const rows = gatherAt(source, tf.reshape(indices, [-1]) as tf.Tensor1D, at);
  return tf.reshape(rows, [...source.shape.slice(0, at), ...indices.shape, ...source.shape.slice(at + 1)]);
});

/** Gathers along one axis of x with an index for each output value. */
const takeAlongAxis = op('x indices axis', (call) => {
  const x = call.tensor('x');
  const axis = call.axisOrNull('axis', x.rank);
  const source = axis === null ? tf.reshape(x, [-1]) : x;
  const { moved, back } = moveToLast(source, axis ?? 0);
  const size = moved.shape[moved.rank - 1];
  const given = readIndices(call, size);
  const indices = moveToLast(axis === null ? tf.reshape(given, [-1]) : given, axis ?? 0).moved;
  const rows = product(moved.shape.slice(0, -1));
  const count = indices.shape[indices.rank - 1];
  const wide = tf.broadcastTo(indices, [...moved.shape.slice(0, -1), count]);
  const starts = tf.mul(tf.range(0, rows, 1, 'int32'), tf.scalar(size, 'int32'));
  const flat = tf.add(tf.reshape(wide, [rows, count]), tf.reshape(starts, [rows, 1]));
  const picked = gatherAt(tf.reshape(moved, [-1]), tf.reshape(flat, [-1]) as tf.Tensor1D);
  return back(tf.reshape(picked, wide.shape));
});

const slice = op('inputs start_indices shape', (call) => {
  const x = call.tensor('inputs');
  const starts = call.raw('start_indices');
  const begin = isTensor(starts) ? [...starts.dataSync()] : call.integers('start_indices');
  const size = call.integers('shape').map((count, i) => (count === -1 ? x.shape[i] - begin[i] : count));
  return tf.slice(x, begin, size);
});

type Mirror = (i: number, size: number) => number;

/** The index in x that index i - before of the padded axis repeats, by mode. */
const mirrors: Readonly<Record<string, Mirror>> = {
  edge: (i, size) => Math.min(size - 1, Math.max(0, i)),
  wrap: (i, size) => ((i % size) + size) % size,
  symmetric(i, size) {
    const at = ((i % (2 * size)) + 2 * size) % (2 * size);
    return at < size ? at : 2 * size - 1 - at;
  },
  reflect(i, size) {
    const period = Math.max(1, 2 * size - 2);
    const at = ((i % period) + period) % period;
    return at < size ? at : period - at;
  },
};

/** [before, after] for each axis. One number or one pair stands for all axes. */
function padWidths(call: OpCall, rank: number): [number, number][] {
  const value = call.raw('pad_width');
  const both = (item: OpValue): [number, number] => {
    const list = Array.isArray(item) ? item : [item];
    const pair = list.length === 1 ? [list[0], list[0]] : list;
    if (pair.length === 2 && pair.every((n) => Number.isInteger(n) && n >= 0)) return pair as [number, number];
    throw call.wrong('pad_width', 'whole numbers, two for each axis');
  };
  const isPerAxis = Array.isArray(value) && value.some(Array.isArray);
  const widths = isPerAxis ? (value as readonly OpValue[]).map(both) : [both(value)];
  if (widths.length === 1) return Array<[number, number]>(rank).fill(widths[0]);
  if (widths.length === rank) return widths;
  throw call.wrong('pad_width', `${rank} pairs, as many as the input has axes`);
}

const pad = op('x constant_values pad_width mode', (call) => {
  const x = call.tensor('x');
  const widths = padWidths(call, x.rank);
  const mode = call.oneOf('mode', ['constant', 'edge', 'reflect', 'symmetric', 'wrap'], 'constant');
  if (mode === 'constant') {
    if (call.has('constant_values') && typeof call.raw('constant_values') !== 'number') {
      throw call.wrong('constant_values', 'one number');
    }
    const value = call.number('constant_values', 0);
    const [wide] = promote([x, ...(Number.isInteger(value) ? [] : [tf.scalar(value)])]);
    return tf.pad(wide, widths, value);
  }
  return widths.reduce((y, [before, after], axis) => {
    if (before + after === 0) return y;
    const size = y.shape[axis];
    if (size === 0) throw call.wrong('x', 'without empty axes where it is padded');
    spendTrial([before + size + after]);
    const rows = Array.from({ length: before + size + after }, (_, i) => mirrors[mode](i - before, size));
    return gatherRows(y, rows, axis);
  }, x);
});

export const indexingOps: OpTable = {
  GetItem: getItem,
  Take: take,
  TakeAlongAxis: takeAlongAxis,
  Slice: slice,
  Pad: pad,
};
