// The seed of a random initializer. As in Keras, an initializer with an integer seed or without a seed gives the same
// values each time it makes the same shape. With a SeedGenerator it gives new values each time.
// Source: https://keras.io/api/random/seed_generator/

import { asKerasObject, isKerasObject, type Json, type PlainObject } from '../../core/json.js';
import { KerasValueError, showValue } from '../base/kerasValueError.js';
import type { Param } from '../serialization/params.js';
import { type Random, randomSeed, seededRandom } from './seededRandom.js';

export interface Seed {
  /** The seed as given: null, an integer or a serialized SeedGenerator. */
  readonly json: Json;
  /** Starts the stream of random numbers for one weight. */
  start(): Random;
}

/** The parameter `seed`. */
export const seedParam: Param<Seed> = {
  read(value) {
    if (value == null) return fixed(null, randomSeed());
    if (typeof value === 'number' && Number.isInteger(value)) return fixed(value, value);
    if (isKerasObject(value) && asKerasObject(value).class_name === 'SeedGenerator') return generator(value);
    throw new KerasValueError(
      `\`seed\` argument should be an instance of \`keras.random.SeedGenerator()\` or an integer. Received: seed=${showValue(value)}`,
    );
  },
};

function fixed(json: Json, seed: number): Seed {
  return { json, start: () => seededRandom(seed) };
}

function generator(value: PlainObject): Seed {
  const { config } = value as { config: { seed?: unknown } | null };
  const given = config?.seed ?? null;
  if (given !== null && !Number.isInteger(given)) {
    throw new KerasValueError(`Argument \`seed\` must be an integer. Received: seed=${showValue(given)}`);
  }
  const streams = seededRandom((given as number | null) ?? randomSeed());
  return { json: value as Json, start: () => seededRandom(streams()) };
}
