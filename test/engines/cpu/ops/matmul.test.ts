// Matrix products on the CPU engine against plain loops in float64.

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { useBackend } from '../../../support/backends.js';
import { cpuVariants } from '../../../support/cpu/cpuVariants.js';
import { randomValues } from '../../../support/randomCases.js';

const sizes = [1, 2, 3, 4, 5, 7, 8, 9, 23, 24, 25, 33];

interface Case {
  readonly a: readonly number[];
  readonly b: readonly number[];
  readonly transposeA: boolean;
  readonly transposeB: boolean;
}

const transposes = [false, true].flatMap((transposeA) =>
  [false, true].map((transposeB) => ({ transposeA, transposeB })),
);

function matrices(batchA: readonly number[], batchB: readonly number[], [m, k, n]: readonly number[]): Case[] {
  return transposes.map(({ transposeA, transposeB }) => ({
    a: [...batchA, ...(transposeA ? [k, m] : [m, k])],
    b: [...batchB, ...(transposeB ? [n, k] : [k, n])],
    transposeA,
    transposeB,
  }));
}

const cases: readonly Case[] = [
  ...sizes.flatMap((m, i) =>
    matrices([], [], [m, sizes[(i * 5 + 3) % sizes.length], sizes[(i * 7 + 1) % sizes.length]]),
  ),
  ...sizes.flatMap((n) => matrices([], [], [1, 17, n])),
  ...matrices([], [], [3, 70, 100]),
  ...matrices([], [], [0, 3, 2]),
  ...matrices([], [], [2, 0, 3]),
  ...matrices([3], [3], [4, 5, 6]),
  ...matrices([3], [1], [4, 5, 6]),
  ...matrices([1], [3], [4, 5, 6]),
  ...matrices([2, 3], [2, 3], [5, 9, 3]),
  ...matrices([2, 3], [3], [5, 4, 3]),
  ...matrices([2, 1], [1, 3], [5, 4, 3]),
  ...matrices([0], [0], [5, 4, 3]),
];

const ownKernels = ['convnet-cpu', ...cpuVariants.filter((name) => !name.endsWith('-js'))];

for (const backend of ownKernels) {
  describe(`matMul on ${backend}`, () => {
    useBackend(backend);

    for (const c of cases) {
      it(`${c.a}${c.transposeA ? ' transposed' : ''} by ${c.b}${c.transposeB ? ' transposed' : ''}`, () => {
        tf.tidy(() => {
          const [a, b] = [tensorOf(c.a, 1), tensorOf(c.b, 2)];
          const c1 = tf.matMul(a, b, c.transposeA, c.transposeB);
          const c2 = tf.matMul(a, b, c.transposeA, c.transposeB); // with the packed form that the first has cached
          const c3 = tf.matMul(a, b, c.transposeA, c.transposeB);
          const expected = multiplied(a, b, c);
          for (const y of [c1, c2, c3]) expectClose(y, expected);
        });
      });
    }

    it('fuses bias and activations', () => {
      tf.tidy(() => {
        const [a, b] = [tensorOf([9, 7], 1) as tf.Tensor2D, tensorOf([7, 13], 2) as tf.Tensor2D];
        const biases = [
          tensorOf([13], 3),
          tensorOf([1, 13], 4),
          tensorOf([9, 13], 5),
          tensorOf([9, 1], 6),
          tf.scalar(0.3),
        ];
        const prelu = tensorOf([13], 7);
        for (const bias of [undefined, ...biases]) {
          for (const activation of ['linear', 'relu', 'relu6', 'elu', 'sigmoid', 'leakyrelu', 'prelu'] as const) {
            const preluActivationWeights = activation === 'prelu' ? prelu : undefined;
            const fused = tf.fused.matMul({ a, b, bias, activation, preluActivationWeights, leakyreluAlpha: 0.3 });
            const sum = bias ? tf.matMul(a, b).add(bias) : tf.matMul(a, b);
            const activated = {
              linear: () => sum,
              relu: () => sum.relu(),
              relu6: () => sum.relu6(),
              elu: () => sum.elu(),
              sigmoid: () => sum.sigmoid(),
              leakyrelu: () => sum.leakyRelu(0.3),
              prelu: () => sum.prelu(prelu),
            }[activation]();
            expectClose(fused, Array.from(activated.dataSync()));
          }
        }
      });
    });

    it('has gradients', () => {
      tf.tidy(() => {
        const [a, b] = [tensorOf([6, 5], 1) as tf.Tensor2D, tensorOf([5, 9], 2) as tf.Tensor2D];
        const dy = tensorOf([6, 9], 3) as tf.Tensor2D;
        const [da, db] = tf.grads((x: tf.Tensor, w: tf.Tensor) => tf.matMul(x, w))([a, b], dy);
        expectClose(da, multiplied(dy, b, { transposeA: false, transposeB: true }));
        expectClose(db, multiplied(a, dy, { transposeA: true, transposeB: false }));
      });
    });
  });
}

function tensorOf(shape: readonly number[], seed: number): tf.Tensor {
  return tf.tensor(
    randomValues(
      shape.reduce((product, size) => product * size, 1),
      seed,
    ),
    [...shape],
  );
}

/** Batches of equal or broadcast shape. */
function multiplied(
  a: tf.Tensor,
  b: tf.Tensor,
  { transposeA, transposeB }: Pick<Case, 'transposeA' | 'transposeB'>,
): number[] {
  const outer = broadcastShape(a.shape.slice(0, -2), b.shape.slice(0, -2));
  const [m, k] = transposeA ? a.shape.slice(-2).reverse() : a.shape.slice(-2);
  const n = transposeB ? b.shape[b.shape.length - 2] : b.shape[b.shape.length - 1];
  const [as, bs] = [a.dataSync(), b.dataSync()];
  const out: number[] = [];
  const count = outer.reduce((product, size) => product * size, 1);
  for (let i = 0; i < count; i++) {
    const [ia, ib] = [a, b].map((t) => batchIndex(i, outer, t.shape.slice(0, -2)));
    for (let r = 0; r < m; r++) {
      for (let c = 0; c < n; c++) {
        let sum = 0;
        for (let j = 0; j < k; j++) {
          const x = as[ia * m * k + (transposeA ? j * m + r : r * k + j)];
          const w = bs[ib * k * n + (transposeB ? c * k + j : j * n + c)];
          sum += x * w;
        }
        out.push(sum);
      }
    }
  }
  return out;
}

function broadcastShape(a: readonly number[], b: readonly number[]): number[] {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, i) => {
    const [x, y] = [a[a.length - rank + i] ?? 1, b[b.length - rank + i] ?? 1];
    return x === 1 ? y : x;
  });
}

function batchIndex(i: number, outer: readonly number[], shape: readonly number[]): number {
  let rest = i;
  let index = 0;
  let stride = 1;
  for (let d = 1; d <= outer.length; d++) {
    const size = shape[shape.length - d] ?? 1;
    index += (size === 1 ? 0 : rest % outer[outer.length - d]) * stride;
    rest = Math.floor(rest / outer[outer.length - d]);
    stride *= size;
  }
  return index;
}

function expectClose(actual: tf.Tensor, expected: readonly number[]): void {
  const values = actual.dataSync();
  expect(values.length).to.equal(expected.length);
  for (const [i, value] of values.entries()) expect(value, `value ${i}`).to.be.closeTo(expected[i], 2e-5);
}
