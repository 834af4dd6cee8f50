// The graph of a functional model as Keras sees it: the calls that belong to it, the order in which Keras lists its
// layers, and the numbers by which Keras names its tensors. Aliases exist for tfjs's executor alone, so the graph
// leaves them out.
//
// The order: a depth-first walk from the outputs gives every layer the number of its first visit. The depth of a call
// is the longest path from it to an output. Layers come from the deepest to the outputs, and by number where equally
// deep.
// Source: https://keras.io/api/models/model/ (Model.layers), and files written by Keras, which the tests compare with.

import type { LayersModel, layers, SymbolicTensor } from '@tensorflow/tfjs-layers';
import { isJsonArray, isJsonObject, type Json } from '../../core/json.js';
import { withoutAlias } from '../base/tensorAlias.js';
import { type CallTemplate, callTemplateOf, isInputMark, type LayerNode } from './callTemplates.js';

type Layer = layers.Layer;

export interface ModelGraph {
  /** Input layers, layers, nested models and raw operations in Keras's order. */
  readonly layers: readonly Layer[];
  /** The calls of a layer inside of this model, in the order they were made. */
  callsOf(layer: Layer): readonly LayerNode[];
  /** What produced a tensor, as `keras_history` in a config says it. */
  historyOf(tensor: SymbolicTensor): TensorHistory;
}

export interface TensorHistory {
  readonly layer: Layer;
  /** Counts the calls of the layer inside of this model. */
  readonly call: number;
  /** Counts the outputs of that call. */
  readonly output: number;
}

/**
 * The graph of a functional model. Its outputs must be in Keras's flat order: those of a dictionary by their sorted
 * keys.
 */
export function modelGraph(model: LayersModel): ModelGraph {
  const { nodes, numbers } = visit(model.outputs);
  const { depths, nodeSet } = depthsOf(nodes);
  for (const input of model.inputs) {
    const { sourceLayer } = input;
    if (depths.has(sourceLayer)) continue; // an input that no output needs comes first among the last layers
    depths.set(sourceLayer, 0);
    numbers.set(sourceLayer, -1);
    nodeSet.add(nodeOf(input));
  }
  const rank = (layer: Layer, map: ReadonlyMap<Layer, number>) => map.get(layer) as number;
  const sorted = [...depths.keys()].sort(
    (a, b) => rank(b, depths) - rank(a, depths) || rank(a, numbers) - rank(b, numbers),
  );
  const calls = new Map(sorted.map((layer) => [layer, layer.inboundNodes.filter((node) => nodeSet.has(node))]));
  const callsOf = (layer: Layer) => calls.get(layer) ?? [];
  return {
    layers: sorted,
    callsOf,
    historyOf(tensor) {
      const real = withoutAlias(tensor);
      const layer = real.sourceLayer;
      return { layer, call: callsOf(layer).indexOf(nodeOf(real)), output: real.tensorIndex };
    },
  };
}

/** The tensors of a call in the order in which Keras visits them: positional arguments, then sorted keywords. */
export function tensorsOfCall(node: LayerNode): SymbolicTensor[] {
  const { args, kwargs } = writtenCall(node);
  return [...marksOf(args), ...marksOf(kwargs)].map((index) => withoutAlias(node.inputTensors[index]));
}

/** What a layer class may declare about its calls, see applyCall.ts. */
interface CallSignature {
  readonly inputNames?: readonly string[];
}

const recurrentClasses = new Set([
  'RNN',
  'SimpleRNN',
  'GRU',
  'LSTM',
  'ConvLSTM1D',
  'ConvLSTM2D',
  'ConvLSTM3D',
  'Bidirectional',
]);

/**
 * The call as a file writes it. tfjs calls every layer with one list of tensors; in Keras a layer with named inputs
 * takes them one by one, and a recurrent layer takes all but the first as `initial_state`. A raw operation (OpLayer) holds its
 * call itself; its class is not imported, so that models without operations do not carry their table.
 */
export function writtenCall(node: LayerNode): CallTemplate {
  const { definition } = node.outboundLayer as { readonly definition?: CallTemplate };
  if (definition && node.outboundLayer.getClassName() === 'KerasOp') return definition;
  const template = callTemplateOf(node);
  const { args, kwargs } = template;
  const marks = isJsonArray(args) ? args[0] : undefined;
  const dataCount = node.inputTensors.length - marksOf(kwargs).length;
  const isList = isJsonArray(marks) && marks.length === dataCount && marks.every(isInputMark);
  if (!isList) return template;
  const layer = node.outboundLayer;
  const { inputNames } = layer.constructor as CallSignature;
  if (inputNames) return { ...template, args: marks };
  if (!recurrentClasses.has(layer.getClassName())) return template;
  return { args: [marks[0]], kwargs: { ...(isJsonObject(kwargs) ? kwargs : {}), initial_state: marks.slice(1) } };
}

function marksOf(value: Json): number[] {
  if (isJsonArray(value)) return value.flatMap(marksOf);
  if (!isJsonObject(value)) return [];
  if (isInputMark(value)) return [value.__input__];
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return entries.flatMap(([, item]) => marksOf(item));
}

function nodeOf({ sourceLayer, nodeIndex }: SymbolicTensor): LayerNode {
  return sourceLayer.inboundNodes[nodeIndex];
}

interface Visit {
  /** Every call after the calls that it depends on. */
  readonly nodes: LayerNode[];
  /** The number of a layer's first visit. */
  readonly numbers: Map<Layer, number>;
}

function visit(outputs: readonly SymbolicTensor[]): Visit {
  const nodes: LayerNode[] = [];
  const numbers = new Map<Layer, number>();
  const seen = new Set<LayerNode>();
  const pending: (SymbolicTensor | { readonly finished: LayerNode })[] = [...outputs].reverse();
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if ('finished' in next) {
      nodes.push(next.finished);
      continue;
    }
    const tensor = withoutAlias(next);
    const node = nodeOf(tensor);
    if (seen.has(node)) continue;
    seen.add(node);
    if (!numbers.has(tensor.sourceLayer)) numbers.set(tensor.sourceLayer, numbers.size);
    pending.push({ finished: node });
    if (node.inboundLayers.length > 0) pending.push(...tensorsOfCall(node).reverse());
  }
  return { nodes, numbers };
}

function depthsOf(nodes: readonly LayerNode[]): { depths: Map<Layer, number>; nodeSet: Set<LayerNode> } {
  const nodeSet = new Set(nodes);
  const nodeDepths = new Map<LayerNode, number>();
  const depths = new Map<Layer, number>();
  for (const node of [...nodes].reverse()) {
    const layer = node.outboundLayer;
    const depth = Math.max(nodeDepths.get(node) ?? 0, depths.get(layer) ?? 0);
    depths.set(layer, depth);
    nodeDepths.set(node, depth);
    if (node.inboundLayers.length === 0) continue;
    for (const parent of tensorsOfCall(node).map(nodeOf)) {
      nodeDepths.set(parent, Math.max(depth + 1, nodeDepths.get(parent) ?? 0));
    }
  }
  return { depths, nodeSet };
}
