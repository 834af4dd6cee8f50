// Batch normalization by the statistics of the batch and its gradient, on every variant of the CPU engine, beside plain
// loops in float64.

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { batchNormTraining } from '../../../../src/ops/batchNormTraining.js';
import { BATCH_NORM_GRAD_KERNEL, BATCH_NORM_KERNEL } from '../../../../src/tfjs/ownKernelNames.js';
import { useBackend } from '../../../support/backends.js';
import { withSimd } from '../../../support/cpu/expectEverywhere.js';
import { randomValues } from '../../../support/randomCases.js';

const EPSILON = 1e-3;

/** Channels around vectors and rounds of the loops, and pixels around items. */
const sizes: readonly (readonly [pixels: number, channels: number])[] = [
  [1, 3],
  [5, 1],
  [7, 5],
  [64, 4],
  [100, 3],
  [256, 16],
  [517, 17],
  [1030, 8],
  [4100, 2],
  [300, 130],
  [66, 1030],
];

interface Problem {
  readonly x: Float32Array;
  readonly dy: Float32Array;
  readonly gamma: Float32Array;
  readonly beta: Float32Array;
  readonly dMean: Float32Array;
  readonly dVariance: Float32Array;
}

/** Every channel has a mean of its own. */
function makeProblem(pixels: number, channels: number, far: number): Problem {
  const x = randomValues(pixels * channels, 1).map((value, i) => value * 2 + far * (((i % channels) % 5) - 1));
  const [dy, ...vectors] = [pixels * channels, channels, channels, channels, channels].map((n, i) =>
    randomValues(n, 2 + i),
  );
  const [gamma, beta, dMean, dVariance] = vectors;
  return { x, dy, gamma: gamma.map((g) => g + 1.5), beta, dMean, dVariance };
}

type Results = Readonly<Record<'y' | 'mean' | 'variance' | 'dx' | 'dGamma' | 'dBeta', Float64Array>>;

/** The sum of dy y + dMean mean + dVariance variance, differentiated by the chain rule, value by value. */
function expected({ x, dy, gamma, beta, dMean, dVariance }: Problem, hasRelu: boolean): Results {
  const channels = gamma.length;
  const n = x.length / channels;
  const [mean, variance, dGamma, dBeta, sum] = Array.from({ length: 5 }, () => new Float64Array(channels));
  const [y, dx, slope] = Array.from({ length: 3 }, () => new Float64Array(x.length));
  x.forEach((value, i) => {
    mean[i % channels] += value / n;
  });
  x.forEach((value, i) => {
    variance[i % channels] += (value - mean[i % channels]) ** 2 / n;
  });
  const normal = Float64Array.from(x, (value, i) => {
    return (value - mean[i % channels]) / Math.sqrt(variance[i % channels] + EPSILON);
  });
  normal.forEach((value, i) => {
    const c = i % channels;
    const z = value * gamma[c] + beta[c];
    const isOn = !hasRelu || z > 0;
    y[i] = isOn ? z : 0;
    slope[i] = isOn ? dy[i] : 0;
    dBeta[c] += slope[i];
    dGamma[c] += slope[i] * value;
    sum[c] += slope[i] * (x[i] - mean[c]);
  });
  x.forEach((value, i) => {
    const c = i % channels;
    const r = 1 / Math.sqrt(variance[c] + EPSILON);
    const toMean = dMean[c] - gamma[c] * r * dBeta[c];
    const toVariance = dVariance[c] - 0.5 * gamma[c] * r ** 3 * sum[c];
    dx[i] = slope[i] * gamma[c] * r + toMean / n + (toVariance * 2 * (value - mean[c])) / n;
  });
  return { y, mean, variance, dx, dGamma, dBeta };
}

function computed(problem: Problem, hasRelu: boolean): Record<keyof Results, Float32Array> {
  const channels = problem.gamma.length;
  return tf.tidy(() => {
    const x = tf.tensor2d(problem.x, [problem.x.length / channels, channels]);
    const dy = tf.tensor2d(problem.dy, x.shape);
    const vectors = (['gamma', 'beta', 'dMean', 'dVariance'] as const).map((name) => tf.tensor1d(problem[name]));
    const [gamma, beta, dMean, dVariance] = vectors;
    const attrs = { epsilon: EPSILON, hasRelu };
    const [y, mean, variance] = run(BATCH_NORM_KERNEL, { x, gamma, beta }, attrs);
    const inputs = { dy, x, gamma, beta, mean, variance, dMean, dVariance };
    const [dx, dGamma, dBeta] = run(BATCH_NORM_GRAD_KERNEL, inputs, attrs);
    const all = { y, mean, variance, dx, dGamma, dBeta };
    return Object.fromEntries(Object.entries(all).map(([name, t]) => [name, t.dataSync()])) as never;
  });
}

function run(kernelName: string, inputs: tf.NamedTensorMap, attrs: object): tf.Tensor[] {
  return tf.engine().runKernel(kernelName, inputs, { ...attrs }) as unknown as tf.Tensor[];
}

function expectClose(found: ArrayLike<number>, wanted: Float64Array, tolerance: number, what: string): void {
  const scale = wanted.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-3);
  const worst = wanted.reduce((most, value, i) => {
    const error = Math.abs(found[i] - value) / scale;
    return Number.isNaN(error) ? Number.POSITIVE_INFINITY : Math.max(most, error);
  }, 0);
  expect(worst, what).to.be.below(tolerance);
}

for (const backend of withSimd) {
  describe(`batch normalization in training on ${backend}`, () => {
    useBackend(backend);

    for (const hasRelu of [false, true]) {
      it(`forward and gradients ${hasRelu ? 'with relu' : 'alone'}`, () => {
        for (const [pixels, channels] of sizes) {
          const problem = makeProblem(pixels, channels, 0.5);
          const wanted = expected(problem, hasRelu);
          for (const [name, values] of Object.entries(computed(problem, hasRelu))) {
            expectClose(values, wanted[name as keyof Results], 4e-6, `${name} of ${pixels}x${channels}`);
          }
        }
      });
    }

    it('statistics of values far from 0', () => {
      for (const [pixels, channels] of sizes) {
        const problem = makeProblem(pixels, channels, 1000);
        const { mean, variance } = computed(problem, false);
        const wanted = expected(problem, false);
        expectClose(mean, wanted.mean, 1e-7, `mean of ${pixels}x${channels}`);
        // The reference sees the same rounded values, so nothing is lost before the sums.
        expectClose(variance, wanted.variance, 2e-6, `variance of ${pixels}x${channels}`);
      }
    });

    it('the variance of equal values is 0, their mean is the value, and that of NaN is NaN', () => {
      for (const pixels of [3, 70, 1000, 4097]) {
        const values = [0.1, 1e-30, 12345.678, Number.NaN, -3e37].map(Math.fround);
        const x = Float32Array.from({ length: pixels * values.length }, (_, i) => values[i % values.length]);
        const found = computed({ ...makeProblem(pixels, values.length, 0), x }, false);
        expect([...found.mean], `${pixels}`).to.deep.equal(values);
        expect([...found.variance], `${pixels}`).to.deep.equal([0, 0, 0, Number.NaN, 0]);
      }
    });
  });
}

describe('the op of batch normalization in training', () => {
  useBackend('convnet-cpu');

  const attrs = { epsilon: EPSILON, hasRelu: true };
  const loss = (x: tf.Tensor, gamma: tf.Tensor, beta: tf.Tensor) => {
    const made = batchNormTraining({ x, gamma, beta, ...attrs });
    if (!made) throw new Error('there must be a kernel');
    return tf.add(tf.sum(tf.square(made.y)), tf.sum(tf.mul(made.mean, made.variance))) as tf.Scalar;
  };

  it('has gradients of all results', () => {
    const problem = makeProblem(40, 6, 0.5);
    const { y, mean, variance } = expected(problem, true);
    const dy = Float32Array.from(y, (value) => 2 * value);
    const wanted = expected(
      { ...problem, dy, dMean: Float32Array.from(variance), dVariance: Float32Array.from(mean) },
      true,
    );
    const [x, gamma, beta] = [
      tf.tensor4d(problem.x, [2, 5, 4, 6]),
      tf.tensor1d(problem.gamma),
      tf.tensor1d(problem.beta),
    ];
    const found = tf.grads(loss as never)([x, gamma, beta]) as tf.Tensor[];
    const names = ['dx', 'dGamma', 'dBeta'] as const;
    for (const [i, name] of names.entries()) expectClose(found[i].dataSync(), wanted[name], 4e-6, name);
    expect(found[0].shape).to.deep.equal(x.shape);
    tf.dispose([x, gamma, beta, found]);
  });

  it('leaves the gradient of a gradient, no gradient and no values to others', () => {
    const [x, gamma] = [tf.ones([2, 3]), tf.ones([3])];
    const op = () => batchNormTraining({ x, gamma, beta: gamma, ...attrs });
    expect(op()).to.equal(undefined);
    let within: unknown = 'not run';
    const inner = tf.grad((t) => {
      within = op();
      return tf.sum(t);
    });
    const outer = tf.grad((t) => tf.sum(tf.mul(inner(t), t)))(x);
    expect(within).to.equal(undefined);
    const empty = tf.zeros([0, 3]);
    const result = tf.grad((t) => {
      within = batchNormTraining({ x: empty, gamma, beta: gamma, ...attrs });
      return tf.sum(t);
    })(x);
    expect(within).to.equal(undefined);
    tf.dispose([x, gamma, outer, empty, result]);
  });
});
