// Ranges between tensors, grids, selections, and facts of a tensor's shape: https://keras.io/api/ops/numpy/

import * as tf from '@tensorflow/tfjs-core';
import { KerasValueError } from '../base/kerasValueError.js';
import { split } from '../base/parts.js';
import type { OpCall } from './opCall.js';
import { type OpRow, type OpTable, op } from './opRow.js';
import { asTensor, bool, castTo, float, promote, tfjsDtype } from './opValues.js';
import { product } from './permuteAxes.js';
import { withoutGradient } from './plainValues.js';

/** `num` values from start to stop along a new axis, through f. */
function spaced(names: string, f: (t: tf.Tensor, start: tf.Tensor, stop: tf.Tensor, call: OpCall) => tf.Tensor): OpRow {
  return op(names, (call) => {
    if (call.boolean('retstep', false)) throw call.wrong('retstep', 'False');
    const [start, stop] = [float(call.tensor('start')), float(call.tensor('stop'))];
    const num = call.integer('num', 50);
    const shape = tf.broadcast_util.assertAndGetBroadcastShape(start.shape, stop.shape);
    const steps = Math.max(1, call.boolean('endpoint', true) ? num - 1 : num);
    const axis = call.axis('axis', shape.length + 1, 0);
    const at = (list: readonly number[], size: number) => [...list.slice(0, axis), size, ...list.slice(axis)];
    const parts = Float32Array.from({ length: num }, (_, i) => i / steps);
    const t = tf.reshape(
      tf.tensor1d(parts),
      at(
        shape.map(() => 1),
        num,
      ),
    );
    const wide = (x: tf.Tensor) => tf.reshape(tf.broadcastTo(x, shape), at(shape, 1));
    const y = f(t, wide(start), wide(stop), call);
    return call.has('dtype') ? castTo(y, call.text('dtype'), call.where) : y;
  });
}

/** The last value is `stop` itself, whatever rounding makes of the sum. */
const linear = (t: tf.Tensor, start: tf.Tensor, stop: tf.Tensor): tf.Tensor =>
  tf.add(tf.mul(start, tf.sub(1, t)), tf.mul(stop, t));

const logspace = (t: tf.Tensor, start: tf.Tensor, stop: tf.Tensor, call: OpCall): tf.Tensor =>
  tf.exp(tf.mul(linear(t, start, stop), Math.log(call.number('base', 10))));

/** Both ends have one sign; negative ends give negative values. */
const geomspace = (t: tf.Tensor, start: tf.Tensor, stop: tf.Tensor): tf.Tensor =>
  tf.mul(tf.sign(start), tf.exp(linear(t, tf.log(tf.abs(start)), tf.log(tf.abs(stop)))));

/** Grids of vectors. 'xy' exchanges the first two axes. */
const meshgrid = op('indexing', (call) => {
  const given = call.entries().filter(([key]) => /^\d+$/.test(key));
  const vectors = given.map(([key]) => tf.reshape(call.tensor(key), [-1]));
  const isXY = call.oneOf('indexing', ['xy', 'ij'], 'xy') === 'xy' && vectors.length > 1;
  const axisOf = (i: number) => (isXY && i < 2 ? 1 - i : i);
  const shape = vectors.map((_, axis) => vectors[axisOf(axis)].size);
  return vectors.map((x, i) =>
    tf.broadcastTo(
      tf.reshape(
        x,
        shape.map((_, axis) => (axis === axisOf(i) ? x.size : 1)),
      ),
      shape,
    ),
  );
});

/** The choice of the first condition that holds. */
const select = op('condlist choicelist default', (call) => {
  const conditions = call.tensors('condlist').map(bool);
  const [last, ...choices] = promote([asTensor(call.raw('default') ?? 0, call.where), ...call.tensors('choicelist')]);
  if (choices.length !== conditions.length) throw call.wrong('choicelist', `${conditions.length} tensors`);
  return conditions.reduceRight((rest: tf.Tensor, condition, i) => tf.where(condition, choices[i], rest), last);
});

/** The integral by trapezoids between neighbours along an axis. */
const trapezoid = op('y x dx axis', (call) => {
  const y = float(call.tensor('y'));
  const axis = call.axis('axis', y.rank, -1);
  const ends = (x: tf.Tensor, along: number): [tf.Tensor, tf.Tensor] => {
    const size = x.shape[along];
    return [split(x, [size - 1, 1], along)[0], split(x, [1, size - 1], along)[1]];
  };
  const [first, second] = ends(y, axis);
  const middle = tf.div(tf.add(first, second), 2);
  const given = call.tensorOrNull('x');
  if (!given) return tf.sum(tf.mul(middle, call.number('dx', 1)), axis);
  const x = float(given);
  const [low, high] = ends(x, x.rank === 1 ? 0 : axis);
  const width = tf.sub(high, low);
  const shape = middle.shape.map((size, i) => (i === axis ? size : 1));
  return tf.sum(tf.mul(middle, x.rank === 1 ? tf.reshape(width, shape) : width), axis);
});

/** The bits of the values as another dtype of 32 bits. */
const view = op('x dtype', (call) => {
  const x = call.tensor('x');
  const name = call.has('dtype') ? call.text('dtype') : x.dtype;
  const dtype = tfjsDtype(name, call.where);
  if (!/32$/.test(name) || x.dtype === 'bool') {
    throw new KerasValueError(
      `${call.where}: only views between int32 and float32 are supported; received dtype=${name}`,
    );
  }
  if (dtype === x.dtype) return x.clone();
  const { buffer, byteOffset, length } = x.dataSync() as Float32Array;
  const bits =
    dtype === 'int32' ? new Int32Array(buffer, byteOffset, length) : new Float32Array(buffer, byteOffset, length);
  return withoutGradient(call.where, [x], [tf.tensor(bits.slice(), x.shape, dtype)])[0];
});

export const sequenceOps: OpTable = {
  Linspace: spaced('start stop num endpoint retstep dtype axis', linear),
  Logspace: spaced('start stop num endpoint base dtype axis', logspace),
  Geomspace: spaced('start stop num endpoint dtype axis', geomspace),
  Meshgrid: meshgrid,
  Select: select,
  Trapezoid: trapezoid,
  View: view,
  Ndim: op('x', (call) => tf.scalar(call.tensor('x').rank, 'int32')),
  Size: op('x', (call) => tf.scalar(product(call.tensor('x').shape), 'int32')),
};
