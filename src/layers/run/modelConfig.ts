// What the config of a functional model has besides what TensorFlow.js writes: arguments of calls, inputs that no output depends
// on, dictionaries of inputs and outputs, and the version of Keras by whose rules the model runs.

import type { serialization } from '@tensorflow/tfjs-core';
import type { layers } from '@tensorflow/tfjs-layers';
import { everyLayerOf } from '../../tfjs/everyLayer.js';
import type { LayerNode } from '../graph/callTemplates.js';
import { type CallEntry, withArguments } from './callConfig.js';
import { type KerasRules, newestRules } from './kerasRules.js';
import { type Structures, writeStructures } from './writtenStructures.js';

type Config = serialization.ConfigDict;

/** A layer in the config that TensorFlow.js makes. */
interface LayerEntry {
  readonly name: string;
  readonly className: string;
  readonly config: Config;
  inboundNodes: CallEntry[][];
}

interface Configured {
  layers: layers.Layer[];
  readonly inputLayers: readonly layers.Layer[];
  readonly structure: Structures;
  readonly rules: KerasRules;
}

/** Adds to the config that TensorFlow.js made of the model. */
export function completeConfig(
  config: Config,
  model: Configured,
  callsOf: (layer: layers.Layer) => LayerNode[],
): Config {
  const { inputLayers, structure, rules } = model;
  const entries = config.layers as unknown as LayerEntry[];
  everyLayerOf(model).forEach((layer, i) => {
    const nodes = callsOf(layer);
    entries[i].inboundNodes = entries[i].inboundNodes.map((call, index) => withArguments(call, nodes[index]));
  });
  // TensorFlow.js leaves out the inputs that no output depends on.
  const unused = inputLayers.filter((layer) => !everyLayerOf(model).includes(layer));
  for (const layer of unused) {
    const { name } = layer;
    entries.push({ name, className: layer.getClassName(), config: layer.getConfig(), inboundNodes: [] });
  }
  if (unused.length > 0) config.inputLayers = inputLayers.map(({ name }) => [name, 0, 0]);
  // TensorFlow.js reads flat lists alone; loadKerasModel and modelFromConfig.ts read this.
  const written = writeStructures(structure);
  if (written !== undefined) config.structure = written as unknown as Config;
  return withVersion(config, rules);
}

/** The config with the version of Keras, unless its rules are those of all models that are made in JavaScript. */
export function withVersion(config: Config, { version }: KerasRules): Config {
  return version === '' || version === newestRules.version ? config : { ...config, kerasVersion: version };
}
