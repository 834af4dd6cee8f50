// A call of a layer as its config's `inbound_nodes` holds it:
//   {"args": [<tensor>, 3.0], "kwargs": {"mask": null}}, with <tensor> = {"class_name": "__keras_tensor__", "config": {...}}
// Source: https://keras.io/guides/serialization_and_saving/

import type { layers, SymbolicTensor } from '@tensorflow/tfjs-layers';
import type { Json } from '../../core/json.js';
import { OpLayer } from '../../layers/ops/opLayer.js';
import { type CallTemplate, isInputMark, type LayerNode } from '../graph/callTemplates.js';
import { type ModelGraph, writtenCall } from '../graph/modelGraph.js';
import { withoutEllipsis } from './withoutEllipsis.js';

export interface CallNames {
  readonly isLegacy: boolean;
  readonly graph: ModelGraph;
  readonly dtypeOf: (tensor: SymbolicTensor) => string;
}

/** `inbound_nodes` of a layer: one entry per call inside of the model, none for input layers. */
export function inboundNodes(layer: layers.Layer, names: CallNames): Json {
  const calls = names.graph.callsOf(layer).filter((node) => node.inboundLayers.length > 0);
  return calls.map((node) => {
    const { args, kwargs } = names.isLegacy ? legacyCall(node) : writtenCall(node);
    return { args: fill(args, node, names), kwargs: fill(kwargs, node, names) };
  });
}

function legacyCall(node: LayerNode): CallTemplate {
  const call = writtenCall(node);
  const layer = node.outboundLayer;
  if (!(layer instanceof OpLayer) || layer.definition.class_name !== 'GetItem') return call;
  const [x, index, ...others] = call.args as readonly Json[];
  const { rank } = node.inputTensors[0];
  return index === undefined ? call : { ...call, args: [x, withoutEllipsis(index, rank), ...others] };
}

function fill(value: Json, node: LayerNode, names: CallNames): Json {
  if (Array.isArray(value)) return value.map((item) => fill(item, node, names));
  if (value === null || typeof value !== 'object') return value;
  if (isInputMark(value)) return kerasTensor(node.inputTensors[value.__input__], names);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, fill(item, node, names)]));
}

function kerasTensor(tensor: SymbolicTensor, { graph, dtypeOf }: CallNames): Json {
  const { layer, call, output } = graph.placeOf(tensor);
  return {
    class_name: '__keras_tensor__',
    config: { shape: tensor.shape, dtype: dtypeOf(tensor), keras_history: [layer.name, call, output] },
  };
}
