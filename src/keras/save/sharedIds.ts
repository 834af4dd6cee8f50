// Numbers for layers that stand in several places of a model: in its graph and in a wrapper, or in two wrappers. By them
// Keras knows that the copies in a `.keras` file are one layer. It cannot read such numbers within nested models ("Output
// with path `` is not connected to `inputs`"): what stands there has none, and Keras makes a layer of each copy.
// Source: https://keras.io/api/models/model_saving_apis/serialization_utils/

import type { LayersModel, layers } from '@tensorflow/tfjs-layers';
import { isInputLayer, kerasOrder } from '../graph/layerOrder.js';
import { statePaths } from '../weights/statePaths.js';

/** The numbers, from 1 on, by layer; without input layers, and without layers that stand in one place or in a nested model. */
export function sharedIdsOf(model: LayersModel): ReadonlyMap<layers.Layer, number> {
  const places = new Map<layers.Layer, string[]>();
  for (const { layer, path } of statePaths(model, kerasOrder, { repeated: true })) {
    const known = places.get(layer);
    if (known) known.push(path);
    else places.set(layer, [path]);
  }
  const isNested = (path: string) => path.split('/').filter((part) => part === 'layers').length > 1;
  const shared = [...places].filter(
    ([layer, paths]) => paths.length > 1 && !isInputLayer(layer) && !paths.some(isNested),
  );
  return new Map(shared.map(([layer], i) => [layer, i + 1]));
}
