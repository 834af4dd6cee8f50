// A call of a layer on symbolic tensors, in JavaScript: keeps the arguments that TensorFlow.js's graph drops, which are masks
// given as tensors, options such as `useCausalMask`, and `training`. Models that run by Keras's rules read them
// (run/graphPlan.ts), and files hold them.

import { type layers, SymbolicTensor } from '@tensorflow/tfjs-layers';
import { type Json, type JsonObject, keyToSnake } from '../../core/json.js';
import type { Kwargs } from '../base/layerArgs.js';
import { addInput } from './addInput.js';
import { callTemplateOf, type LayerNode, rememberCall } from './callTemplates.js';
import { maskArguments } from './maskArguments.js';

type Layer = layers.Layer;

interface TakesOptions {
  callArguments: JsonObject;
}

/** Applies the layer by `apply` and keeps the keyword arguments of the call beside its node. */
export function recordCall<T>(layer: Layer, given: Kwargs | undefined, apply: () => T): T {
  const kwargs = Object.entries(given ?? {}).map(([key, value]) => [keyToSnake(key), value] as const);
  if (kwargs.length === 0) return apply();
  const { callOptions = [] } = layer.constructor as { readonly callOptions?: readonly string[] };
  const named = kwargs.filter(([key]) => callOptions.includes(key)) as [string, Json][];
  const options = Object.fromEntries(callOptions.map((key) => [key, Object.fromEntries(named)[key] ?? false]));
  const outputs = named.length === 0 ? apply() : withOptions(layer, options, apply);
  const node = layer.inboundNodes[layer.inboundNodes.length - 1];
  const { args } = callTemplateOf(node);
  const masks = kwargs.filter(([key]) => maskArguments.has(key)).flatMap(([key, value]) => markMask(node, key, value));
  const training = kwargs.filter(([key, value]) => key === 'training' && typeof value === 'boolean') as [
    string,
    Json,
  ][];
  // TensorFlow.js tells the console of tensors among these when it writes the model; run/callConfig.ts writes them.
  const isMask = (key: string) => maskArguments.has(keyToSnake(key));
  const serializable = Object.entries(node.callArgs ?? {}).filter(([key]) => !isMask(key));
  Object.assign(node, { callArgs: Object.fromEntries(serializable) });
  rememberCall(node, {
    args,
    kwargs: Object.fromEntries([...named, ...training, ...masks]),
    options: callOptions.length > 0 && named.length > 0 ? options : undefined,
  });
  return outputs;
}

/** The output shape depends on the options: `return_attention_scores` gives a second output. */
function withOptions<T>(layer: Layer, options: JsonObject, apply: () => T): T {
  const target = layer as unknown as TakesOptions;
  const { callArguments } = target;
  target.callArguments = { ...callArguments, ...options };
  try {
    return apply();
  } finally {
    target.callArguments = callArguments;
  }
}

/** A mask argument with a mark in place of each symbolic tensor, which becomes an input of the call. */
function markMask(node: LayerNode, key: string, value: unknown): [string, Json][] {
  const mark = (item: unknown): Json => {
    if (Array.isArray(item)) return item.map(mark);
    if (!(item instanceof SymbolicTensor)) return null;
    addInput(node, item);
    return { __input__: node.inputTensors.length - 1 };
  };
  return [[key, mark(value)]];
}
