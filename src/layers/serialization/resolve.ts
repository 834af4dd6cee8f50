// Finds the activation, initializer, regularizer or constraint that an identifier means. A user or a file may give a
// name, a serialized form of Keras or TensorFlow.js, a custom class or function, or an instance. All four families
// search in this order:
//
//   customObjects -> built-ins -> the family's own fallback -> an error that lists the known names

import { serialization } from '@tensorflow/tfjs-core';
import {
  asKerasObject,
  camelKeys,
  isKerasObject,
  isPlainObject,
  type Json,
  type KerasObject,
  snakeKeys,
  toCamel,
} from '../../core/json.js';
import { KerasValueError, showValue } from '../base/kerasValueError.js';

export interface ResolveOptions {
  /** The version of Keras that wrote the config. A few names mean another function in Keras 2. Default 3. */
  readonly kerasMajor?: 2 | 3;
  /** Classes and functions by name or registered name ('package>Name'). */
  readonly customObjects?: Readonly<Record<string, unknown>>;
}

/** The part that activations, initializers, regularizers and constraints share. */
export interface Resolved {
  serialize(): Json;
}

/** How one of the four families finds and wraps its members. */
export interface Family<T extends Resolved> {
  /** Named in messages: "Could not interpret <kind> identifier". */
  readonly kind: string;
  /** The known names, listed in error messages. */
  readonly names: readonly string[];
  /** Finds the maker of a built-in by any spelling of its name. */
  find(name: string, options: ResolveOptions): ((config: unknown) => T) | undefined;
  /** Wraps a custom function, or the method of an instance, as a member of the family. */
  wrap(call: Callable, name: string, serialize: () => Json): T;
  /** Takes an instance of another kind as a member; undefined if it is of no such kind. */
  adopt?(instance: object, serialize: () => Json): T | undefined;
  /** Reads serialized forms that are neither custom nor built in; null if it cannot. */
  fallback?(object: KerasObject, options: ResolveOptions): T | null;
  /** A sentence at the end of messages about unknown members. */
  readonly hint?: string;
}

export type Callable = (...args: never[]) => unknown;

interface Instance {
  apply: Callable;
  serialize?(): Json;
  getClassName?(): string;
  getConfig?(): Record<string, unknown>;
}

type Class = (new (
  config?: unknown,
) => Instance) & {
  readonly className?: string;
  fromConfig?(...args: unknown[]): Instance;
};

/** @throws ValueError for an unknown identifier, and for Python code saved in a file. */
export function resolve<T extends Resolved>(family: Family<T>, identifier: unknown, options: ResolveOptions): T {
  if (typeof identifier === 'string') return fromName(family, identifier, options);
  if (typeof identifier === 'function') return fromCustom(family, identifier, options);
  if (isLambda(identifier)) throw codeRefused(family, identifier);
  if (isKerasObject(identifier)) return fromSerialized(family, asKerasObject(identifier), options);
  if (isInstance(identifier)) return fromInstance(family, identifier, options);
  throw unknownIdentifier(family, identifier);
}

function fromName<T extends Resolved>(family: Family<T>, name: string, options: ResolveOptions): T {
  const custom = findCustom(options, [name]);
  if (custom !== undefined) return fromCustom(family, custom, options, serializedFunction(name));
  const make = family.find(name, options);
  if (!make) throw unknownIdentifier(family, name);
  return make({});
}

function fromSerialized<T extends Resolved>(family: Family<T>, object: KerasObject, options: ResolveOptions): T {
  const { class_name: className, config, registered_name: registered } = object;
  if (className === 'function') return fromSerializedFunction(family, object, options);
  const custom = findCustom(options, [registered, className]);
  if (custom !== undefined) return fromCustom(family, custom, options, object);
  // A registered class of a user may have the name of a built-in and compute something else.
  const isForeign = /^(?!keras>).*>/i.test(registered ?? '');
  const make = isForeign ? undefined : family.find(className, options);
  const made = make ? make(config) : family.fallback?.(object, options);
  if (!made) throw unknownIdentifier(family, object);
  return made;
}

/** {class_name: 'function', config: 'relu' or 'package>name'}: a built-in or custom function by its name. */
function fromSerializedFunction<T extends Resolved>(
  family: Family<T>,
  object: KerasObject,
  options: ResolveOptions,
): T {
  const { config: name, registered_name: registered } = object;
  if (typeof name !== 'string') throw unknownIdentifier(family, object);
  const custom = findCustom(options, [name, registered === 'function' ? undefined : registered]);
  if (custom !== undefined) return fromCustom(family, custom, options, object);
  const make = family.find(name, options);
  if (!make) throw unknownIdentifier(family, object);
  return make({});
}

/**
 * Makes a member from a custom class, function or instance.
 * @param object its serialized form in the file. A class receives the config from it, with camelCase keys, and what is
 *   saved later keeps its module and registered name.
 */
function fromCustom<T extends Resolved>(
  family: Family<T>,
  custom: unknown,
  options: ResolveOptions,
  object?: KerasObject,
): T {
  if (typeof custom !== 'function') return resolveInstance(family, custom, options, object);
  if (!isClass(custom)) return fromFunction(family, custom as Callable, options, object);
  const config = isPlainObject(object?.config) ? camelKeys(object.config) : {};
  const { fromConfig } = custom;
  const made = fromConfig
    ? fromConfig.length > 1
      ? fromConfig.call(custom, custom, config)
      : fromConfig.call(custom, config)
    : new custom(config);
  return resolveInstance(family, made, options, object);
}

function resolveInstance<T extends Resolved>(
  family: Family<T>,
  value: unknown,
  options: ResolveOptions,
  object?: KerasObject,
): T {
  if (!isInstance(value)) throw unknownIdentifier(family, value);
  return fromInstance(family, value, options, object);
}

function fromFunction<T extends Resolved>(
  family: Family<T>,
  call: Callable,
  { customObjects = {} }: ResolveOptions,
  object?: KerasObject,
): T {
  const registered = Object.keys(customObjects).find((key) => customObjects[key] === call);
  const name = registered ?? call.name;
  const serialize = () => {
    if (object) return object as Json;
    if (name === '') {
      throw new KerasValueError(
        `Unknown ${family.kind} cannot be serialized due to invalid function name: pass a named function and name it in customObjects. Received: ${call}`,
      );
    }
    return serializedFunction(name) as Json;
  };
  return family.wrap(call, name, serialize);
}

function serializedFunction(name: string): KerasObject {
  return { module: 'builtins', class_name: 'function', config: name, registered_name: 'function' };
}

function fromInstance<T extends Resolved>(
  family: Family<T>,
  instance: Instance,
  options: ResolveOptions,
  object?: KerasObject,
): T {
  if (typeof instance.serialize === 'function') return instance as unknown as T;
  const builtIn = object ? undefined : fromTfjs(family, instance, options);
  if (builtIn) return builtIn;
  const name = object?.class_name ?? instance.getClassName?.() ?? instance.constructor.name;
  const call = ((...args: never[]) => instance.apply(...args)) as Callable;
  const serialize = () => serializeInstance(instance, name, object);
  return family.adopt?.(instance, serialize) ?? family.wrap(call, name, serialize);
}

/** The built-in that matches an instance of a tfjs-layers class; undefined if a subclass overrides `apply`. */
function fromTfjs<T extends Resolved>(family: Family<T>, instance: Instance, options: ResolveOptions): T | undefined {
  const className = instance.getClassName?.();
  if (className === undefined) return undefined;
  const registered = serialization.SerializationMap.getMap().classNameMap[className]?.[0];
  const isPlain = (registered?.prototype as unknown as Instance | undefined)?.apply === instance.apply;
  return isPlain ? family.find(className, options)?.(instance.getConfig?.()) : undefined;
}

function serializeInstance(instance: Instance, name: string, object?: KerasObject): Json {
  const own = instance.getConfig?.();
  const config = own ? (snakeKeys(own) as Json) : (object?.config ?? {});
  const registered_name = object ? (object.registered_name ?? null) : `Custom>${name}`;
  return { module: object?.module ?? null, class_name: name, config, registered_name };
}

function isInstance(value: unknown): value is Instance {
  return value !== null && typeof value === 'object' && typeof (value as Instance).apply === 'function';
}

function isClass(value: unknown): value is Class {
  const { prototype, className, fromConfig } = value as Class;
  const hasMethods = typeof (prototype as unknown as Instance | undefined)?.apply === 'function';
  return hasMethods || className !== undefined || fromConfig !== undefined || /^class\b/.test(String(value));
}

/**
 * An entry `name` is found for `package>name` too. Also compares names in camelCase: tfjs-layers converts the strings of a
 * config, registered names included.
 */
function findCustom({ customObjects = {} }: ResolveOptions, given: readonly (string | null | undefined)[]): unknown {
  const names = given.filter((name) => name != null);
  for (const name of [...names, ...names.map((name) => name.slice(name.lastIndexOf('>') + 1))]) {
    if (Object.hasOwn(customObjects, name)) return customObjects[name];
    const key = Object.keys(customObjects).find((key) => plainName(key) === plainName(name));
    if (key !== undefined) return customObjects[key];
  }
  return undefined;
}

function plainName(name: string): string {
  return name.split('>').map(toCamel).join('>');
}

/**
 * Whether a value is Python byte code: {class_name: '__lambda__', config} of Keras 3, or {value: ['4wEAAA...', ...]}.
 */
function isLambda(value: unknown): boolean {
  if (!isPlainObject(value)) return false;
  const className = value.class_name ?? value.className;
  if (className === undefined) return Array.isArray(value.value) && typeof value.value[0] === 'string';
  return className === '__lambda__' || (className === 'function' && isLambda(value.config));
}

function codeRefused<T extends Resolved>({ kind }: Family<T>, value: unknown): KerasValueError {
  return new KerasValueError(
    `The ${kind} is a Python lambda: its code cannot be run here. Save the model with a named function and pass that function in customObjects. Received: ${shorten(showValue(value))}`,
  );
}

function unknownIdentifier<T extends Resolved>({ kind, names, hint = '' }: Family<T>, value: unknown): KerasValueError {
  return new KerasValueError(
    `Could not interpret ${kind} identifier: ${shorten(showValue(value))}. Pass a custom one in customObjects. Known names: ${names.join(', ')}.${hint}`,
  );
}

function shorten(text: string): string {
  return text.length > 500 ? `${text.slice(0, 500)}...` : text;
}
