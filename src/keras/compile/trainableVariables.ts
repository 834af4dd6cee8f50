// The trainable variables of a model in the order in which Keras's optimizers keep their state: a layer's own ones, then
// those of the layers within. Source: files written by Keras.

import type { Variable } from '@tensorflow/tfjs-core';
import { LayersModel, type layers } from '@tensorflow/tfjs-layers';
import { kerasOrder } from '../graph/layerOrder.js';
import { isTrainable, trainsWithin } from '../save/isTrainable.js';
import { childrenOf, ownVariables } from '../weights/ownState.js';
import { isCounted } from '../weights/statePaths.js';

export function trainableVariables(model: LayersModel): Variable[] {
  const found = new Set<Variable>();
  const visit = (layer: layers.Layer): void => {
    if (layer instanceof LayersModel) {
      if (layer === model ? !isTrainable(layer) : !trainsWithin(layer)) return;
    } else if (isTrainable(layer)) {
      for (const variable of ownVariables(layer)) if (variable.trainable) found.add(variable.read() as Variable);
    }
    const within = layer instanceof LayersModel ? kerasOrder(layer).filter(isCounted) : childrenOf(layer);
    for (const child of Object.values(within).flat() as layers.Layer[]) visit(child);
  };
  visit(model);
  return [...found];
}
