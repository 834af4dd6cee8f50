// ArgMax, ArgMin and TopK on every variant, beside a sort in plain JavaScript.

import * as tf from '@tensorflow/tfjs';
import { useBackend } from '../../../support/backends.js';
import { type Expected, expectEverywhere } from '../../../support/cpu/expectEverywhere.js';
import { floats, type Given, ints, sizeOf } from '../../../support/cpu/runOps.js';

/** [outer, length, inner] around an axis. */
function around(shape: readonly number[], axis: number): readonly [number, number, number] {
  return [sizeOf(shape.slice(0, axis)), shape[axis], sizeOf(shape.slice(axis + 1))];
}

/** The values along an axis, line by line. */
function lines({ values, shape }: Given, axis: number): number[][] {
  const [outer, length, inner] = around(shape, axis);
  return Array.from({ length: outer * inner }, (_, i) => {
    const start = Math.floor(i / inner) * length * inner + (i % inner);
    return Array.from({ length }, (_, j) => values[start + j * inner]);
  });
}

function argExtreme(given: Given, axis: number, isBetter: (a: number, b: number) => boolean): Expected {
  const values = lines(given, axis).map((line) => {
    let best = 0;
    for (const [i, value] of line.entries()) if (isBetter(value, line[best])) best = i;
    return best;
  });
  return { shape: given.shape.filter((_, i) => i !== axis), dtype: 'int32', values };
}

function topK(given: Given, k: number): Expected[] {
  const rank = (value: number) => (Number.isNaN(value) ? Infinity : value);
  const isNaNFirst = (a: number, b: number) => Number(Number.isNaN(b)) - Number(Number.isNaN(a));
  const orders = lines(given, given.shape.length - 1).map((line) =>
    line
      .map((_, i) => i)
      .sort(
        (a, b) =>
          isNaNFirst(line[a], line[b]) ||
          Number(rank(line[b]) > rank(line[a])) - Number(rank(line[a]) > rank(line[b])) ||
          a - b,
      )
      .slice(0, k)
      .map((i) => ({ value: line[i], index: i })),
  );
  const shape = [...given.shape.slice(0, -1), k];
  return [
    { shape, dtype: given.dtype, values: orders.flat().map(({ value }) => value) },
    { shape, dtype: 'int32', values: orders.flat().map(({ index }) => index) },
  ];
}

/** Few different values, so that many are equal. */
function repeated(shape: readonly number[]): Given {
  return { shape, dtype: 'float32', values: Float32Array.from(ints(shape, 4).values, (v) => (v === 0 ? -0 : v)) };
}

function ascending(shape: readonly number[]): Given {
  return { shape, dtype: 'float32', values: Float32Array.from({ length: sizeOf(shape) }, (_, i) => i - 100) };
}

/** Rows that ascend in steps of equal values, which the scan takes in a scattered order. */
function stairs(shape: readonly number[]): Given {
  return { shape, dtype: 'float32', values: Float32Array.from({ length: sizeOf(shape) }, (_, i) => Math.floor(i / 7)) };
}

/** Integers from the least one up, and again after every 1500. */
function sawtooth(shape: readonly number[]): Given {
  return { shape, dtype: 'int32', values: Int32Array.from({ length: sizeOf(shape) }, (_, i) => (i % 1500) - 2 ** 31) };
}

function constant(value: number, dtype: 'float32' | 'int32' = 'float32') {
  return (shape: readonly number[]): Given => {
    const values = dtype === 'int32' ? new Int32Array(sizeOf(shape)) : new Float32Array(sizeOf(shape));
    return { shape, dtype, values: values.fill(value) };
  };
}

const wide = (shape: readonly number[]) => ints(shape, 2 ** 31 - 1);
const odd = (shape: readonly number[]) => floats(shape, true);
const constants = { equal: constant(3), infinite: constant(-Infinity) };
const makers = { floats, odd, repeated, wide, ascending, stairs, sawtooth, ...constants } as const;

describe('CPU engine: the greatest values', () => {
  useBackend('convnet-cpu');

  for (const [name, make] of Object.entries(makers)) {
    it(`argMax and argMin of ${name}`, async () => {
      for (const shape of [
        [1],
        [4],
        [17],
        [5, 7],
        [3, 1],
        [1, 9],
        [7, 64],
        [3, 131],
        [300, 17],
        [2, 3, 4, 5],
        [4099],
      ]) {
        const given = make(shape);
        for (const axis of shape.keys()) {
          const title = `${name} [${shape}] ${axis}`;
          const max = argExtreme(given, axis, (a, b) => a > b);
          await expectEverywhere(`argMax ${title}`, (x) => tf.argMax(x, axis), [given], [max]);
          const min = argExtreme(given, axis, (a, b) => a < b);
          await expectEverywhere(`argMin ${title}`, (x) => tf.argMin(x, axis), [given], [min]);
        }
      }
    });

    it(`topK of ${name}`, async () => {
      for (const shape of [[1], [4], [17], [1, 9], [3, 131], [2, 3, 5], [4099]]) {
        const given = make(shape);
        const length = shape[shape.length - 1];
        for (const k of new Set([1, 2, 5, Math.ceil(length / 2), length])) {
          if (k > length) continue;
          const op = (x: tf.Tensor) => Object.values(tf.topk(x, k)) as tf.Tensor[];
          await expectEverywhere(`topK ${k} of ${name} [${shape}]`, op, [given], topK(given, k));
        }
      }
    });
  }
});
