// Every layer and every operation. Who imports this carries all of them: installKerasLayers(), and what saves files.

import { serialization } from '@tensorflow/tfjs-core';
import type { KerasLayerClass } from './base/kerasLayer.js';
import { useOps } from './ops/opLibrary.js';
import { operations } from './ops/opTable.js';
import { featureSpaceLayers } from './preprocessing/lookup/featureSpace.js';
import { rareLayers } from './rareLayers.js';
import { addLayers, commonLayers, knownLayers, useRegistry } from './registry.js';
import { installModels } from './run/installedModels.js';

/** All layers of Keras. */
export const kerasLayerClasses: readonly KerasLayerClass[] = [...new Set([...commonLayers, ...rareLayers])];

/** Makes all layers and operations known to the registry. */
export function useAllLayers(): void {
  addLayers([...rareLayers, ...featureSpaceLayers]);
  useOps(operations);
}

/**
 * Registers the layers of this package with TensorFlow.js in place of its own. Afterwards `tf.loadLayersModel` supports
 * grouped and dilated convolutions, Keras 3's arguments and the layers that tfjs-layers lacks, and the models that it gives
 * run and train by Keras's rules: masks, states, options of calls, keys of inputs and outputs. The rules are those of the
 * version that the model.json names, if this package wrote it, else those of Keras 3.15. The factories `tf.layers.*` do not
 * change. Calling it again has no effect.
 */
export function installKerasLayers(): void {
  useAllLayers();
  useRegistry();
  for (const cls of knownLayers()) serialization.registerClass(cls as never);
  installModels();
}
