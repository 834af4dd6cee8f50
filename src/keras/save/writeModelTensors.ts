// The inputs and outputs of a functional model as its config names them: one triple [layer, call, output], a list, or the
// structure (dicts, say) that the model's file had.
//
// A nested functional model counts its calls from one here, and only here: inbound nodes count from zero.

import { LayersModel, Sequential, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import type { Json } from '../../core/json.js';
import { originOf } from '../graph/callTemplates.js';
import type { ModelGraph } from '../graph/modelGraph.js';

type Structure = Readonly<Record<string, Json>>;

/** `input_layers` or `output_layers` of a config. */
export function endsOf(model: LayersModel, which: 'inputs' | 'outputs', graph: ModelGraph): Json {
  const triples = model[which].map((tensor) => tripleOf(tensor, graph));
  const config = originOf(model)?.config as Structure | undefined;
  const structure = config?.[which === 'inputs' ? 'input_layers' : 'output_layers'];
  if (structure !== undefined && countTriples(structure) === triples.length) return fill(structure, triples.values());
  return triples.length === 1 ? triples[0] : triples;
}

function tripleOf(tensor: SymbolicTensor, graph: ModelGraph): Json {
  const { layer, call, output } = graph.placeOf(tensor);
  const first = layer instanceof LayersModel && !(layer instanceof Sequential) ? 1 : 0;
  return [layer.name, call + first, output];
}

function isTriple(value: Json): boolean {
  return Array.isArray(value) && value.length === 3 && typeof value[0] === 'string';
}

function countTriples(structure: Json): number {
  if (isTriple(structure)) return 1;
  if (structure === null || typeof structure !== 'object') return 0;
  return Object.values(structure).reduce<number>((sum, item: Json) => sum + countTriples(item), 0);
}

/** The structure with new triples, which come in the order in which Keras flattens: keys of dicts are sorted. */
function fill(structure: Json, triples: Iterator<Json>): Json {
  if (isTriple(structure)) return triples.next().value as Json;
  if (Array.isArray(structure)) return structure.map((item) => fill(item, triples));
  const dict = structure as Structure;
  const filled = new Map(
    Object.keys(dict)
      .sort()
      .map((key) => [key, fill(dict[key], triples)]),
  );
  return Object.fromEntries(Object.keys(dict).map((key) => [key, filled.get(key) as Json]));
}
