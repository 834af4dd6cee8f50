// The arguments of a layer as a table. A row reads one argument, gives its default and writes it as Keras's
// get_config() does. A layer's constructor, its config and its errors all come from this table.

import type { Json } from '../../core/json.js';
import type { ActivationFunction } from '../activations/activations.js';
import { getActivation } from '../activations/activations.js';
import { type Constraint, getConstraint } from '../constraints/constraints.js';
import { getInitializer, type Initializer } from '../initializers/initializers.js';
import { getRegularizer, type Regularizer } from '../regularizers/regularizers.js';
import { imageDataFormat, type KerasDataFormat } from './imageDataFormat.js';
import { KerasValueError, showValue } from './kerasValueError.js';

export type { KerasDataFormat } from './imageDataFormat.js';

/** The circumstances under which an argument is read. */
export interface FieldContext {
  /** The layer's class, for messages. */
  readonly where: string;
  /** The argument in Keras's spelling: kernel_size. */
  readonly key: string;
  /** The version of Keras that wrote the config: `hard_sigmoid` is another function in Keras 2. Default 3. */
  readonly kerasMajor?: 2 | 3;
  /** Classes and functions by name or registered name. */
  readonly customObjects?: Readonly<Record<string, unknown>>;
}

/** A row of the table. */
export interface Field<T> {
  /** Reads and checks the argument; `undefined` is a missing argument. Throws ValueError where Keras does. */
  parse(value: unknown, context: FieldContext): T;
  /** Gives the value for get_config(); `undefined` leaves the key out. */
  serialize(value: T): Json | undefined;
  /** Gives the value for tf.layers.Layer.getConfig(), if it differs in more than the spelling of keys. */
  serializeTfjs?(value: T): Json;
}

/** The rows by camelCase name, in the order of get_config(). */
export type Fields = Readonly<Record<string, Field<unknown>>>;

export type Values<F extends Fields> = { readonly [K in keyof F]: F[K] extends Field<infer T> ? T : never };

const asIs = (value: unknown) => value as Json;

/** Throws if an argument without a default is missing. */
function checkPresent(value: unknown, { where, key }: FieldContext): void {
  if (value === undefined) {
    throw new KerasValueError(`${where}: missing required argument \`${key}\`. Received: ${key}=undefined`);
  }
}

/** Any JSON value, kept as given. */
export function plain<T extends Json>(missing: T): Field<T> {
  return { parse: (value) => (value === undefined ? missing : (value as T)), serialize: asIs };
}

/** An integer above zero. */
export function positiveInteger(missing?: number): Field<number> {
  return {
    parse(value, context) {
      if (value === undefined && missing !== undefined) return missing;
      checkPresent(value, context);
      const { where, key } = context;
      if (typeof value === 'number' && Number.isInteger(value) && value > 0) return value;
      throw new KerasValueError(
        `Invalid value for argument \`${key}\` of layer ${where}: a strictly positive integer is expected. Received: ${key}=${showValue(value)}`,
      );
    },
    serialize: asIs,
  };
}

/** Any number. Infinities and NaN are accepted, since files hold them. */
export function number(missing?: number): Field<number> {
  return {
    parse(value, context) {
      if (value === undefined && missing !== undefined) return missing;
      checkPresent(value, context);
      const { where, key } = context;
      if (typeof value === 'number') return value;
      throw new KerasValueError(
        `Argument \`${key}\` of layer ${where} must be a number. Received: ${key}=${showValue(value)}`,
      );
    },
    serialize: asIs,
  };
}

/** A number or null. */
export function numberOrNull(missing: number | null = null): Field<number | null> {
  const inner = number();
  return {
    parse: (value, context) => (value === undefined ? missing : value === null ? null : inner.parse(value, context)),
    serialize: asIs,
  };
}

/** A boolean; 0 and 1 count as such, and null as missing. */
export function boolean(missing: boolean): Field<boolean> {
  return {
    parse(value, { where, key }) {
      if (value === undefined || value === null) return missing;
      if (typeof value === 'boolean') return value;
      if (value === 0 || value === 1) return value === 1;
      throw new KerasValueError(
        `Argument \`${key}\` of layer ${where} must be a boolean. Received: ${key}=${showValue(value)}`,
      );
    },
    serialize: asIs,
  };
}

/**
 * One of the names, in any letter case or in tfjs's camelCase.
 * @param words the rule in the message. Default: "must be one of ..."
 */
export function oneOf<T extends string>(names: readonly T[], missing?: T, words?: string): Field<T> {
  return {
    parse(value, context) {
      if (value === undefined && missing !== undefined) return missing;
      checkPresent(value, context);
      const { key } = context;
      const plainName = (text: string) => text.toLowerCase().replaceAll('_', '');
      const found = typeof value === 'string' && names.find((name) => plainName(name) === plainName(value));
      if (found) return found;
      const allowed = words ?? `must be one of {${names.map((name) => `'${name}'`).join(', ')}}`;
      throw new KerasValueError(`The \`${key}\` argument ${allowed}. Received: ${showValue(value)}`);
    },
    serialize: asIs,
  };
}

/** The data format. Without one, or with null, it is that of `imageDataFormat()` when the layer is made. */
export function dataFormat(): Field<KerasDataFormat> {
  const names = oneOf<KerasDataFormat>(['channels_first', 'channels_last']);
  return {
    parse: (value, context) => (value == null ? imageDataFormat() : names.parse(value, context)),
    serialize: asIs,
  };
}

export type KerasPadding = 'valid' | 'same';

/** The padding of a convolution or pooling, in any letter case. */
export function padding(missing: KerasPadding = 'valid'): Field<KerasPadding> {
  return oneOf<KerasPadding>(
    ['valid', 'same'],
    missing,
    "must be a list/tuple or one of {'same', 'valid'}; a 2D layer takes the names only",
  );
}

/**
 * `length` integers above zero, or from zero up with `allowZero`. One number stands for all of them.
 * Source: kernel_size in https://keras.io/api/layers/convolution_layers/convolution2d/
 */
export function tuple(
  length: number,
  missing?: number | readonly number[] | null,
  allowZero = false,
): Field<readonly number[]> {
  const smallest = allowZero ? 0 : 1;
  return {
    parse(given, context) {
      const value = given === undefined ? missing : given;
      checkPresent(value, context);
      const { where, key } = context;
      const list = typeof value === 'number' ? Array<number>(length).fill(value) : value;
      const received = `Received: ${key}=${showValue(value)}`;
      const isList = Array.isArray(list) && list.length === length;
      if (!isList || !list.every((item) => Number.isInteger(item))) {
        throw new KerasValueError(
          `The \`${key}\` argument of layer ${where} must be a tuple of ${length} integers. ${received}`,
        );
      }
      const bad = list.filter((item) => (item as number) < smallest);
      if (bad.length > 0) {
        throw new KerasValueError(
          `The \`${key}\` argument of layer ${where} must be a tuple of ${length} integers. ${received}, including values {${[...new Set(bad)].join(', ')}} that do not satisfy \`value ${allowZero ? '>= 0' : '> 0'}\``,
        );
      }
      return Object.freeze([...(list as number[])]);
    },
    serialize: asIs,
  };
}

/** Like `tuple`; null stays null. */
export function tupleOrNull(length: number, allowZero = false): Field<readonly number[] | null> {
  const inner = tuple(length, undefined, allowZero);
  return { parse: (value, context) => (value == null ? null : inner.parse(value, context)), serialize: asIs };
}

/** An activation function. Null is 'linear', as in Keras. */
export function activation(missing: string | null = null): Field<ActivationFunction> {
  return {
    parse: (value, { kerasMajor, customObjects }) =>
      getActivation(value === undefined ? missing : value, { kerasMajor, customObjects }),
    serialize: (value) => value.serialize(),
    serializeTfjs: (value) => value.serializeTfjs(),
  };
}

/** An initializer. Null stays null in the config; as in Keras, the weight is then made with glorot_uniform. */
export function initializer(missing: string | null): Field<Initializer | null> {
  return {
    parse: (value, { customObjects }) => getInitializer(value === undefined ? missing : value, { customObjects }),
    serialize: (value) => value?.serialize() ?? null,
  };
}

/** A regularizer or null. */
export function regularizer(): Field<Regularizer | null> {
  return {
    parse: (value, { customObjects }) => getRegularizer(value ?? null, { customObjects }),
    serialize: (value) => value?.serialize() ?? null,
  };
}

/** A constraint or null. */
export function constraint(): Field<Constraint | null> {
  return {
    parse: (value, { customObjects }) => getConstraint(value ?? null, { customObjects }),
    serialize: (value) => value?.serialize() ?? null,
  };
}
