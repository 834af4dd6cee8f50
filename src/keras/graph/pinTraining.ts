// `layer(x, training=False)` in a graph, as in Keras's recipe for transfer learning: the layer stays in inference mode while
// the model around it is trained. tfjs hands the mode of the model to every layer, so it is fixed on the layer itself.
// Source: https://keras.io/guides/transfer_learning/

import type { layers } from '@tensorflow/tfjs-layers';
import type { CallSpec } from '../config/modelSpec.js';

export function pinTraining(layer: layers.Layer, calls: readonly CallSpec[]): void {
  const modes = new Set(calls.map(({ kwargs }) => kwargs.training ?? null));
  const [mode] = modes;
  if (modes.size !== 1 || typeof mode !== 'boolean') return;
  const call = layer.call.bind(layer);
  layer.call = (inputs, kwargs) => call(inputs, { ...kwargs, training: mode });
}
