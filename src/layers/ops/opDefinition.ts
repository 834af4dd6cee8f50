// The definition of a raw operation (keras.ops.*) in a Functional model's file, and a test for such operations.
//
// A node of the graph holds its operands in args and kwargs. A tensor among them is {"__input__": i}, the i-th input of
// the layer that stands for the operation. Whether another parameter is in config, args or kwargs differs between
// versions of Keras.
// Source: https://keras.io/api/ops/

import { isPlainObject, type Json, type KerasObject } from '../../core/json.js';
import type { Field } from '../base/fields.js';
import { KerasValueError, showValue } from '../base/kerasValueError.js';

/** An operation as a file defines it. */
export interface OpDefinition {
  /** `keras.src.ops.numpy`, `keras.src.activations.activations`, ... */
  readonly module: string;
  readonly className: string;
  readonly registeredName: string | null;
  /** As in the file, including the name. */
  readonly config: Json;
  readonly args: Json;
  readonly kwargs: Json;
}

const opModules = /^tensorflow$|^keras(\.src)?\.(ops(\.[a-z_]+)?|activations(\.activations)?|quantizers\.quantizers)$/;

/**
 * Whether an entry of a Functional model is a raw operation of Keras. The module decides, since layers share class
 * names.
 */
export function isOp(object: KerasObject): boolean {
  const { module } = object;
  if (typeof module === 'string') return opModules.test(module);
  return module == null && isOpWithoutModule(object);
}

/** Legacy HDF5 files omit modules. There the config of every layer has `trainable`, and that of an operation never. */
function isOpWithoutModule({ config, inbound_nodes: nodes }: KerasObject): boolean {
  if (!isPlainObject(config) || 'trainable' in config || 'batch_shape' in config) return false;
  return Array.isArray(nodes) && nodes.length > 0 && nodes.every((node) => isPlainObject(node) && 'args' in node);
}

/**
 * The argument `definition`. tfjs-layers converts the strings of a config when it saves and loads, except those under
 * `name`, so there the definition is one string of JSON. Infinities (`maximum(x, -inf)`), which JSON lacks, are
 * encoded.
 */
export const definitionField: Field<OpDefinition> = {
  parse(value, { where }) {
    const given = isPlainObject(value) && typeof value.name === 'string' ? fromText(value.name, where) : value;
    if (!isDefinition(given)) {
      throw new KerasValueError(
        `${where}: \`definition\` must hold module, className, config, args and kwargs. Received: definition=${showValue(value)}`,
      );
    }
    const { module, className, registeredName = null, config, args, kwargs } = given;
    return { module, className, registeredName, config, args, kwargs };
  },
  serialize: (value) => value as unknown as Json,
  serializeTfjs: (value) => ({ name: toText(value) }),
};

function isDefinition(value: unknown): value is OpDefinition {
  if (!isPlainObject(value)) return false;
  const { module, className, config, args, kwargs } = value;
  const hasNames = typeof module === 'string' && typeof className === 'string';
  return hasNames && isPlainObject(config) && Array.isArray(args) && isPlainObject(kwargs);
}

/** The number of inputs to which the arguments refer. */
export function inputCount(json: Json): number {
  if (Array.isArray(json)) return json.reduce((most: number, item: Json) => Math.max(most, inputCount(item)), 0);
  if (!isPlainObject(json)) return 0;
  const { __input__: index } = json;
  return typeof index === 'number' ? index + 1 : inputCount(Object.values(json as Readonly<Record<string, Json>>));
}

function toText(definition: OpDefinition): string {
  return JSON.stringify(definition, (_, value: unknown) =>
    typeof value === 'number' && !Number.isFinite(value) ? { __number__: String(value) } : value,
  );
}

function fromText(text: string, where: string): unknown {
  try {
    return JSON.parse(text, (_, value: unknown) =>
      isPlainObject(value) && typeof value.__number__ === 'string' ? Number(value.__number__) : value,
    );
  } catch (error) {
    throw new KerasValueError(
      `${where}: \`definition.name\` must be JSON (${(error as Error).message}). Received: ${showValue(text.slice(0, 100))}`,
    );
  }
}
