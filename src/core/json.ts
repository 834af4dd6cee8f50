// The types of JSON, and the form in which Keras writes an object as JSON:
//   {"module": "keras.initializers", "class_name": "Zeros", "config": {}, "registered_name": null}
// TensorFlow.js writes {className, config} with keys in camelCase. The conversions here change keys, never values.

export type Json = null | boolean | number | string | JsonArray | JsonObject;
export type JsonArray = readonly Json[];
export type JsonObject = { readonly [key: string]: Json };

/**
 * The form in which Keras writes an object. A layer in a model's config has the later members too.
 * Source: https://keras.io/api/models/model_saving_apis/serialization_utils/
 */
// A type, not an interface: TypeScript takes only a type for a JsonObject.
export type KerasObject = {
  readonly module?: string | null;
  readonly class_name: string;
  readonly config: Json;
  readonly registered_name?: string | null;
  /** The shapes for which the layer was built. */
  readonly build_config?: Json;
  /** The optimizer, loss and metrics of a compiled model. */
  readonly compile_config?: Json;
  /** The calls of a layer in a functional model. */
  readonly inbound_nodes?: Json;
  /** The layer's name in the list of a functional model; its config may lack it. */
  readonly name?: Json;
  /** The same number marks copies of one object. */
  readonly shared_object_id?: Json;
};

export type PlainObject = Readonly<Record<string, unknown>>;

/** Whether the value is an object literal or parsed JSON: no array, no tensor, no instance of a class. */
export function isPlainObject(value: unknown): value is PlainObject {
  if (value === null || typeof value !== 'object') return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype || Object.getPrototypeOf(prototype) === null;
}

/** Whether the value is a list. `Array.isArray` would make TypeScript lose the type of the items. */
export function isJsonArray(value: Json | undefined): value is JsonArray {
  return Array.isArray(value);
}

/** Whether the value is a dictionary: no list, and not null. */
export function isJsonObject(value: Json | undefined): value is JsonObject {
  return isPlainObject(value);
}

/**
 * Whether the value is Keras's {class_name, config} or TensorFlow.js's {className, config}: read it with
 * `asKerasObject`.
 */
export function isKerasObject(value: unknown): value is KerasObject {
  return isPlainObject(value) && typeof (value.class_name ?? value.className) === 'string' && 'config' in value;
}

/** The same object with Keras's own keys. The config stays as it is. */
export function asKerasObject(value: KerasObject): KerasObject {
  if (typeof value.class_name === 'string') return value;
  const { className, registeredName, ...others } = value as KerasObject & TfjsNames;
  const named = registeredName === undefined ? {} : { registered_name: registeredName };
  return { ...others, class_name: className, ...named };
}

/** The config of an object; {} if the config is no dictionary. */
export function configOf({ config }: KerasObject): JsonObject {
  return isJsonObject(config) ? config : {};
}

/** The members that TensorFlow.js names in camelCase. */
interface TfjsNames {
  readonly className: string;
  readonly registeredName?: string | null;
}

/** As Keras 3 writes an object of one's own: .h5 files have the registered name ('package>Name') for the class. */
export function customObject(object: KerasObject, config: Json): KerasObject {
  const { module = null, class_name: found, registered_name: registered = null } = asKerasObject(object);
  const name = found.slice(found.lastIndexOf('>') + 1);
  return { module, class_name: name, config, registered_name: registered ?? (name === found ? null : found) };
}

/** {module, class_name, config, registered_name} of one of Keras's own classes. */
export function kerasObject(module: string, className: string, config: Json): KerasObject {
  return { module, class_name: className, config, registered_name: null };
}

/** `kernel_size` -> `kernelSize`. A name that `toSnake` would not give back stays as it is: `beta_1`, `My_layer`. */
export function toCamel(name: string): string {
  const isSnake = /^[a-z][a-z0-9]*(_[a-z][a-z0-9]*)+$/.test(name);
  return isSnake ? name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()) : name;
}

/**
 * `kernelSize` -> `kernel_size`; class names as Keras writes them: `GlorotUniform` -> `glorot_uniform`, `L1L2` ->
 * `l1l2`.
 */
export function toSnake(name: string): string {
  if (!/^[A-Z]/.test(name)) return keyToSnake(name);
  return name
    .replace(/\W+/g, '')
    .replace(/(.)([A-Z][a-z]+)/g, '$1_$2')
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .toLowerCase();
}

/** `useCausalMask` -> `use_causal_mask`. Names that are not in camelCase stay as they are. */
export function keyToSnake(key: string): string {
  const isCamel = /^[a-z][A-Za-z0-9]*$/.test(key);
  return isCamel ? key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`) : key;
}

/** Writes every key at any depth in snake_case. Leaves values alone, and instances of classes such as tensors. */
export function snakeKeys(value: JsonObject): Record<string, Json>;
export function snakeKeys(value: Json): Json;
export function snakeKeys(value: PlainObject): Record<string, unknown>;
export function snakeKeys(value: unknown): unknown;
export function snakeKeys(value: unknown): unknown {
  return mapKeys(value, keyToSnake);
}

/** Writes every key at any depth in camelCase. Leaves values alone, and instances of classes such as tensors. */
export function camelKeys(value: JsonObject): Record<string, Json>;
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
