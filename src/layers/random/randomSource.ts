// The random numbers of a layer. The stream continues from call to call. A seed gives the same values on every backend,
// but not Keras's values, since Keras's backends also differ from each other.
// Source: https://keras.io/api/random/seed_generator/

import { type Tensor, tensor, util } from '@tensorflow/tfjs-core';
import type { Field } from '../base/fields.js';
import { KerasValueError, showValue } from '../base/kerasValueError.js';
import { fillNormal, fillUniform, type Random, randomSeed, seededRandom } from './seededRandom.js';

/** The seed argument of a layer: an integer, or null for a random seed. */
export function seedField(): Field<number | null> {
  return {
    parse(value, { key }) {
      if (value == null) return null;
      if (typeof value === 'number' && Number.isInteger(value)) return value;
      throw new KerasValueError(`Argument \`${key}\` must be an integer. Received: ${key}=${showValue(value)}`);
    },
    serialize: (value) => value,
  };
}

/** A stream of random tensors. */
export class RandomSource {
  readonly #seed: number | null;
  #random: Random | null = null;

  constructor(seed: number | null) {
    this.#seed = seed;
  }

  /** The stream of integers behind the tensors. */
  get stream(): Random {
    this.#random ??= seededRandom(this.#seed ?? randomSeed());
    return this.#random;
  }

  #draw(shape: readonly number[], fill: (values: Float32Array, random: Random) => void): Tensor {
    const values = new Float32Array(util.sizeFromShape([...shape]));
    fill(values, this.stream);
    return tensor(values, [...shape]);
  }

  /** Draws a float32 tensor, uniform in [low, high). */
  drawUniform(shape: readonly number[], low = 0, high = 1): Tensor {
    return this.#draw(shape, (values, random) => fillUniform(values, low, high, random));
  }

  /** Draws a float32 tensor from a normal distribution. */
  drawNormal(shape: readonly number[], mean: number, stddev: number): Tensor {
    return this.#draw(shape, (values, random) => fillNormal(values, { mean, stddev }, random));
  }
}
