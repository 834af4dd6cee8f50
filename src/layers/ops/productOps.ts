// Sums of products: matmul, dot, tensordot, einsum. All use one batched matrix product, which every backend has and
// which has a gradient. tf.einsum has none.
// Source: https://keras.io/api/ops/numpy/

import * as tf from '@tensorflow/tfjs-core';
import { KerasValueError, showValue } from '../base/kerasValueError.js';
import type { OpCall } from './opCall.js';
import { type OpTable, op, pair } from './opRow.js';
import { float, numeric, promote } from './opValues.js';
import { permute, product } from './permuteAxes.js';

/** Computes in float32, and casts the result back for integers. */
function inFloat(a: tf.Tensor, b: tf.Tensor, f: (a: tf.Tensor, b: tf.Tensor) => tf.Tensor): tf.Tensor {
  const y = f(float(a), float(b));
  return a.dtype === 'float32' ? y : tf.cast(tf.round(y), 'int32');
}

/** Like numpy.matmul: a vector is a row on the left and a column on the right, and leading axes broadcast. */
function matmul(a: tf.Tensor, b: tf.Tensor): tf.Tensor {
  const left = a.rank === 1 ? tf.reshape(a, [1, -1]) : a;
  const right = b.rank === 1 ? tf.reshape(b, [-1, 1]) : b;
  const y = tf.matMul(...withOneBatch(left, right));
  if (a.rank > 1 && b.rank > 1) return y;
  const shape = y.shape.filter((_, i) => !(i === y.rank - 2 && a.rank === 1) && !(i === y.rank - 1 && b.rank === 1));
  return tf.reshape(y, shape);
}

/** The product of two matrices, vectors or batches of one dtype. Integers are multiplied as floats. */
export function multiplyMatrices(a: tf.Tensor, b: tf.Tensor): tf.Tensor {
  return inFloat(a, b, matmul);
}

/** Broadcasts the batches. TensorFlow.js's kernels give wrong values if only some of several batch axes have size 1. */
function withOneBatch(a: tf.Tensor, b: tf.Tensor): [tf.Tensor, tf.Tensor] {
  const [batchA, batchB] = [a, b].map(({ shape }) => shape.slice(0, -2));
  const isSame = batchA.length === batchB.length && batchA.every((size, i) => size === batchB[i]);
  if (isSame || product(batchA) === 1 || product(batchB) === 1) return [a, b];
  const batch = tf.broadcast_util.assertAndGetBroadcastShape(batchA, batchB);
  const wide = (x: tf.Tensor) => tf.broadcastTo(x, [...batch, ...x.shape.slice(-2)]);
  return [wide(a), wide(b)];
}

function tensordot(a: tf.Tensor, b: tf.Tensor, aAxes: readonly number[], bAxes: readonly number[]): tf.Tensor {
  const aRest = [...a.shape.keys()].filter((i) => !aAxes.includes(i));
  const bRest = [...b.shape.keys()].filter((i) => !bAxes.includes(i));
  const inner = product(aAxes.map((i) => a.shape[i]));
  const rows = aRest.map((i) => a.shape[i]);
  const columns = bRest.map((i) => b.shape[i]);
  const left = tf.reshape(permute(a, [...aRest, ...aAxes]), [product(rows), inner]);
  const right = tf.reshape(permute(b, [...bAxes, ...bRest]), [inner, product(columns)]);
  return tf.reshape(tf.matMul(left, right), [...rows, ...columns]);
}

/** The axes to sum over, given as n for the last n of x1 and the first n of x2, or as two lists. */
function contracted(call: OpCall, a: tf.Tensor, b: tf.Tensor): [number[], number[]] {
  const value = call.raw('axes') ?? 2;
  const positive = (axis: unknown, rank: number) => ((axis as number) < 0 ? (axis as number) + rank : (axis as number));
  if (typeof value === 'number') {
    if (value < 0 || value > Math.min(a.rank, b.rank)) throw call.wrong('axes', 'at most the rank of both operands');
    const count = [...Array(value).keys()];
    return [count.map((i) => a.rank - value + i), count];
  }
  if (!Array.isArray(value) || value.length !== 2) throw call.wrong('axes', 'a number or two lists of axes');
  const [aAxes, bAxes] = value.map((list) => (Array.isArray(list) ? list : [list]));
  return [aAxes.map((axis) => positive(axis, a.rank)), bAxes.map((axis) => positive(axis, b.rank))];
}

function dot(a: tf.Tensor, b: tf.Tensor): tf.Tensor {
  if (a.rank === 0 || b.rank === 0) return tf.mul(a, b);
  return tensordot(a, b, [a.rank - 1], [Math.max(0, b.rank - 2)]);
}

/** A tensor with a label for each axis. */
interface Labelled {
  readonly labels: readonly string[];
  readonly x: tf.Tensor;
}

/**
 * Splits "b...i,ij->b...j" into labels per operand. The axes of "..." are labelled by digits, counted from the last.
 */
function readSubscripts(call: OpCall, operands: readonly tf.Tensor[]): { inputs: string[][]; output: string[] } {
  const text = call.text('subscripts').replaceAll(' ', '');
  const [left, right] = text.split('->');
  const parts = left.split(',');
  const fail = (rule: string) => new KerasValueError(`${call.where}: ${rule}. Received: subscripts='${text}'`);
  if (parts.length !== operands.length) throw fail(`${operands.length} operands need as many subscripts`);
  const dots = parts.map((part, i) => (part.includes('...') ? operands[i].rank - part.replace('...', '').length : 0));
  const expand = (part: string, count: number) =>
    part.includes('...')
      ? part.split('...').flatMap((letters, i) => (i === 0 ? [...letters, ...digits(count)] : [...letters]))
      : [...part];
  const inputs = parts.map((part, i) => expand(part, dots[i]));
  inputs.forEach((labels, i) => {
    if (labels.length !== operands[i].rank) throw fail(`operand ${i} has shape ${showValue(operands[i].shape)}`);
    if (new Set(labels).size !== labels.length) throw fail('a letter twice in one operand is not supported');
  });
  const counts = inputs
    .flat()
    .reduce((map, label) => map.set(label, (map.get(label) ?? 0) + 1), new Map<string, number>());
  const implied = () => [...counts.keys()].filter((label) => counts.get(label) === 1 && !/\d/.test(label)).sort();
  const widest = dots.reduce((most, count) => Math.max(most, count), 0);
  const output = right === undefined ? [...digits(widest), ...implied()] : expand(right, widest);
  if (output.some((label) => !counts.has(label))) throw fail('the output has a letter that no operand has');
  return { inputs, output };
}

const digits = (count: number) => Array.from({ length: count }, (_, i) => String(count - 1 - i));

/** Sums over the axes whose labels are no longer needed. */
function reduceTo({ labels, x }: Labelled, isNeeded: (label: string) => boolean): Labelled {
  const gone = labels.flatMap((label, i) => (isNeeded(label) ? [] : [i]));
  if (gone.length === 0) return { labels, x };
  return { labels: labels.filter(isNeeded), x: tf.sum(x, gone) };
}

/** Contracts two operands. @param later the labels that are needed afterwards. */
function contract(a: Labelled, b: Labelled, later: ReadonlySet<string>, where: string): Labelled {
  const left = reduceTo(a, (label) => later.has(label) || b.labels.includes(label));
  const right = reduceTo(b, (label) => later.has(label) || a.labels.includes(label));
  const isShared = (label: string) => left.labels.includes(label) && right.labels.includes(label);
  const batch = left.labels.filter((label) => isShared(label) && later.has(label));
  const inner = left.labels.filter((label) => isShared(label) && !later.has(label));
  const rows = left.labels.filter((label) => !isShared(label));
  const columns = right.labels.filter((label) => !isShared(label));
  const sizeOf = (label: string) => {
    const sizes = [left, right].flatMap(({ labels, x }) =>
      labels.includes(label) ? [x.shape[labels.indexOf(label)]] : [],
    );
    if (sizes.every((size) => size === sizes[0])) return sizes[0];
    throw new KerasValueError(
      `${where}: axis '${label}' must have one size in all operands. Received: ${showValue(sizes)}`,
    );
  };
  const sizes = (labels: readonly string[]) => labels.map(sizeOf);
  const arrange = ({ labels, x }: Labelled, order: readonly string[], shape: number[]) =>
    tf.reshape(
      permute(
        x,
        order.map((label) => labels.indexOf(label)),
      ),
      shape,
    );
  const [n, k, r, c] = [batch, inner, rows, columns].map((labels) => product(sizes(labels)));
  const y = tf.matMul(
    arrange(left, [...batch, ...rows, ...inner], [n, r, k]),
    arrange(right, [...batch, ...inner, ...columns], [n, k, c]),
  );
  const labels = [...batch, ...rows, ...columns];
  return { labels, x: tf.reshape(y, sizes(labels)) };
}

const einsum = op('subscripts', (call) => {
  const given = call.entries().filter(([key]) => /^\d+$/.test(key));
  const tensors = promote(given.map(([key]) => numeric(call.tensor(key))));
  const { inputs, output } = readSubscripts(call, tensors);
  const operands: Labelled[] = tensors.map((x, i) => ({ labels: inputs[i], x: float(x) }));
  let result = operands[0];
  operands.slice(1).forEach((operand, i) => {
    const later = new Set([...output, ...operands.slice(i + 2).flatMap(({ labels }) => labels)]);
    result = contract(result, operand, later, call.where);
  });
  const { labels, x } = reduceTo(result, (label) => output.includes(label));
  const y = permute(
    x,
    output.map((label) => labels.indexOf(label)),
  );
  return tensors[0].dtype === 'float32' ? y.clone() : tf.cast(tf.round(y), 'int32');
});

const ofTwo = (f: (a: tf.Tensor, b: tf.Tensor, call: OpCall) => tf.Tensor) =>
  op('x1 x2', (call) => {
    const [a, b] = pair(call).map(numeric);
    return inFloat(a, b, (left, right) => f(left, right, call));
  });

const flat = (x: tf.Tensor) => tf.reshape(x, [-1]);

export const productOps: OpTable = {
  Matmul: ofTwo(matmul),
  Dot: ofTwo(dot),
  Vdot: ofTwo((a, b) => tf.sum(tf.mul(flat(a), flat(b)))),
  Inner: ofTwo((a, b) => (a.rank === 0 || b.rank === 0 ? tf.mul(a, b) : tensordot(a, b, [a.rank - 1], [b.rank - 1]))),
  Outer: ofTwo((a, b) => tf.mul(tf.reshape(a, [-1, 1]), tf.reshape(b, [1, -1]))),
  Tensordot: {
    ...ofTwo((a, b, call) => tensordot(a, b, ...contracted(call, a, b))),
    names: ['x1', 'x2', 'axes'],
  },
  Einsum: einsum,
};
