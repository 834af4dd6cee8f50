// Writes the calls of a layer as `inbound_nodes` of its config:
//   {"args": [<tensor>, 3.0], "kwargs": {"mask": null}}, with <tensor> = {"class_name": "__keras_tensor__", "config": {...}}
// Source: https://keras.io/guides/serialization_and_saving/

import type { layers, SymbolicTensor } from '@tensorflow/tfjs-layers';
import { isJsonArray, isJsonObject, type Json } from '../../core/json.js';
import { KerasValueError } from '../../layers/base/kerasValueError.js';
import { type CallTemplate, isInputMark, type LayerNode } from '../../layers/graph/callTemplates.js';
import { type ModelGraph, writtenCall } from '../../layers/graph/modelGraph.js';
import { OpLayer } from '../../layers/ops/opLayer.js';
import { callWithoutEllipsis } from './withoutEllipsis.js';

export interface CallContext {
  readonly isLegacy: boolean;
  readonly graph: ModelGraph;
  readonly dtypeOf: (tensor: SymbolicTensor) => string;
}

/** `inbound_nodes` of a layer: an entry for each call inside of the model, none for an input layer. */
export function inboundNodes(layer: layers.Layer, context: CallContext): Json {
  const calls = context.graph.callsOf(layer).filter((node) => node.inboundLayers.length > 0);
  return calls.map((node) => {
    const { args, kwargs } = byPosition(context.isLegacy ? legacyCall(node) : writtenCall(node));
    return { args: fill(args, node, context), kwargs: fill(withoutConstants(kwargs, layer.name), node, context) };
  });
}

/** The call with the masks that stood by position in their places. */
function byPosition(call: CallTemplate): CallTemplate {
  const { args, kwargs, byPosition: { first, names } = {} } = call;
  if (!names || !isJsonArray(args) || !isJsonObject(kwargs)) return call;
  const before = Array.from({ length: first as number }, (_, i) => args[i] ?? null);
  const others = Object.fromEntries(Object.entries(kwargs).filter(([name]) => !names.includes(name)));
  return { args: [...before, ...names.map((name) => kwargs[name] ?? null)], kwargs: others };
}

/** tf.keras writes the constants of a recurrent layer, none among them. Keras 3 has no such argument, and refuses its name. */
function withoutConstants(kwargs: Json, name: string): Json {
  if (!isJsonObject(kwargs) || !('constants' in kwargs)) return kwargs;
  const { constants, ...others } = kwargs;
  if (constants === null) return others;
  throw new KerasValueError(
    `layer '${name}': Keras 3 has no constants of recurrent layers; received constants in a call`,
  );
}

function legacyCall(node: LayerNode): CallTemplate {
  const call = writtenCall(node);
  const layer = node.outboundLayer;
  if (!(layer instanceof OpLayer) || layer.definition.class_name !== 'GetItem') return call;
  return { ...call, ...callWithoutEllipsis(call, node.inputTensors[0].shape.length) };
}

function fill(value: Json, node: LayerNode, context: CallContext): Json {
  if (isJsonArray(value)) return value.map((item) => fill(item, node, context));
  if (!isJsonObject(value)) return value;
  if (isInputMark(value)) return kerasTensor(node.inputTensors[value.__input__], context);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, fill(item, node, context)]));
}

function kerasTensor(tensor: SymbolicTensor, { graph, dtypeOf }: CallContext): Json {
  const { layer, call, output } = graph.historyOf(tensor);
  return {
    class_name: '__keras_tensor__',
    config: { shape: tensor.shape, dtype: dtypeOf(tensor), keras_history: [layer.name, call, output] },
  };
}
