// How a model.json holds the structures of inputs and outputs, beside the flat lists that TensorFlow.js reads. TensorFlow.js writes
// all keys in snake_case. Structures with keys that would not survive are written as the bytes of their JSON text.

import { isJsonArray, isJsonObject, type Json, type JsonObject } from '../../core/json.js';
import { isDeep, type Structure } from '../../core/tensorTree.js';
import { decodeText, encodeText } from '../../core/text.js';

export interface Structures {
  readonly inputs: { readonly structure: Structure };
  readonly outputs: { readonly structure: Structure };
}

/** Undefined for a model that takes and gives tensors or lists of them. */
export function writeStructures({ inputs, outputs }: Structures): Json | undefined {
  if (!isDeep(inputs.structure) && !isDeep(outputs.structure)) return undefined;
  const written = { inputs: inputs.structure, outputs: outputs.structure } as Json;
  return keepsKeys(written) ? written : [...encodeText(JSON.stringify(written))];
}

/** What `writeStructures` wrote; {} for anything else. */
export function readStructures(written: Json | undefined): JsonObject {
  if (isJsonObject(written)) return written;
  if (!isJsonArray(written) || !written.every((byte) => typeof byte === 'number')) return {};
  try {
    const read = JSON.parse(decodeText(Uint8Array.from(written))) as Json;
    return isJsonObject(read) ? read : {};
  } catch {
    return {};
  }
}

/** Whether all keys are such snake_case as comes back from the camelCase that TensorFlow.js makes of it. */
function keepsKeys(tree: Json): boolean {
  if (isJsonArray(tree)) return tree.every(keepsKeys);
  return (
    !isJsonObject(tree) ||
    Object.entries(tree).every(([key, item]) => /^[a-z][a-z0-9]*(_[a-z][a-z0-9]*)*$/.test(key) && keepsKeys(item))
  );
}
