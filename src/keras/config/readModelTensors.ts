// input_layers and output_layers of a Functional model: one triple, a list or a dictionary of them, nested as the user gave
// them. Keras 3 counts the calls of a nested Functional model from 1 here, and only here.

import { isPlainObject, type Json } from '../../core/json.js';
import { checkFile } from '../../formats/kerasFileError.js';
import type { LayerSpec, ModelSpec, TensorRef } from './modelSpec.js';
import { oneBasedModels } from './readCalls.js';

type Ends = Pick<ModelSpec, 'inputs' | 'outputs' | 'inputKeys'>;

export function readEnds(config: Readonly<Record<string, Json>>, layers: readonly LayerSpec[], name: string): Ends {
  const where = `model '${name}'`;
  const isNew = layers.some(({ object }) => isPlainObject((object.inbound_nodes as readonly Json[] | undefined)?.[0]));
  const oneBased = isNew ? functionalModels(layers) : oneBasedModels(layers);
  const read = (key: 'input_layers' | 'output_layers'): TensorRef[] => {
    const refs = flatten(config[key] ?? null, where, key);
    checkFile(refs.length > 0, where, `${key} must name at least one tensor`, { [key]: config[key] ?? null });
    return refs.map((ref) => (oneBased.has(ref.layer) && ref.call > 0 ? { ...ref, call: ref.call - 1 } : ref));
  };
  const inputs = config.input_layers;
  const inputKeys = isPlainObject(inputs) ? Object.keys(inputs).sort() : undefined;
  return { inputs: read('input_layers'), outputs: read('output_layers'), inputKeys };
}

function functionalModels(layers: readonly LayerSpec[]): ReadonlySet<string> {
  return new Set(layers.filter(({ model }) => model?.kind === 'Functional').map(({ name }) => name));
}

function flatten(value: Json, where: string, key: string): TensorRef[] {
  if (Array.isArray(value)) {
    const [layer, call, output] = value as readonly Json[];
    if (typeof layer === 'string') {
      const isSound = typeof call === 'number' && typeof output === 'number';
      checkFile(isSound, where, `${key} must hold triples of layer, call and output`, { [key]: value });
      return [{ layer, call: call as number, output: output as number }];
    }
    return (value as readonly Json[]).flatMap((item) => flatten(item, where, key));
  }
  checkFile(isPlainObject(value), where, `${key} must be a triple, a list or a dictionary`, { [key]: value });
  return Object.keys(value as object)
    .sort()
    .flatMap((name) => flatten((value as Record<string, Json>)[name], where, key));
}
