// `input_layers` and `output_layers` of a Functional model: one triple, or a list or dictionary of triples, nested as
// the user nested the tensors. Keras 3 counts the calls of a nested Functional model from 1 here, and only here.

import { isJsonArray, isJsonObject, type Json, type JsonObject } from '../../core/json.js';
import { flattenTree, type Structure, structureOf, type TensorTree } from '../../core/tensorTree.js';
import { checkFile } from '../../formats/kerasFileError.js';
import { readStructures } from '../../layers/run/writtenStructures.js';
import type { LayerSpec, ModelSpec, TensorRef } from './modelSpec.js';
import { isKeras3Call, oneBasedModels, zeroBased } from './readCalls.js';

type ModelTensors = Pick<ModelSpec, 'inputs' | 'outputs' | 'inputStructure' | 'outputStructure'>;

/** The input and output tensors of the model of this config and name. */
export function readModelTensors(config: JsonObject, layers: readonly LayerSpec[], name: string): ModelTensors {
  const where = `model '${name}'`;
  const oneBased = layers.some(isKeras3Layer) ? functionalModels(layers) : oneBasedModels(layers);
  const read = (key: 'input_layers' | 'output_layers'): Read => {
    const tree = readTree(config[key] ?? null, where, key);
    const refs = flattenTree(tree);
    checkFile(refs.length > 0, where, `${key} must name at least one tensor`, { [key]: config[key] ?? null });
    return { refs: refs.map((ref) => zeroBased(ref, oneBased)), structure: structureOf(tree) };
  };
  const inputs = read('input_layers');
  const outputs = read('output_layers');
  const own = readStructures(config.structure);
  return {
    inputs: inputs.refs,
    outputs: outputs.refs,
    inputStructure: ownStructure(own.inputs, inputs),
    outputStructure: ownStructure(own.outputs, outputs),
  };
}

interface Read {
  readonly refs: readonly TensorRef[];
  readonly structure: Structure;
}

/** A model.json lists tensors flat, for TensorFlow.js's own reader; `structure` beside the lists says how they are nested. */
function ownStructure(given: Json | undefined, { refs, structure }: Read): Structure {
  if (given === undefined) return structure;
  const isIndex = (value: unknown) => typeof value === 'number';
  const isTree = (value: Json): boolean =>
    isIndex(value) || (value !== null && typeof value === 'object' && Object.values(value).every(isTree));
  const fits = isTree(given) && flattenTree<number>(given as Structure, isIndex).every((index, i) => index === i);
  return fits && flattenTree(given as Structure, isIndex).length === refs.length ? (given as Structure) : structure;
}

function isKeras3Layer({ object }: LayerSpec): boolean {
  const nodes = object.inbound_nodes;
  return isJsonArray(nodes) && nodes.length > 0 && isKeras3Call(nodes[0]);
}

function functionalModels(layers: readonly LayerSpec[]): ReadonlySet<string> {
  return new Set(layers.filter(({ model }) => model?.kind === 'Functional').map(({ name }) => name));
}

function readTree(value: Json, where: string, key: string): TensorTree<TensorRef> {
  if (isJsonArray(value)) {
    const [layer, call, output] = value;
    if (typeof layer !== 'string') return value.map((item) => readTree(item, where, key));
    const isSound = typeof call === 'number' && typeof output === 'number';
    checkFile(isSound, where, `${key} must hold triples of layer, call and output`, { [key]: value });
    return new Ref(layer, call, output);
  }
  checkFile(isJsonObject(value), where, `${key} must be a triple, a list or a dictionary`, { [key]: value });
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, readTree(item, where, key)]));
}

/** A class of its own, so that a tree of them has leaves that differ from its dictionaries. */
class Ref implements TensorRef {
  constructor(
    readonly layer: string,
    readonly call: number,
    readonly output: number,
  ) {}
}
