// Taking back layers of a model that could not be finished.

import type { Variable } from '@tensorflow/tfjs-core';
import { LayersModel, type layers } from '@tensorflow/tfjs-layers';
import { childrenOf, ownVariables } from '../weights/state.js';

/** Frees the weights of these layers and of those that they hold, whether or not they were ever called. */
export function disposeLayers(list: readonly layers.Layer[]): void {
  for (const layer of list) {
    if (layer instanceof LayersModel) disposeLayers(layer.layers);
    for (const weight of ownVariables(layer)) {
      // A LayerVariable cannot be asked whether it is still there; the tensor in it can.
      const { val } = weight as unknown as { val: Variable };
      if (!val.isDisposed) val.dispose();
    }
    disposeLayers(Object.values(childrenOf(layer)).flat() as layers.Layer[]);
  }
}
