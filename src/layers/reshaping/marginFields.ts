// The arguments of padding and cropping layers: a size at the start and one at the end of each spatial dimension.
// Source: https://keras.io/api/layers/reshaping_layers/

import { type Field, type FieldContext, tuple } from '../base/fields.js';
import { KerasValueError, showValue } from '../base/kerasValueError.js';

/** [start, end] */
export type Pair = readonly [number, number];

/** One number for all, or for each spatial dimension a number or [start, end]. */
export type Margins = number | readonly (number | readonly number[])[];

/** [start, end] of a sequence; one number stands for both. */
export function pair(missing: number): Field<Pair> {
  const inner = tuple(2, missing, true);
  return { parse: (value, context) => inner.parse(value, context) as Pair, serialize: (value) => value };
}

/**
 * [start, end] for each spatial dimension, given as `Margins`.
 * @param count number of spatial dimensions.
 * @param missing default of all starts and ends.
 */
export function pairs(count: 2 | 3, missing: number): Field<readonly Pair[]> {
  const inner = tuple(2, undefined, true);
  return {
    parse(given, context) {
      const value = given === undefined ? missing : given;
      if (typeof value === 'number') {
        return Array<Pair>(count).fill(inner.parse(value, { ...context, key: `1st entry of ${context.key}` }) as Pair);
      }
      if (!Array.isArray(value) || value.length !== count) throw notPairs(count, value, context);
      const entry = (i: number) => ({ ...context, key: `${['1st', '2nd', '3rd'][i]} entry of ${context.key}` });
      return value.map((item, i) => inner.parse(item, entry(i)) as Pair);
    },
    serialize: (value) => value,
  };
}

function notPairs(count: number, value: unknown, { key }: FieldContext): KerasValueError {
  return new KerasValueError(
    `\`${key}\` should have ${count === 2 ? 'two' : count} elements: an int, ${count} ints, or ${count} tuples of 2 ints. Received: ${key}=${showValue(value)}`,
  );
}
