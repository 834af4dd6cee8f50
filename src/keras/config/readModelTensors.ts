// `input_layers` and `output_layers` of a Functional model: one triple, or a list or dictionary of triples, nested as
// the user nested the tensors. Keras 3 counts the calls of a nested Functional model from 1 here, and only here.

import { isJsonArray, isJsonObject, type Json, type JsonObject } from '../../core/json.js';
import { checkFile } from '../../formats/kerasFileError.js';
import type { LayerSpec, ModelSpec, TensorRef } from './modelSpec.js';
import { oneBasedModels, zeroBased } from './readCalls.js';

type ModelTensors = Pick<ModelSpec, 'inputs' | 'outputs' | 'inputKeys'>;

/** The input and output tensors of the model of this config and name. */
export function readModelTensors(config: JsonObject, layers: readonly LayerSpec[], name: string): ModelTensors {
  const where = `model '${name}'`;
  const oneBased = layers.some(isKeras3Layer) ? functionalModels(layers) : oneBasedModels(layers);
  const read = (key: 'input_layers' | 'output_layers'): TensorRef[] => {
    const refs = flatten(config[key] ?? null, where, key);
    checkFile(refs.length > 0, where, `${key} must name at least one tensor`, { [key]: config[key] ?? null });
    return refs.map((ref) => zeroBased(ref, oneBased));
  };
  const inputs = config.input_layers;
  const inputKeys = isJsonObject(inputs) ? Object.keys(inputs).sort() : undefined;
  return { inputs: read('input_layers'), outputs: read('output_layers'), inputKeys };
}

function isKeras3Layer({ object }: LayerSpec): boolean {
  const nodes = object.inbound_nodes;
  return isJsonArray(nodes) && isJsonObject(nodes[0]);
}

function functionalModels(layers: readonly LayerSpec[]): ReadonlySet<string> {
  return new Set(layers.filter(({ model }) => model?.kind === 'Functional').map(({ name }) => name));
}

function flatten(value: Json, where: string, key: string): TensorRef[] {
  if (isJsonArray(value)) {
    const [layer, call, output] = value;
    if (typeof layer !== 'string') return value.flatMap((item) => flatten(item, where, key));
    const isSound = typeof call === 'number' && typeof output === 'number';
    checkFile(isSound, where, `${key} must hold triples of layer, call and output`, { [key]: value });
    return [{ layer, call, output }];
  }
  checkFile(isJsonObject(value), where, `${key} must be a triple, a list or a dictionary`, { [key]: value });
  return Object.keys(value)
    .sort()
    .flatMap((name) => flatten(value[name], where, key));
}
