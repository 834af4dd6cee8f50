// Matrix products: transposed, batched with broadcasting, fused, with both gradients.

import * as tf from '@tensorflow/tfjs';
import { type ActivationName, referenceActivation } from '../../support/reference.js';
import { type Draw, valuesOf } from '../draw.js';
import { type Expected, epsilon, type Family, sizeOf, sumTolerance } from '../family.js';
import { drawGive } from '../operands.js';

interface Product {
  readonly batchA: readonly number[];
  readonly batchB: readonly number[];
  readonly m: number;
  readonly k: number;
  readonly n: number;
  readonly transposeA: boolean;
  readonly transposeB: boolean;
}

export const matMulFamily: Family = {
  name: 'matMul',
  problem(draw) {
    const p = drawProduct(draw);
    const kind = draw.valueKind();
    const [shapeA, shapeB] = [shapeOf(p, 'a'), shapeOf(p, 'b')];
    if (sizeOf(shapeOut(p)) * p.k > 40_000) return undefined;
    const a = valuesOf(kind, sizeOf(shapeA), draw.seed + 1);
    const b = valuesOf(kind, sizeOf(shapeB), draw.seed + 2);
    const dy = valuesOf(kind, sizeOf(shapeOut(p)), draw.seed + 3);
    if (draw.chance(0.3)) return fusedProblem(draw, p, a, b);
    const give = drawGive(draw);
    const f = (x: tf.Tensor, w: tf.Tensor) => tf.matMul(x, w, p.transposeA, p.transposeB);
    // TensorFlow.js refuses the gradients of a product that repeats an operand for each batch.
    const hasGradient = `${p.batchA}` === `${p.batchB}`;
    return {
      title: `matMul ${JSON.stringify(p)}, ${kind}`,
      run() {
        const operands = [give(0, a, shapeA), give(1, b, shapeB)];
        const y = f(operands[0], operands[1]);
        return hasGradient ? [y, ...tf.grads(f)(operands, give(2, dy, shapeOut(p)))] : [y];
      },
      expected: expectProduct(p, a, b, dy).slice(0, hasGradient ? 3 : 1),
    };
  },
};

function drawProduct(draw: Draw): Product {
  const batch = draw.pick([[], [], [1], [2], [3, 2]]);
  const isShared = draw.chance(0.3);
  const ones = batch.map(() => 1);
  const [batchA, batchB] = isShared
    ? draw.pick([
        [batch, ones],
        [ones, batch],
      ])
    : [batch, batch];
  const size = () => (draw.chance(0.7) ? draw.whole(1, 9) : draw.channels());
  const [m, k, n] = [size(), size(), size()];
  return { batchA, batchB, m, k, n, transposeA: draw.chance(0.3), transposeB: draw.chance(0.3) };
}

function shapeOf({ batchA, batchB, m, k, n, transposeA, transposeB }: Product, which: 'a' | 'b'): number[] {
  if (which === 'a') return [...batchA, ...(transposeA ? [k, m] : [m, k])];
  return [...batchB, ...(transposeB ? [n, k] : [k, n])];
}

function batchOf({ batchA, batchB }: Product): number[] {
  return batchA.map((size, i) => Math.max(size, batchB[i]));
}

function shapeOut(p: Product): number[] {
  return [...batchOf(p), p.m, p.n];
}

/** Visits every product a[aAt] * b[bAt] of every y[yAt]. */
function forEachTerm(p: Product, visit: (yAt: number, aAt: number, bAt: number) => void): void {
  const { m, k, n, transposeA, transposeB } = p;
  const count = sizeOf(batchOf(p));
  const [countA, countB] = [sizeOf(p.batchA), sizeOf(p.batchB)];
  for (let batch = 0; batch < count; batch++) {
    const fromA = (countA === 1 ? 0 : batch) * m * k;
    const fromB = (countB === 1 ? 0 : batch) * k * n;
    for (let i = 0; i < m; i++) {
      for (let j = 0; j < n; j++) {
        for (let l = 0; l < k; l++) {
          const aAt = fromA + (transposeA ? l * m + i : i * k + l);
          const bAt = fromB + (transposeB ? j * k + l : l * n + j);
          visit((batch * m + i) * n + j, aAt, bAt);
        }
      }
    }
  }
}

function expectProduct(p: Product, a: Float32Array, b: Float32Array, dy: Float32Array): Expected[] {
  const sums = [sizeOf(shapeOut(p)), a.length, b.length].map((size) => new Float64Array(size));
  const magnitudes = sums.map((sum) => new Float64Array(sum.length));
  const add = (i: number, at: number, value: number) => {
    sums[i][at] += value;
    magnitudes[i][at] += Math.abs(value);
  };
  forEachTerm(p, (yAt, aAt, bAt) => {
    add(0, yAt, a[aAt] * b[bAt]);
    add(1, aAt, dy[yAt] * b[bAt]);
    add(2, bAt, dy[yAt] * a[aAt]);
  });
  const shapes = [shapeOut(p), shapeOf(p, 'a'), shapeOf(p, 'b')];
  return ['y', 'da', 'db'].map((name, i) => {
    return { name, shape: shapes[i], values: sums[i], tolerance: sumTolerance(magnitudes[i]) };
  });
}

function fusedProblem(draw: Draw, p: Product, a: Float32Array, b: Float32Array) {
  const activation = draw.pick<ActivationName>(['linear', 'relu', 'relu6', 'elu', 'sigmoid', 'leakyrelu']);
  const bias = draw.chance(0.7) ? valuesOf('uniform', p.n, draw.seed + 4) : undefined;
  const give = drawGive(draw);
  const values = new Float64Array(sizeOf(shapeOut(p)));
  const magnitude = new Float64Array(values.length);
  forEachTerm(p, (yAt, aAt, bAt) => {
    values[yAt] += a[aAt] * b[bAt];
    magnitude[yAt] += Math.abs(a[aAt] * b[bAt]);
  });
  const y = values.map((sum, i) => referenceActivation(activation, sum + (bias?.[i % p.n] ?? 0)));
  return {
    title: `fused.matMul ${JSON.stringify(p)}, ${activation}${bias ? ' with bias' : ''}`,
    run: () => [
      tf.fused.matMul({
        a: give(0, a, shapeOf(p, 'a')),
        b: give(1, b, shapeOf(p, 'b')),
        transposeA: p.transposeA,
        transposeB: p.transposeB,
        bias: bias && give(2, bias, [p.n]),
        activation: activation as 'relu',
        leakyreluAlpha: 0.2,
      }),
    ],
    expected: [
      {
        name: 'y',
        shape: shapeOut(p),
        values: y,
        tolerance: (i: number) => 32 * epsilon * (magnitude[i] + 1) + 64 * epsilon * Math.abs(y[i]),
      },
    ],
  };
}
