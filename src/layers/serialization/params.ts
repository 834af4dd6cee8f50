// The parameters of a Keras object as a table: one row says how a value is checked and what it is when missing. The same
// table reads Keras's snake_case configs and the camelCase ones of TensorFlow.js.

import { isPlainObject, type PlainObject, snakeKeys } from '../../core/json.js';
import { KerasValueError, showValue } from '../base/kerasValueError.js';

export interface Param<T> {
  /** `undefined` and `null` are a missing value, where null has no meaning of its own. */
  read(value: unknown, where: string, key: string): T;
}

export type Params = Readonly<Record<string, Param<unknown>>>;
export type Values<P extends Params> = { readonly [K in keyof P]: P[K] extends Param<infer T> ? T : never };

export interface ReadOptions {
  /** Keys that older files hold for the same parameter. */
  readonly renamed?: Readonly<Record<string, string>>;
  /** Keys that older files hold and that change nothing. */
  readonly ignored?: readonly string[];
}

/** Values of all `params`. A key that nothing here knows is reported and left out, since newer files may add some. */
export function readParams<P extends Params>(
  where: string,
  params: P,
  config: unknown,
  { renamed = {}, ignored = [] }: ReadOptions = {},
): Values<P> {
  if (config != null && !isPlainObject(config)) {
    throw new KerasValueError(`${where}: Expected 'config' to be a dict. Received: config=${showValue(config)}`);
  }
  const given: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(snakeKeys((config ?? {}) as PlainObject))) {
    const name = key in params ? key : renamed[key];
    if (name !== undefined) given[name] = value;
    else if (!ignored.includes(key) && key !== 'custom_objects') {
      console.warn(`${where}: unknown key ignored; received ${key}=${showValue(value)}`);
    }
  }
  const read = Object.entries(params).map(([key, param]) => [key, param.read(given[key], where, key)]);
  return Object.fromEntries(read) as Values<P>;
}

/** A number in any form that a file may hold it: tf.keras wrote some scalars as {type: 'ndarray', value: 2}. */
function unwrap(value: unknown): unknown {
  return isPlainObject(value) && value.type === 'ndarray' ? value.value : value;
}

function expected(rule: string, where: string, key: string, value: unknown): KerasValueError {
  return new KerasValueError(`${where}: Argument \`${key}\` must be ${rule}. Received: ${key}=${showValue(value)}`);
}

export function num(missing: number): Param<number> {
  return {
    read(given, where, key) {
      const value = unwrap(given) ?? missing;
      if (typeof value !== 'number' || Number.isNaN(value)) throw expected('a number', where, key, given);
      return value;
    },
  };
}

export function numOrNull(): Param<number | null> {
  const inner = num(0);
  return { read: (value, where, key) => (value == null ? null : inner.read(value, where, key)) };
}

export function flag(missing: boolean): Param<boolean> {
  return {
    read(value, where, key) {
      if (value == null) return missing;
      if (value !== true && value !== false) throw expected('a boolean', where, key, value);
      return value;
    },
  };
}

/** Whole numbers, given as one or as a list; kept the way they were given, since the config shows them so. */
export function axis(missing: number): Param<number | readonly number[]> {
  return {
    read(value, where, key) {
      const axes = value ?? missing;
      if (!isAxes(axes)) throw expected('an integer or a list of integers', where, key, value);
      return axes;
    },
  };
}

/** As `axis`; null stays null. */
export function axisOrNull(missing: number | null): Param<number | readonly number[] | null> {
  return {
    read(value, where, key) {
      const axes = value === undefined ? missing : value;
      if (axes !== null && !isAxes(axes)) throw expected('an integer, a list of integers or None', where, key, value);
      return axes;
    },
  };
}

function isAxes(value: unknown): value is number | readonly number[] {
  return Array.isArray(value) ? value.every(Number.isInteger) : Number.isInteger(value);
}

/** A list of whole numbers, or null. */
export const axesOrNull: Param<readonly number[] | null> = {
  read(value, where, key) {
    const axes = value ?? null;
    if (axes === null || (Array.isArray(axes) && isAxes(axes))) return axes;
    throw expected('a list of integers or None', where, key, value);
  },
};

/** Any value, for the object itself to check. */
export function anything<T = unknown>(missing: T): Param<T> {
  return { read: (value) => (value === undefined ? missing : (value as T)) };
}
