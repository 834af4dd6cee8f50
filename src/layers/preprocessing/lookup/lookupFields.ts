// Arguments of the lookup and hashing layers.

import { asKerasObject, isKerasObject, type Json } from '../../../core/json.js';
import type { Field } from '../../base/fields.js';
import { KerasValueError, showValue } from '../../base/kerasValueError.js';
import type { LayerContext } from '../../base/layerArgs.js';
import type { Salt } from './fingerprints.js';
import type { Token } from './vocabulary.js';

/** The name that the value is, also in the camelCase into which TensorFlow.js turns the texts of its files. */
export function nameOf<T extends string>(value: unknown, names: readonly T[]): T | undefined {
  const plainName = (text: string) => text.toLowerCase().replaceAll('_', '');
  return typeof value === 'string' ? names.find((name) => plainName(name) === plainName(value)) : undefined;
}

/**
 * A text as its code points. TensorFlow.js changes the case of every text in a layer's config when it saves a model, but
 * leaves numbers as they are.
 */
export function codePointsOf(text: string): number[] {
  return Array.from(text, (character) => character.codePointAt(0) as number);
}

/** The text that the value is, as such or as code points; undefined for anything else. */
export function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  const isText = Array.isArray(value) && value.every((item) => Number.isInteger(item) && item >= 0 && item <= 0x10ffff);
  return isText ? value.map((point) => String.fromCodePoint(point)).join('') : undefined;
}

/** A text, or also null if that is the default. */
export function textField<T extends string | null>(missing: T): Field<string | T> {
  return {
    parse(value, { where, key }) {
      if (value === undefined || (value === null && missing === null)) return missing;
      const text = textOf(value);
      if (text !== undefined) return text;
      throw new KerasValueError(`${where}: \`${key}\` must be a string. Received: ${key}=${showValue(value)}`);
    },
    serialize: (value) => value,
    serializeTfjs: (value) => (value === null ? null : codePointsOf(value)),
  };
}

/** The tokens of the argument vocabulary: a list or null. */
export function tokensField<T extends Token>(read: (value: unknown) => T): Field<readonly T[] | null> {
  return {
    parse(value, { where, key }) {
      if (value == null) return null;
      if (Array.isArray(value)) return Object.freeze(value.map(read));
      throw new KerasValueError(
        `${where}: \`${key}\` must be a list of tokens; a path to a file is not read. Received: ${key}=${showValue(value)}`,
      );
    },
    serialize: (value) => value as Json,
  };
}

/**
 * The arguments without the shape of the data to which tf.keras adapted the layer. tf.keras writes it as the shape of the
 * input, which it need not be.
 */
export function withoutAdaptedShape(args: object, context: LayerContext | undefined): object {
  if (context?.kerasMajor !== 2) return args;
  const { batchInputShape: _, batch_input_shape: __, ...others } = args as Record<string, unknown>;
  return others;
}

/** A list of numbers or null. */
export function numbersField(): Field<readonly number[] | null> {
  return {
    parse(value, { where, key }) {
      if (value == null) return null;
      if (Array.isArray(value) && value.every((item) => typeof item === 'number')) return Object.freeze([...value]);
      throw new KerasValueError(`${where}: \`${key}\` must be a list of numbers. Received: ${key}=${showValue(value)}`);
    },
    serialize: (value) => value,
  };
}

/** An integer from `smallest` up, or null. @param rule the message without what was received. */
export function integerOrNull(smallest: number, rule: (where: string) => string): Field<number | null> {
  return {
    parse(value, { where, key }) {
      if (value == null) return null;
      if (typeof value === 'number' && Number.isInteger(value) && value >= smallest) return value;
      throw new KerasValueError(`${rule(where)}. Received: ${key}=${showValue(value)}`);
    },
    serialize: (value) => value,
  };
}

/** The number of indices for tokens out of the vocabulary. */
export function oovCount(): Field<number> {
  return {
    parse(value, { key }) {
      if (value === undefined) return 1;
      if (typeof value === 'number' && Number.isInteger(value) && value >= 0) return value;
      throw new KerasValueError(
        `\`num_oov_indices\` must be greater than or equal to 0. Received: ${key}=${showValue(value)}`,
      );
    },
    serialize: (value) => value,
  };
}

/** The key of a salted hash: two integers, or one that stands for both; null for none. */
export function saltField(layer: string): Field<Salt | null> {
  return {
    parse(value) {
      if (value == null) return null;
      const list = typeof value === 'number' ? [value, value] : value;
      if (Array.isArray(list) && list.length === 2 && list.every(Number.isInteger)) return [list[0], list[1]];
      throw new KerasValueError(
        `The \`salt\` argument for \`${layer}\` can only be a tuple of ${layer === 'Hashing' ? 'size ' : ''}2 integers, or a single integer. Received: salt=${showValue(value)}.`,
      );
    },
    serialize: (value) => value,
  };
}

/** The encoding of texts, which is UTF-8 in JavaScript. */
export function encodingField(): Field<string> {
  return {
    parse(value, { where, key }) {
      if (value === undefined) return 'utf-8';
      if (typeof value === 'string' && /^utf-?8$/i.test(value)) return value;
      throw new KerasValueError(`${where}: \`${key}\` must be 'utf-8'. Received: ${key}=${showValue(value)}`);
    },
    serialize: (value) => value,
  };
}

/** A function of texts that a user gives, under the name by which files know it. */
export interface NamedFunction<F> {
  readonly apply: F;
  readonly json: Json;
}

/** One of the names, null, or a function: in files Keras's form of one, which `customObjects` has. */
export function textFunction<F>(names: readonly string[], missing: string): Field<string | null | NamedFunction<F>> {
  return {
    parse(value, { where, key, customObjects }) {
      if (value === undefined) return missing;
      if (value === null) return null;
      const name = nameOf(value, names);
      if (name !== undefined) return name;
      if (typeof value === 'function') return { apply: value as F, json: functionObject(value.name) };
      const custom = isNamedFunction<F>(value) ? value : findCustom<F>(value, customObjects ?? {});
      if (custom) return custom;
      throw new KerasValueError(
        `Unknown value for \`${key}\` argument of ${where}. Allowed values are: ${showValue(names)}, None, a function, and the name of a function in customObjects. Received: ${key}=${showValue(value)}`,
      );
    },
    serialize: (value) => (typeof value === 'string' || value === null ? value : value.json),
    serializeTfjs(value) {
      if (typeof value === 'string' || value === null) return value;
      throw new KerasValueError(
        `A model.json of TensorFlow.js cannot name a function. Received: ${showValue(value.json)}`,
      );
    },
  };
}

function isNamedFunction<F>(value: unknown): value is NamedFunction<F> {
  return value !== null && typeof value === 'object' && typeof (value as NamedFunction<F>).apply === 'function';
}

function findCustom<F>(value: unknown, customObjects: Readonly<Record<string, unknown>>): NamedFunction<F> | null {
  if (!isKerasObject(value)) return null;
  const object = asKerasObject(value);
  if (object.class_name !== 'function' || typeof object.config !== 'string') return null;
  const name = object.config;
  const found = customObjects[name] ?? customObjects[name.slice(name.lastIndexOf('>') + 1)];
  return typeof found === 'function' ? { apply: found as F, json: object as Json } : null;
}

function functionObject(name: string): Json {
  return { module: 'builtins', class_name: 'function', config: name, registered_name: 'function' };
}
