// Arithmetic, comparisons and logic of integers and booleans on every variant, beside plain JavaScript.

import * as tf from '@tensorflow/tfjs';
import { useBackend } from '../../../support/backends.js';
import { expectEverywhere, withSimd } from '../../../support/cpu/expectEverywhere.js';
import { bools, floats, type Given, ints, sizeOf } from '../../../support/cpu/runOps.js';

const least = -(2 ** 31);
const most = 2 ** 31 - 1;
const corners = [0, 1, -1, 2, -2, 3, -3, 7, most, least, most - 1, least + 1, 65536, -65536, 46341];
/** Every corner beside every other. */
const pairs: readonly [Given, Given] = [
  { values: Int32Array.from(corners.flatMap((a) => corners.map(() => a))), shape: [225], dtype: 'int32' },
  { values: Int32Array.from(corners.flatMap(() => corners)), shape: [225], dtype: 'int32' },
];

const shapes: readonly (readonly [readonly number[], readonly number[]])[] = [
  [[], []],
  [[5], [5]],
  [[5000], [5000]],
  [[17], []],
  [[], [9]],
  [[3, 4], [4]],
  [
    [3, 1, 5],
    [2, 1],
  ],
  [
    [40, 3],
    [1, 3],
  ],
  [[0, 3], [3]],
];

/** The position in an operand of each value of the broadcast. */
function broadcast(a: readonly number[], b: readonly number[]) {
  const rank = Math.max(a.length, b.length);
  const padded = [a, b].map((shape) => [...Array<number>(rank - shape.length).fill(1), ...shape]);
  const shape = padded[0].map((size, i) => (size === 1 ? padded[1][i] : size));
  const at = (operand: readonly number[], index: readonly number[]) =>
    operand.reduce((position, size, i) => position * size + (size === 1 ? 0 : index[i]), 0);
  const indices = Array.from({ length: sizeOf(shape) }, (_, n) => {
    const index: number[] = [];
    for (let i = rank - 1, rest = n; i >= 0; i--) {
      index[i] = rest % shape[i];
      rest = Math.floor(rest / shape[i]);
    }
    return padded.map((operand) => at(operand, index));
  });
  return { shape, indices };
}

interface Row {
  readonly op: (a: tf.Tensor, b: tf.Tensor) => tf.Tensor;
  readonly f: (a: number, b: number) => number;
  readonly dtypes: readonly Given['dtype'][];
  readonly isBool?: boolean;
}

const run = (kernel: string) => (a: tf.Tensor, b: tf.Tensor) => tf.engine().runKernel(kernel, { a, b }) as tf.Tensor;
const compared = (op: Row['op'], f: (a: number, b: number) => boolean): Row => ({
  op,
  f: (a, b) => Number(f(a, b)),
  dtypes: ['int32', 'bool', 'float32'],
  isBool: true,
});
/** Whole numbers of any size, so that nothing is rounded before it wraps around. */
const wrapped = (f: (a: bigint, b: bigint) => bigint) => (a: number, b: number) =>
  Number(BigInt.asIntN(32, f(BigInt(a), BigInt(b))));
const floorDiv = (a: bigint, b: bigint) => (b === 0n ? 0n : (a - (((a % b) + b) % b)) / b);

const rows: Readonly<Record<string, Row>> = {
  add: { op: run('Add'), f: wrapped((a, b) => a + b), dtypes: ['int32'] },
  sub: { op: run('Sub'), f: wrapped((a, b) => a - b), dtypes: ['int32'] },
  mul: { op: run('Multiply'), f: wrapped((a, b) => a * b), dtypes: ['int32'] },
  floorDiv: { op: run('FloorDiv'), f: wrapped(floorDiv), dtypes: ['int32'] },
  mod: { op: run('Mod'), f: wrapped((a, b) => (b === 0n ? 0n : a - b * floorDiv(a, b))), dtypes: ['int32'] },
  squaredDifference: { op: run('SquaredDifference'), f: wrapped((a, b) => (a - b) * (a - b)), dtypes: ['int32'] },
  maximum: { op: run('Maximum'), f: Math.max, dtypes: ['int32'] },
  minimum: { op: run('Minimum'), f: Math.min, dtypes: ['int32'] },
  bitwiseAnd: { op: run('BitwiseAnd'), f: (a, b) => a & b, dtypes: ['int32'] },
  greater: compared(tf.greater, (a, b) => a > b),
  greaterEqual: compared(tf.greaterEqual, (a, b) => a >= b),
  less: compared(tf.less, (a, b) => a < b),
  lessEqual: compared(tf.lessEqual, (a, b) => a <= b),
  equal: compared(tf.equal, (a, b) => a === b),
  notEqual: compared(tf.notEqual, (a, b) => a !== b),
  logicalAnd: { ...compared(tf.logicalAnd, (a, b) => a === 1 && b === 1), dtypes: ['bool'] },
  logicalOr: { ...compared(tf.logicalOr, (a, b) => a === 1 || b === 1), dtypes: ['bool'] },
  logicalXor: { ...compared(tf.logicalXor, (a, b) => a !== b), dtypes: ['bool'] },
};

const makers = { int32: (shape: readonly number[]) => ints(shape, 9), bool: bools, float32: floats } as const;

/** Products beyond 2^53 and the remainder of the least integer are rounded in TensorFlow.js's own kernels. */
const isRounded = ['mul', 'mod', 'squaredDifference'];

async function expectRow(
  title: string,
  { op, f, isBool }: Row,
  [a, b]: readonly [Given, Given],
  on?: readonly string[],
) {
  const { shape, indices } = broadcast(a.shape, b.shape);
  const values = indices.map(([i, j]) => f(a.values[i], b.values[j]));
  await expectEverywhere(
    `${title} [${a.shape}] [${b.shape}]`,
    op as never,
    [a, b],
    [{ shape, dtype: isBool ? 'bool' : a.dtype, values }],
    { on },
  );
}

describe('CPU engine: integers and booleans', () => {
  useBackend('convnet-cpu');

  for (const [name, row] of Object.entries(rows)) {
    it(name, async () => {
      for (const dtype of row.dtypes) {
        const make = makers[dtype];
        for (const [a, b] of shapes) await expectRow(`${name} ${dtype}`, row, [make(a), make(b)]);
      }
      if (row.dtypes.includes('int32')) {
        await expectRow(`${name} of corners`, row, pairs, isRounded.includes(name) ? withSimd : undefined);
      }
    });
  }

  const unaries: Readonly<Record<string, readonly [(x: tf.Tensor) => tf.Tensor, (x: bigint) => bigint]>> = {
    abs: [tf.abs, (x) => (x < 0n ? -x : x)],
    neg: [tf.neg, (x) => -x],
    square: [tf.square, (x) => x * x],
    sign: [tf.sign, (x) => BigInt(Math.sign(Number(x)))],
    relu: [tf.relu, (x) => (x < 0n ? 0n : x)],
    relu6: [tf.relu6, (x) => (x < 0n ? 0n : x > 6n ? 6n : x)],
  };
  for (const [name, [op, f]] of Object.entries(unaries)) {
    it(`${name} of integers`, async () => {
      for (const given of [pairs[0], ints([7], 99), ints([2, 5, 1]), ints([0, 2])]) {
        const values = [...given.values].map((x) => Number(BigInt.asIntN(32, f(BigInt(x)))));
        const on = name === 'square' || name === 'abs' ? withSimd : undefined; // rounded to float32 there
        await expectEverywhere(name, op as never, [given], [{ shape: given.shape, dtype: 'int32', values }], { on });
      }
    });
  }

  it('isNaN, isInf, isFinite', async () => {
    for (const shape of [[], [5], [64], [3, 33], [0]]) {
      const given = floats(shape, true);
      const each = (f: (x: number) => boolean) => ({
        shape,
        dtype: 'bool' as const,
        values: [...given.values].map((x) => Number(f(x))),
      });
      await expectEverywhere('isNaN', tf.isNaN as never, [given], [each(Number.isNaN)]);
      await expectEverywhere('isInf', tf.isInf as never, [given], [each((x) => Math.abs(x) === Infinity)]);
      await expectEverywhere('isFinite', tf.isFinite as never, [given], [each(Number.isFinite)]);
    }
  });

  it('where of booleans', async () => {
    for (const shape of [[1], [17], [3, 5], [0, 2]]) {
      const [c, t, e] = [bools(shape), bools(shape), bools(shape)];
      const values = [...c.values].map((yes, i) => (yes ? t : e).values[i]);
      await expectEverywhere('where', tf.where as never, [c, t, e], [{ shape, dtype: 'bool', values }]);
    }
  });
});
