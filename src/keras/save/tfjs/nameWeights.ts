// Names the weights of a tfjs layers model. tfjs finds a weight by `<layer>/<weight>`, so two layers with weights must
// differ in name. In Keras, layers of different nested models may have one name: such a layer gets another name in the
// topology. So does a layer whose name Keras refuses (acceptedNames.ts).
//
// A topology mirrors the model: config.layers are model.layers, in the same order.

import { LayersModel, type layers } from '@tensorflow/tfjs-layers';
import { type NamedWeight, namedWeights } from '../../../layers/run/weightNames.js';
import { everyLayerOf } from '../../../tfjs/everyLayer.js';
import { acceptedName, acceptedNames, renamedLayers } from '../acceptedNames.js';

export interface LayerEntry {
  name?: string;
  class_name: string;
  config: { name?: string; trainable?: boolean };
  inbound_nodes?: unknown;
}

/** The parts of a serialized model that contain names of layers. */
export interface Topology {
  name: string;
  layers: LayerEntry[];
  input_layers?: unknown;
  output_layers?: unknown;
}

export interface Naming {
  readonly weights: readonly NamedWeight[];
  /** The old and new names of renamed layers. */
  readonly renamed: readonly (readonly [from: string, to: string])[];
}

/** Gives every weight its name, and renames layers in the topology where two would have one name. */
export function nameWeights(model: LayersModel, topology: Topology): Naming {
  const taken = new Set<string>();
  const weights: NamedWeight[] = [];
  const renamed = renamedLayers(model);
  acceptNames(topology);
  visit(model, topology, (layer, entry, parent) => {
    if (layer.weights.length === 0) return;
    const current = nameOf(entry) ?? layer.name;
    const name = freeName(current, parent, taken);
    if (name !== current) {
      rename(parent, entry, name);
      renamed.push([`${parent.name}/${current}`, name]);
    }
    taken.add(name);
    weights.push(...namedWeights(layer, name));
  });
  return { weights, renamed };
}

type Visit = (layer: layers.Layer, entry: LayerEntry, parent: Topology) => void;

function visit(model: LayersModel, topology: Topology, each: Visit): void {
  everyLayerOf(model).forEach((layer, i) => {
    const entry = topology.layers[i];
    if (layer instanceof LayersModel) visit(layer, entry.config as Topology, each);
    else each(layer, entry, topology);
  });
}

/** Gives every layer at any depth a name that Keras accepts. */
function acceptNames(topology: Topology): void {
  const names = acceptedNames(topology.layers.map((entry) => nameOf(entry) ?? ''));
  topology.name = acceptedName(topology.name);
  for (const entry of topology.layers) {
    const name = nameOf(entry) ?? '';
    const accepted = names.get(name) ?? name;
    if (accepted !== name) rename(topology, entry, accepted);
    if ('layers' in entry.config) acceptNames(entry.config as Topology);
  }
}

function freeName(name: string, parent: Topology, taken: ReadonlySet<string>): string {
  const isFree = (candidate: string) =>
    !taken.has(candidate) && (candidate === name || parent.layers.every((entry) => nameOf(entry) !== candidate));
  if (isFree(name)) return name;
  const stem = `${parent.name}_${name}`;
  for (let i = 1; ; i++) {
    const candidate = i === 1 ? stem : `${stem}_${i}`;
    if (isFree(candidate)) return candidate;
  }
}

function rename(parent: Topology, entry: LayerEntry, to: string): void {
  const from = nameOf(entry);
  entry.config.name = to;
  if (entry.name !== undefined) entry.name = to;
  for (const other of parent.layers) other.inbound_nodes = replaceIn(other.inbound_nodes, from, to);
  parent.input_layers = replaceIn(parent.input_layers, from, to);
  parent.output_layers = replaceIn(parent.output_layers, from, to);
}

function nameOf({ name, config }: LayerEntry): string | undefined {
  return name ?? config.name;
}

/** Renames all references to a layer: lists [name, node, tensor, ...] at any depth, also within keyword arguments. */
function replaceIn(value: unknown, from: string | undefined, to: string): unknown {
  if (Array.isArray(value)) {
    const isReference = value[0] === from && typeof value[1] === 'number' && typeof value[2] === 'number';
    const changed = value.map((item) => replaceIn(item, from, to));
    return isReference ? [to, ...changed.slice(1)] : changed;
  }
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, replaceIn(item, from, to)]));
}
