// Frees the weights of layers: those of a model that could not be finished, and, by model.dispose(), those of a loaded
// one.

import type { Variable } from '@tensorflow/tfjs-core';
import { LayersModel, type layers } from '@tensorflow/tfjs-layers';
import { everyLayerOf } from '../../tfjs/everyLayer.js';
import { childrenOf, ownVariables } from '../weights/ownState.js';

/** Frees the weights of these layers and of the layers within them, whether or not they were ever called. */
export function disposeLayers(list: readonly layers.Layer[]): void {
  for (const layer of list) {
    if (layer instanceof LayersModel) disposeLayers(everyLayerOf(layer));
    for (const weight of ownVariables(layer)) {
      // A LayerVariable does not say whether it is disposed of; the variable in it does.
      const { val } = weight as unknown as { val: Variable };
      if (!val.isDisposed) val.dispose();
    }
    disposeLayers(Object.values(childrenOf(layer)).flat() as layers.Layer[]);
  }
}

interface Counted {
  _refCount: number | null;
}

/**
 * Makes `model.dispose()` free everything. tfjs counts a layer's calls and takes off one for each model that holds it,
 * so a layer called twice would outlive its model. This sets the count of each layer to the number of models that hold
 * it.
 */
export function ownLayers(model: LayersModel): void {
  const counts = new Map<layers.Layer, number>();
  const visit = (container: LayersModel): void => {
    const { internalContainerRefs } = container as unknown as { internalContainerRefs: LayersModel[] };
    for (const layer of [...everyLayerOf(container), ...internalContainerRefs]) {
      const count = counts.get(layer) ?? 0;
      counts.set(layer, count + 1);
      if (count === 0 && layer instanceof LayersModel) visit(layer);
    }
  };
  visit(model);
  for (const [layer, count] of counts) (layer as unknown as Counted)._refCount = count;
}
