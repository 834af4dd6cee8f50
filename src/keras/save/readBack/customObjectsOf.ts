// What has to be known to read a saved model: the user's own classes and functions in it.

import { LayersModel, type layers } from '@tensorflow/tfjs-layers';
import { isKnownLayer } from '../../../layers/registry.js';
import { everyLayerOf } from '../../../tfjs/everyLayer.js';
import { type CustomObjects, customObjectsGivenTo } from '../../graph/customObjects.js';
import { originOf } from '../../graph/origins.js';
import { childrenOf } from '../../weights/ownState.js';

/** The custom objects with which the layers were loaded, and the classes of those made in JavaScript. */
export function customObjectsOf(model: LayersModel): CustomObjects {
  const found: Record<string, unknown> = {};
  const seen = new Set<layers.Layer>();
  const visit = (layer: layers.Layer): void => {
    if (seen.has(layer)) return;
    seen.add(layer);
    Object.assign(found, customObjectsGivenTo(layer));
    const name = layer.getClassName();
    const isCustom =
      !(layer instanceof LayersModel) && !originOf(layer) && !isKnownLayer(name) && name !== 'InputLayer';
    if (isCustom) found[name] = layer.constructor;
    const within =
      layer instanceof LayersModel ? everyLayerOf(layer) : (Object.values(childrenOf(layer)).flat() as layers.Layer[]);
    within.forEach(visit);
  };
  visit(model);
  return found;
}
