// What JSON can hold, and the form in which Keras writes an object into it:
//   {"module": "keras.initializers", "class_name": "Zeros", "config": {}, "registered_name": null}
// TensorFlow.js writes {className, config} with keys in camelCase; the conversions here change keys, never values.

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** What Keras writes for an object: https://keras.io/api/models/model_saving_apis/serialization_utils/ */
export interface KerasObject {
  readonly module?: string | null;
  readonly class_name: string;
  readonly config: Json;
  readonly registered_name?: string | null;
  readonly [more: string]: Json | undefined;
}

export type PlainObject = Readonly<Record<string, unknown>>;

/** An object literal or parsed JSON: no array, no tensor, no instance of a class. */
export function isPlainObject(value: unknown): value is PlainObject {
  if (value === null || typeof value !== 'object') return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype || Object.getPrototypeOf(prototype) === null;
}

/** True for Keras's {class_name, config} and for the {className, config} of TensorFlow.js: read it with `asKerasObject`. */
export function isKerasObject(value: unknown): value is KerasObject {
  return isPlainObject(value) && typeof (value.class_name ?? value.className) === 'string' && 'config' in value;
}

/** The same object with Keras's own keys; the config is left as it is. */
export function asKerasObject(value: KerasObject): KerasObject {
  if (typeof value.class_name === 'string') return value;
  const { className, registeredName, ...others } = value as PlainObject;
  const named = registeredName === undefined ? {} : { registered_name: registeredName as string | null };
  return { ...others, class_name: className as string, config: value.config, ...named };
}

/** {module, class_name, config, registered_name} of one of Keras's own classes. */
export function kerasObject(module: string, className: string, config: Json): { readonly [key: string]: Json } {
  return { module, class_name: className, config, registered_name: null };
}

/** `kernel_size` -> `kernelSize`. Only names that `toSnake` gives back: `beta_1` and `My_layer` stay as they are. */
export function toCamel(name: string): string {
  const isSnake = /^[a-z][a-z0-9]*(_[a-z][a-z0-9]*)+$/.test(name);
  return isSnake ? name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()) : name;
}

/** `kernelSize` -> `kernel_size`, and class names as Keras does: `GlorotUniform` -> `glorot_uniform`, `L1L2` -> `l1l2`. */
export function toSnake(name: string): string {
  if (!/^[A-Z]/.test(name)) return keyToSnake(name);
  return name
    .replace(/\W+/g, '')
    .replace(/(.)([A-Z][a-z]+)/g, '$1_$2')
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .toLowerCase();
}

function keyToSnake(key: string): string {
  const isCamel = /^[a-z][A-Za-z0-9]*$/.test(key);
  return isCamel ? key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`) : key;
}

/** Every key at any depth in snake_case. Values, and instances of classes such as tensors, are left alone. */
export function snakeKeys(value: Readonly<Record<string, Json>>): Record<string, Json>;
export function snakeKeys(value: Json): Json;
export function snakeKeys(value: PlainObject): Record<string, unknown>;
export function snakeKeys(value: unknown): unknown;
export function snakeKeys(value: unknown): unknown {
  return mapKeys(value, keyToSnake);
}

/** Every key at any depth in camelCase. Values, and instances of classes such as tensors, are left alone. */
export function camelKeys(value: Readonly<Record<string, Json>>): Record<string, Json>;
export function camelKeys(value: Json): Json;
export function camelKeys(value: PlainObject): Record<string, unknown>;
export function camelKeys(value: unknown): unknown;
export function camelKeys(value: unknown): unknown {
  return mapKeys(value, toCamel);
}

function mapKeys(value: unknown, rename: (key: string) => string): unknown {
  if (Array.isArray(value)) return value.map((item) => mapKeys(item, rename));
  if (!isPlainObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [rename(key), mapKeys(item, rename)]));
}
