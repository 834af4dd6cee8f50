// `layer(x, training=False)` in a graph, as in Keras's recipe for transfer learning: the layer stays in inference mode
// while the model around it is trained. tfjs passes the model's mode to every layer, so this fixes the mode on the
// layer itself.
// Source: https://keras.io/guides/transfer_learning/

import type { layers } from '@tensorflow/tfjs-layers';
import type { CallSpec } from '../config/modelSpec.js';

/** Fixes the mode of a layer whose calls all give the same `training`. */
export function pinTraining(layer: layers.Layer, calls: readonly CallSpec[]): void {
  const modes = new Set(calls.map(({ kwargs }) => kwargs.training ?? null));
  const [mode] = modes;
  if (modes.size !== 1 || typeof mode !== 'boolean') return;
  const call = layer.call.bind(layer);
  layer.call = (inputs, kwargs) => call(inputs, { ...kwargs, training: mode });
}
