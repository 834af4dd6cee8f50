// Keras's own order of a model's layers, on which the paths in weight files rest: Keras computes it from the graph, whatever
// the order in a config is.

import { type LayersModel, type layers, Sequential } from '@tensorflow/tfjs-layers';
import { modelGraph } from './modelGraph.js';

/**
 * The layers of a model as Keras lists them. Functional: input layers and raw operations included. Sequential: without the
 * input layer.
 */
export function kerasOrder(model: LayersModel): readonly layers.Layer[] {
  if (model instanceof Sequential) return model.layers.filter((layer) => !isInputLayer(layer));
  return modelGraph(model).layers;
}

/** tfjs does not export the class. */
export function isInputLayer(layer: layers.Layer): boolean {
  return layer.getClassName() === 'InputLayer';
}
