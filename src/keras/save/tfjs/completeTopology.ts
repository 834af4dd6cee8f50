// What tfjs leaves out of a topology and a loaded model has: whether a nested model is frozen, a subclass of Model, layers of
// the user's own classes, and inputs of dtypes that tfjs does not have. tfjs writes the config that a JavaScript class
// gives, which may hold less than the file from which the layer was loaded. So a custom layer or model keeps the config of
// its file, and its name in Python under `keras_object`.

import { LayersModel, type layers } from '@tensorflow/tfjs-layers';
import { isJsonObject, type JsonObject } from '../../../core/json.js';
import { everyLayerOf } from '../../../tfjs/everyLayer.js';
import { isInputLayer } from '../../graph/layerOrder.js';
import { originConfig, originOf } from '../../graph/origins.js';
import { isTrainable, trainsWithin } from '../isTrainable.js';
import type { LayerEntry, Topology } from './nameWeights.js';

const ownModels = new Set(['Sequential', 'Functional', 'Model']);

/** Completes the object of a model and of all layers in it. The topology lists the layers in the model's order. */
export function completeTopology(model: LayersModel, entry: LayerEntry, isFrozen = false): void {
  const topology = entry.config as Topology;
  if (isFrozen || !isTrainable(model)) entry.config.trainable = false;
  const freezesAll = isFrozen || !trainsWithin(model);
  if (!ownModels.has(originOf(model)?.class_name ?? 'Model')) keepOrigin(model, entry);
  everyLayerOf(model).forEach((layer, i) => {
    if (layer instanceof LayersModel) {
      completeTopology(layer, topology.layers[i], freezesAll);
      return;
    }
    if (!isInputLayer(layer) || isOther(originConfig(layer))) keepOrigin(layer, topology.layers[i]);
    if (freezesAll) topology.layers[i].config.trainable = false;
  });
}

/** Whether an input layer has what TensorFlow.js has no place for. */
function isOther({ dtype = 'float32', optional = false, ragged = false }: JsonObject): boolean {
  return optional === true || ragged === true || !['float32', 'int32', 'bool', 'string'].includes(dtype as string);
}

function keepOrigin(layer: layers.Layer, entry: LayerEntry): void {
  const origin = originOf(layer);
  if (!origin) return;
  const { module = null, class_name, registered_name = class_name, config } = origin;
  const { dtype, ...inFile } = isJsonObject(config) ? config : {};
  const policy = dtype === undefined ? {} : { dtype }; // tfjs takes the name of a dtype only
  Object.assign(entry, {
    config: { ...inFile, ...entry.config },
    keras_object: { module, class_name, registered_name, ...policy },
  });
}
