// The order of a model's layers, on which the paths in weight files rest. A loaded model keeps the order of its file.
// For any other model it is Keras's own order, which Keras computes from the graph, whatever the order in a config is.

import { type LayersModel, type layers, Sequential } from '@tensorflow/tfjs-layers';
import { modelGraph } from '../../layers/graph/modelGraph.js';

const orders = new WeakMap<LayersModel, readonly layers.Layer[]>();

/** Keeps the order in which the file of a model lists its layers. */
export function rememberOrder(model: LayersModel, order: readonly layers.Layer[]): void {
  orders.set(model, order);
}

/** The layers in the order of the model's file; in Keras's order for a model that was not loaded. */
export function layerOrder(model: LayersModel): readonly layers.Layer[] {
  return orders.get(model) ?? kerasOrder(model);
}

/**
 * The layers in Keras's order. A functional model has its input layers and raw operations among them; a Sequential
 * model goes without its input layer.
 */
export function kerasOrder(model: LayersModel): readonly layers.Layer[] {
  if (model instanceof Sequential) return model.layers.filter((layer) => !isInputLayer(layer));
  return modelGraph(model).layers;
}

/** Whether the layer is an InputLayer, a class that tfjs does not export. */
export function isInputLayer(layer: layers.Layer): boolean {
  return layer.getClassName() === 'InputLayer';
}
