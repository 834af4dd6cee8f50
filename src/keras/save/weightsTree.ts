// Keras 3's layout of weights, model.weights.h5 and .weights.h5: `<path>/vars/0`, `<path>/vars/1`, ... for every object of the
// model, with the object's name as an attribute.
//
// A layer that stands in two models is stored at both places: Keras rebuilds it as two layers, and would leave the second
// one without values otherwise.
// Source: https://keras.io/guides/serialization_and_saving/

import type { LayersModel } from '@tensorflow/tfjs-layers';
import { kerasOrder } from '../graph/layerOrder.js';
import { statePaths } from '../weights/statePaths.js';
import { addDataset, emptyTree, groupAt, type H5Tree } from './h5Tree.js';
import { storedValues } from './readValues.js';
import type { Progress } from './saveProgress.js';

export async function weightsTree(model: LayersModel, progress: Progress): Promise<H5Tree> {
  const root = emptyTree();
  for (const { path, layer } of statePaths(model, kerasOrder, { repeated: true })) {
    const vars = groupAt(root, `${path}/vars`);
    vars.attributes.name = layer.name;
    const values = await storedValues(layer, progress);
    values.forEach((value, i) => {
      addDataset(vars, String(i), value);
    });
  }
  return root;
}
