// `input_layers` and `output_layers` of a functional model's config: one triple [layer, call, output], a list of them,
// or the structure (a dictionary, say) that the model's file had.
//
// A nested functional model counts its calls from 1 here, and only here: inbound nodes count from 0.

import { LayersModel, Sequential, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import { isJsonArray, isJsonObject, type Json } from '../../core/json.js';

import { isBefore } from '../../core/kerasVersion.js';
import { fillStructure, isDeep } from '../../core/tensorTree.js';
import type { ModelGraph } from '../../layers/graph/modelGraph.js';
import { modelStructure, rulesVersionOf } from '../../layers/run/models.js';
import { originConfig, originOf } from '../graph/origins.js';

/** `input_layers` or `output_layers` of a model's config. */
export function writeModelTensors(model: LayersModel, which: 'inputs' | 'outputs', graph: ModelGraph): Json {
  const triples = model[which].map((tensor) => tripleOf(tensor, graph));
  const structure = modelStructure(model)?.[which].structure;
  if (structure !== undefined && isDeep(structure)) return fillStructure<Json>(structure, triples) as Json;
  const inFile = originConfig(model)[which === 'inputs' ? 'input_layers' : 'output_layers'];
  const isKept = inFile !== undefined && countTriples(inFile) === triples.length;
  if (isKept && (triples.length > 1 || !isJsonArray(inFile) || tellsLists(model))) {
    return fill(inFile, triples.values());
  }
  return triples.length === 1 ? triples[0] : triples;
}

function tripleOf(tensor: SymbolicTensor, graph: ModelGraph): Json {
  const { layer, call, output } = graph.historyOf(tensor);
  const first = layer instanceof LayersModel && !(layer instanceof Sequential) ? 1 : 0;
  return [layer.name, call + first, output];
}

/**
 * Whether a list of one tensor is a list in the file of this model. Up to Keras 3.10, in .h5 files and in tfjs files a
 * single tensor is such a list too, and Keras from 3.12 on would call the next layer of a Sequential model with a list.
 */
function tellsLists(model: LayersModel): boolean {
  const hasModule = originOf(model)?.module != null;
  return hasModule && !isBefore(rulesVersionOf(model) ?? '', 3, 12);
}

function isTriple(value: Json): boolean {
  return isJsonArray(value) && value.length === 3 && typeof value[0] === 'string';
}

function countTriples(structure: Json): number {
  if (isTriple(structure)) return 1;
  if (structure === null || typeof structure !== 'object') return 0;
  return Object.values(structure).reduce<number>((sum, item: Json) => sum + countTriples(item), 0);
}

/**
 * The structure with new triples. They come in the order in which Keras flattens: that of the sorted keys of a
 * dictionary.
 */
function fill(structure: Json, triples: Iterator<Json>): Json {
  if (isTriple(structure)) return triples.next().value;
  if (isJsonArray(structure)) return structure.map((item) => fill(item, triples));
  if (!isJsonObject(structure)) return structure;
  const filled = new Map(
    Object.keys(structure)
      .sort()
      .map((key) => [key, fill(structure[key], triples)]),
  );
  return Object.fromEntries(Object.keys(structure).map((key) => [key, filled.get(key) ?? null]));
}
