// The parameters of an activation, initializer, regularizer or constraint as a table. A row checks one value and gives
// its default. The same table reads Keras's snake_case configs and TensorFlow.js's camelCase ones.

import { isPlainObject, type PlainObject, snakeKeys, toCamel } from '../../core/json.js';
import { hintFor } from '../../core/optionKeys.js';
import { KerasValueError, showValue } from '../base/kerasValueError.js';

export interface Param<T> {
  /** Checks a value. `undefined` is a missing value, and so is `null` unless it has a meaning of its own. */
  read(value: unknown, where: string, key: string): T;
}

export type Params = Readonly<Record<string, Param<unknown>>>;
export type Values<P extends Params> = { readonly [K in keyof P]: P[K] extends Param<infer T> ? T : never };

export interface ReadOptions {
  /** Keys that older files hold for the same parameter. */
  readonly renamed?: Readonly<Record<string, string>>;
  /** Keys that older files hold and that change nothing. */
  readonly ignored?: readonly string[];
  /** Whether the config is what a caller wrote: unknown keys are errors then, but within withConfigs(). Default false. */
  readonly isOfCaller?: boolean;
}

let readsConfigs = false;

/** Runs f, in which constructors are given configs of files instead of a caller's arguments. */
export function withConfigs<T>(f: () => T): T {
  const before = readsConfigs;
  readsConfigs = true;
  try {
    return f();
  } finally {
    readsConfigs = before;
  }
}

/**
 * Reads the values of all `params`. Warns about unknown keys of a file and skips them, since newer files may add some.
 * @throws ValueError for wrong values, and for unknown keys of a caller.
 */
export function readParams<P extends Params>(
  where: string,
  params: P,
  config: unknown,
  { renamed = {}, ignored = [], isOfCaller = false }: ReadOptions = {},
): Values<P> {
  if (config != null && !isPlainObject(config)) {
    throw new KerasValueError(`${where}: Expected 'config' to be a dict. Received: config=${showValue(config)}`);
  }
  const given: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(snakeKeys((config ?? {}) as PlainObject))) {
    const name = key in params ? key : renamed[key];
    if (name !== undefined) given[name] = value;
    else if (!ignored.includes(key) && key !== 'custom_objects') {
      if (isOfCaller && !readsConfigs && value != null) throw unknownArgument(where, key, value, Object.keys(params));
      console.warn(`${where}: unknown key ignored; received ${key}=${showValue(value)}`);
    }
  }
  const read = Object.entries(params).map(([key, param]) => [key, param.read(given[key], where, key)]);
  return Object.fromEntries(read) as Values<P>;
}

function unknownArgument(where: string, key: string, value: unknown, params: readonly string[]): KerasValueError {
  const names = params.map(toCamel);
  return new KerasValueError(
    `${where}: unknown argument. ${hintFor(key, names)}The arguments are ${names.join(', ')}. Received: ${key}=${showValue(value)}`,
  );
}

/** The value inside {type: 'ndarray', value: 2}, the form in which tf.keras wrote some scalars. */
function unwrap(value: unknown): unknown {
  return isPlainObject(value) && value.type === 'ndarray' ? value.value : value;
}

function expected(rule: string, where: string, key: string, value: unknown): KerasValueError {
  return new KerasValueError(`${where}: Argument \`${key}\` must be ${rule}. Received: ${key}=${showValue(value)}`);
}

/** A number. */
export function num(missing: number): Param<number> {
  return {
    read(given, where, key) {
      const value = unwrap(given) ?? missing;
      if (typeof value !== 'number' || Number.isNaN(value)) throw expected('a number', where, key, given);
      return value;
    },
  };
}

/** A number, or null. A missing value is `missing`. */
export function numOrNull(missing: number | null = null): Param<number | null> {
  const inner = num(0);
  return {
    read(given, where, key) {
      const value = given === undefined ? missing : given;
      return value === null ? null : inner.read(value, where, key);
    },
  };
}

/** Any string. */
export function text(missing: string): Param<string> {
  return {
    read(value, where, key) {
      if (value != null && typeof value !== 'string') throw expected('a string', where, key, value);
      return value ?? missing;
    },
  };
}

/** One of some strings. */
export function oneOf<T extends string>(choices: readonly T[], missing: T): Param<T> {
  return {
    read(value, where, key) {
      if (value == null) return missing;
      if (choices.includes(value as T)) return value as T;
      throw expected(`one of ${choices.join(', ')}`, where, key, value);
    },
  };
}

/** A string, or null. */
export const textOrNull: Param<string | null> = {
  read: (value, where, key) => (value == null ? null : text('').read(value, where, key)),
};

/** A list of numbers, which must be there. */
export const numbers: Param<readonly number[]> = {
  read(value, where, key) {
    if (Array.isArray(value) && value.every((item) => typeof item === 'number')) return value;
    throw expected('a list of numbers', where, key, value);
  },
};

/** A boolean. */
export function flag(missing: boolean): Param<boolean> {
  return {
    read(value, where, key) {
      if (value == null) return missing;
      if (value !== true && value !== false) throw expected('a boolean', where, key, value);
      return value;
    },
  };
}

/** One integer or a list of integers, kept as given because the config shows it that way. */
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

/** A list of integers, or null. */
export const axesOrNull: Param<readonly number[] | null> = {
  read(value, where, key) {
    const axes = value ?? null;
    if (axes === null || (Array.isArray(axes) && isAxes(axes))) return axes;
    throw expected('a list of integers or None', where, key, value);
  },
};

/** Any value; the caller checks it. */
export function anything<T = unknown>(missing: T): Param<T> {
  return { read: (value) => (value === undefined ? missing : (value as T)) };
}
