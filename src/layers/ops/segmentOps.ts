// Scattering values to indices and combining those of a segment: https://keras.io/api/ops/core/, .../math/

import * as tf from '@tensorflow/tfjs-core';
import { spendTrial } from '../base/loadLimits.js';
import { gatherAt } from './gathering.js';
import { withUnknownSizes } from './inferShapes.js';
import type { OpCall } from './opCall.js';
import { type OpRow, type OpTable, op } from './opRow.js';
import { numeric, promote } from './opValues.js';
import { product } from './permuteAxes.js';
import { withGradient } from './plainValues.js';

/**
 * Adds each row of `values`, [n, inner], to the row of the result that `places` names. What names no row is left out. The
 * gradient gathers.
 */
export function scatterRows(values: tf.Tensor, places: readonly number[], rows: number): tf.Tensor {
  const inner = values.shape[1] as number;
  const at = places.map((place) => (Number.isInteger(place) && place >= 0 && place < rows ? place : rows));
  if (at.length === 0 || inner === 0) return tf.zeros([rows, inner], values.dtype);
  const indices = tf.tensor2d(at, [at.length, 1], 'int32');
  const sums = tf.slice(tf.scatterND(indices, values, [rows + 1, inner]), [0, 0], [rows, inner]);
  if (values.dtype !== 'float32') return sums;
  return withGradient([values], sums, (dy) => [
    gatherAt(
      tf.pad(dy, [
        [0, 1],
        [0, 0],
      ]),
      tf.tensor1d(at, 'int32'),
    ),
  ]);
}

const matrix = (x: tf.Tensor): tf.Tensor => tf.reshape(x, [x.shape[0], product(x.shape.slice(1))]);

interface Segments {
  readonly data: tf.Tensor;
  readonly ids: number[];
  readonly count: number;
  readonly isCounted: boolean;
}

function segmentsOf(call: OpCall): Segments {
  const data = numeric(call.tensor('data'));
  const ids = [...tf.cast(call.tensor('segment_ids'), 'int32').dataSync()];
  const isCounted = call.has('num_segments');
  const largest = ids.reduce((most, id) => Math.max(most, id + 1), 0);
  return { data, ids, count: isCounted ? call.integer('num_segments') : largest, isCounted };
}

/** An operation over the rows of each segment. Segments without rows have its neutral value. */
function segment(combine: (call: OpCall, segments: Segments) => tf.Tensor): OpRow {
  return op('data segment_ids num_segments sorted', (call) => {
    const segments = segmentsOf(call);
    if (call.isTrial) spendTrial([segments.count, ...segments.data.shape.slice(1)]);
    const rows = combine(call, segments);
    const y = tf.reshape(rows, [segments.count, ...segments.data.shape.slice(1)]);
    return segments.isCounted || !call.isTrial ? y : withUnknownSizes(y, [0]);
  });
}

type Fold = (a: number, b: number) => number;

/** Folds the rows of each segment in plain TypeScript. */
function fold({ data, ids, count }: Segments, start: number, f: Fold): tf.Tensor {
  const rows = matrix(data);
  const inner = rows.shape[1] as number;
  const values = rows.dataSync();
  const all = new Float64Array(count * inner).fill(start);
  ids.forEach((id, row) => {
    if (id < 0 || id >= count) return;
    for (let i = 0; i < inner; i++) all[id * inner + i] = f(all[id * inner + i], values[row * inner + i]);
  });
  return tf.tensor2d(
    data.dtype === 'int32' ? Int32Array.from(all) : Float32Array.from(all),
    [count, inner],
    data.dtype as 'int32',
  );
}

/** Equal extremes of a segment share the gradient. */
function extreme(f: Fold, worst: number): OpRow {
  return segment((_, segments) => {
    const { data, ids, count } = segments;
    const isInt = data.dtype === 'int32';
    const start = isInt ? (worst < 0 ? -(2 ** 31) : 2 ** 31 - 1) : worst;
    const found = fold(segments, start, f);
    if (isInt) return found;
    return withGradient([data], found, (dy, [x, y]) => {
      const at = tf.tensor1d(
        ids.map((id) => (id >= 0 && id < count ? id : count)),
        'int32',
      );
      const rowsOf = (z: tf.Tensor) =>
        gatherAt(
          tf.pad(
            z,
            [
              [0, 1],
              [0, 0],
            ],
            Number.NaN,
          ),
          at,
        );
      const isExtreme = tf.cast(tf.equal(matrix(x), rowsOf(y)), 'float32');
      const share = tf.div(dy, scatterRows(isExtreme, ids, count));
      const spread = tf.where(tf.cast(isExtreme, 'bool'), rowsOf(share), tf.zerosLike(isExtreme));
      return [tf.reshape(spread, x.shape)];
    });
  });
}

const segmentProduct = segment((_, segments) => {
  const { data } = segments;
  const found = fold(segments, 1, (a, b) => a * b);
  if (data.dtype === 'int32') return found;
  return withGradient([data], found, (dy, [x]) => {
    return [tf.reshape(tf.mul(rowsOfSegments(dy, segments), productOfOthers(x, segments)), x.shape)];
  });
});

/** For each row of the data that of its segment; 0 where it belongs to none. */
function rowsOfSegments(x: tf.Tensor, { ids, count }: Segments): tf.Tensor {
  const at = ids.map((id) => (id >= 0 && id < count ? id : count));
  const padded = tf.pad(x, [
    [0, 1],
    [0, 0],
  ]);
  return gatherAt(padded, tf.tensor1d(at, 'int32'));
}

/** For each value the product of the others of its segment: without a division where one of them is 0. */
function productOfOthers(x: tf.Tensor, { ids, count }: Segments): tf.Tensor {
  const rows = matrix(x);
  const values = rows.dataSync();
  const inner = rows.shape[1] as number;
  const products = new Float64Array(count * inner).fill(1);
  const zeros = new Int32Array(count * inner);
  const placeOf = (at: number) => ids[Math.floor(at / inner)] * inner + (at % inner);
  values.forEach((value, at) => {
    if (value === 0) zeros[placeOf(at)]++;
    else products[placeOf(at)] *= value; // nothing happens out of range
  });
  const found = Float32Array.from(values, (value, at) => {
    const others = zeros[placeOf(at)] - Number(value === 0);
    if (others > 0) return 0;
    return value === 0 ? products[placeOf(at)] : products[placeOf(at)] / value;
  });
  return tf.tensor2d(found, [rows.shape[0], inner]);
}

/** Flat row numbers of indices [..., depth] into the first axes of a shape. Python's negative indices count from the end. */
function placesOf(indices: tf.Tensor, shape: readonly number[]): number[] {
  const depth = indices.shape[indices.rank - 1] as number;
  const values = tf.cast(indices, 'int32').dataSync();
  return Array.from({ length: indices.size / depth }, (_, row) => {
    let place = 0;
    for (let axis = 0; axis < depth; axis++) {
      const given = values[row * depth + axis];
      const at = given < 0 ? given + shape[axis] : given;
      if (at < 0 || at >= shape[axis]) return -1;
      place = place * shape[axis] + at;
    }
    return place;
  });
}

/** The shape of the rows that indices of this depth name: [number of rows, size of one]. */
const rowShape = (shape: readonly number[], depth: number): [number, number] => [
  product(shape.slice(0, depth)),
  product(shape.slice(depth)),
];

const scatter = op('indices values shape', (call) => {
  const indices = call.tensor('indices');
  const shape = call.integers('shape');
  const [rows, inner] = rowShape(shape, indices.shape[indices.rank - 1] as number);
  const values = tf.reshape(numeric(call.tensor('values')), [-1, inner]);
  return tf.reshape(scatterRows(values, placesOf(indices, shape), rows), shape);
});

type Combine = (old: tf.Tensor, update: tf.Tensor) => tf.Tensor;

const reductions: Readonly<Record<string, Combine>> = {
  none: (_, update) => update.clone(),
  add: tf.add,
  sub: tf.sub,
  max: tf.maximum,
  min: tf.minimum,
  mul: tf.mul,
};

/** Splits the updates into rounds in which no row occurs twice; a later round sees the result of the one before. */
function roundsOf(places: readonly number[]): number[][] {
  const seen = new Map<number, number>();
  const rounds: number[][] = [];
  places.forEach((place, i) => {
    const round = seen.get(place) ?? 0;
    seen.set(place, round + 1);
    rounds[round] ??= [];
    rounds[round].push(i);
  });
  return rounds;
}

/** Replaces or changes the rows of x, [rows, inner], at these places. */
export function updateRows(x: tf.Tensor, updates: tf.Tensor, places: readonly number[], reduction: string): tf.Tensor {
  const [rows, inner] = x.shape as [number, number];
  const valid = [...places.keys()].filter((i) => places[i] >= 0);
  return roundsOf(valid.map((i) => places[i])).reduce((y, round) => {
    const chosen = round.map((i) => valid[i]);
    const at = chosen.map((i) => places[i]);
    const update = gatherAt(updates, tf.tensor1d(chosen, 'int32'));
    const made = reductions[reduction](gatherAt(y, tf.tensor1d(at, 'int32')), update);
    const isChanged = new Uint8Array(rows);
    for (const place of at) isChanged[place] = 1;
    const mask = tf.broadcastTo(tf.tensor2d(isChanged, [rows, 1], 'bool'), [rows, inner]);
    return tf.where(mask, scatterRows(made, at, rows), y);
  }, x);
}

const scatterUpdate = op('inputs indices updates reduction', (call) => {
  const [inputs, given] = promote([call.tensor('inputs'), call.tensor('updates')]).map(numeric);
  const indices = call.tensor('indices');
  const reduction = call.has('reduction') ? call.oneOf('reduction', ['add', 'max', 'min', 'mul'], 'add') : 'none';
  const [rows, inner] = rowShape(inputs.shape, indices.shape[indices.rank - 1] as number);
  const updates = tf.reshape(given, [-1, inner]);
  const y = updateRows(tf.reshape(inputs, [rows, inner]), updates, placesOf(indices, inputs.shape), reduction);
  return tf.reshape(tf.cast(y, call.tensor('inputs').dtype), inputs.shape);
});

const sliceUpdate = op('inputs start_indices updates', (call) => {
  const x = call.tensor('inputs');
  const updates = tf.cast(call.tensor('updates'), x.dtype);
  const given = call.raw('start_indices');
  const starts =
    Array.isArray(given) && given.every((item) => typeof item === 'number')
      ? (given as number[])
      : [...call.tensor('start_indices').dataSync()];
  const margins = x.shape.map((size, axis): [number, number] => {
    const room = size - updates.shape[axis];
    if (room < 0) throw call.wrong('updates', 'no larger than the inputs');
    const start = Math.min(room, Math.max(0, starts[axis]));
    return [start, room - start];
  });
  const isNew = tf.cast(tf.pad(tf.ones(updates.shape), margins), 'bool');
  return tf.where(isNew, tf.pad(numeric(updates), margins), numeric(x));
});

export const segmentOps: OpTable = {
  SegmentSum: segment((_, { data, ids, count }) => scatterRows(matrix(data), ids, count)),
  SegmentMax: extreme(Math.max, Number.NEGATIVE_INFINITY),
  SegmentMin: extreme(Math.min, Number.POSITIVE_INFINITY),
  SegmentProd: segmentProduct,
  Scatter: scatter,
  ScatterUpdate: scatterUpdate,
  SliceUpdate: sliceUpdate,
};
