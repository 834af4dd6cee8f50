// Makes a functional model from a config of TensorFlow.js's form, as tf.LayersModel.fromConfig does, with what that drops:
// masks that a call was given as tensors, and dictionaries of inputs and outputs.
// Source: https://js.tensorflow.org/api/latest/#class:LayersModel and run/callConfig.ts

import { serialization } from '@tensorflow/tfjs-core';
import type { layers, SymbolicTensor } from '@tensorflow/tfjs-layers';
import { isJsonArray, type Json, type JsonObject, toSnake } from '../../core/json.js';
import { fillStructure, flattenTree, type Structure, type TensorTree } from '../../core/tensorTree.js';
import { KerasLayer } from '../base/kerasLayer.js';
import { KerasValueError, showValue } from '../base/kerasValueError.js';
import { maskArguments } from '../graph/maskArguments.js';
import { recordCall } from '../graph/recordCall.js';
import type { FunctionalArgs } from './kerasModel.js';
import { readStructures } from './writtenStructures.js';

type Layer = layers.Layer;
/** [layer, node, tensor, keyword arguments of the call]. */
type Entry = readonly [layer: string, node: number, tensor: number, kwargs?: JsonObject | null];
type Triple = readonly [layer: string, node: number, tensor: number];

interface LayerEntry {
  readonly name: string;
  readonly className: string;
  readonly config: JsonObject;
  readonly inboundNodes: readonly (readonly Entry[])[];
}

/** What getConfig() gives. */
export interface ModelConfig {
  readonly name?: string;
  readonly layers: readonly LayerEntry[];
  readonly inputLayers: readonly Triple[];
  readonly outputLayers: readonly Triple[];
  readonly structure?: Json;
  readonly kerasVersion?: string;
}

/** The tensors of the model. @throws ValueError for unknown classes and for calls of tensors that no layer makes. */
export function argsFromConfig(config: ModelConfig, customObjects = {}, isFast = false): FunctionalArgs {
  const made = new Map(config.layers.map((entry) => [entry.name, makeLayer(entry, customObjects, isFast)]));
  // TensorFlow.js writes names in masks as if they were keys.
  const layerOf = (name: string) => made.get(name) ?? [...made].find(([own]) => asTfjsReads(own) === name)?.[1];
  const find = ([name, node, tensor]: Triple): SymbolicTensor | undefined =>
    layerOf(name)?.inboundNodes[node]?.outputTensors[tensor];
  let waiting = config.layers.filter(({ inboundNodes }) => inboundNodes.length > 0);
  const done = new Map<string, number>();
  while (waiting.length > 0) {
    const before = [...done.values()].reduce((a, b) => a + b, 0);
    for (const { name, inboundNodes } of waiting) {
      let count = done.get(name) ?? 0;
      while (count < inboundNodes.length && call(made.get(name) as Layer, inboundNodes[count], find)) count++;
      done.set(name, count);
    }
    waiting = waiting.filter(({ name, inboundNodes }) => (done.get(name) ?? 0) < inboundNodes.length);
    if ([...done.values()].reduce((a, b) => a + b, 0) === before && waiting.length > 0) {
      const names = waiting.map(({ name }) => name);
      throw new KerasValueError(
        `fromConfig: these layers wait for tensors that no layer makes. Received: ${names.join()}`,
      );
    }
  }
  const { inputs, outputs } = readStructures(config.structure) as Readonly<Record<string, Structure | undefined>>;
  const given = (triples: readonly Triple[], where: string) =>
    triples.map((triple) => {
      const found = find(triple);
      if (found) return found;
      throw new KerasValueError(
        `fromConfig: ${where} must be tensors of the layers. Received: ${showValue([...triple])}`,
      );
    });
  const tree = (structure: Structure | undefined, flat: SymbolicTensor[]): TensorTree<SymbolicTensor> =>
    structure === undefined ? flat : fillStructure(withSnakeKeys(structure), flat);
  return {
    inputs: tree(inputs, given(config.inputLayers, 'inputs')),
    outputs: tree(outputs, given(config.outputLayers, 'outputs')),
    name: config.name,
  };
}

/** As TensorFlow.js writes a key of JSON when it reads it. */
function asTfjsReads(key: string): string {
  return key.replace(/_+(\w|$)/g, (_, letter: string) => letter.toUpperCase());
}

/** The layer of a class that is registered with TensorFlow.js. */
function makeLayer({ className, config }: LayerEntry, customObjects: object, isFast: boolean): Layer {
  const { classNameMap } = serialization.SerializationMap.getMap();
  const own = (customObjects as Readonly<Record<string, typeof KerasLayer>>)[className];
  const [cls, fromConfig] = classNameMap[className] ?? [];
  const Class = own ?? cls;
  const make = (own?.fromConfig ?? fromConfig) as unknown as (...args: unknown[]) => Layer;
  if (!Class)
    throw new KerasValueError(
      `Unknown layer: ${className}. It must be registered with TensorFlow.js, as installKerasLayers() does`,
    );
  const layer = make.call(Class, Class, config, customObjects, isFast);
  layer.setFastWeightInitDuringBuild(isFast);
  return layer;
}

/** Calls the layer, if all tensors of the call are there. */
function call(layer: Layer, entries: readonly Entry[], find: (triple: Triple) => SymbolicTensor | undefined): boolean {
  const inputs = entries.map(([name, node, tensor]) => find([name, node, tensor]));
  let isReady = inputs.every((input) => input !== undefined);
  const toTensors = (value: Json): unknown => {
    if (!isJsonArray(value)) return value;
    if (typeof value[0] !== 'string') return value.map(toTensors);
    const found = find(value as unknown as Triple);
    isReady &&= found !== undefined;
    return found;
  };
  const given = Object.entries(entries[0]?.[3] ?? {});
  const kwargs = Object.fromEntries(
    given.map(([key, value]) => [key, maskArguments.has(toSnake(key)) ? toTensors(value) : value]),
  );
  if (!isReady) return false;
  const tensors = inputs as SymbolicTensor[];
  const one = tensors.length === 1 ? tensors[0] : tensors;
  const isOwn = layer instanceof KerasLayer;
  const apply = () => flattenTree(layer.apply(one, isOwn ? kwargs : undefined) as TensorTree<SymbolicTensor>);
  if (isOwn) apply();
  else recordCall(layer, kwargs, apply);
  return true;
}

/** The keys as they were written: TensorFlow.js reads them in camelCase. */
function withSnakeKeys(structure: Structure): Structure {
  if (typeof structure === 'number') return structure;
  if (Array.isArray(structure)) return structure.map(withSnakeKeys);
  const entries = Object.entries(structure).map(([key, child]) => [key, withSnakeKeys(child)] as const);
  const isCamel = entries.every(([key]) => /^[a-z][a-zA-Z0-9]*$/.test(key));
  return Object.fromEntries(entries.map(([key, child]) => [isCamel ? toSnake(key) : key, child]));
}
