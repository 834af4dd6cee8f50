// Numbers, permutations and weights drawn from a stream of random numbers.

import { fillNormal, fillUniform, type Random } from './seededRandom.js';

/** Numbers, uniform in [low, high). */
export function uniformNumbers(random: Random, count: number, low = 0, high = 1): number[] {
  return Array.from(fillUniform(new Float32Array(count), low, high, random));
}

/** Integers from `low` to `high` - 1, each equally likely. */
export function randomIntegers(random: Random, count: number, low: number, high: number): number[] {
  return uniformNumbers(random, count).map((value) => low + Math.floor(value * (high - low)));
}

/** The numbers from 0 to `count` - 1 in random order (Fisher and Yates). */
export function permutation(random: Random, count: number): number[] {
  const order = Array.from({ length: count }, (_, i) => i);
  for (let i = count - 1; i > 0; i--) {
    const [j] = randomIntegers(random, 1, 0, i + 1);
    [order[i], order[j]] = [order[j], order[i]];
  }
  return order;
}

/** Uniform in (0, 1]: its logarithm is finite. */
const positive = (random: Random) => 1 - uniformNumbers(random, 1)[0];

/**
 * The logarithm of a value of the gamma distribution. The value itself is below the smallest number where `shape` is tiny.
 * Source: Marsaglia and Tsang, https://doi.org/10.1145/358407.358414; below 1 from that of shape + 1, as they say.
 */
function logGamma(random: Random, shape: number): number {
  if (shape < 1) return logGamma(random, shape + 1) + Math.log(positive(random)) / shape;
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const [x] = fillNormal(new Float64Array(1), { mean: 0, stddev: 1 }, random);
    const v = (1 + c * x) ** 3;
    if (v > 0 && Math.log(positive(random)) < 0.5 * x * x + d - d * v + d * Math.log(v)) return Math.log(d * v);
  }
}

/** `count` values of the beta distribution with both parameters `alpha`. */
export function betaNumbers(random: Random, count: number, alpha: number): number[] {
  return Array.from({ length: count }, () => 1 / (1 + Math.exp(logGamma(random, alpha) - logGamma(random, alpha))));
}

/** `count` weights that sum to 1, of the Dirichlet distribution with all parameters `alpha`. */
export function dirichletWeights(random: Random, count: number, alpha: number): number[] {
  const logs = Array.from({ length: count }, () => logGamma(random, alpha));
  const largest = Math.max(...logs);
  const values = logs.map((value) => Math.exp(value - largest));
  const sum = values.reduce((a, b) => a + b, 0);
  return values.map((value) => value / sum);
}
