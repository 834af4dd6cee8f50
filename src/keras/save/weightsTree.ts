// Weights in Keras 3's layout, model.weights.h5 and .weights.h5: `<path>/vars/0`, `<path>/vars/1`, ... for every layer
// of the model, with the layer's name as an attribute.
//
// A layer of two models is stored at both paths: Keras rebuilds it as two layers, and the second would stay without
// values otherwise.
// Source: https://keras.io/guides/serialization_and_saving/

import type { LayersModel } from '@tensorflow/tfjs-layers';
import { encodeText } from '../../core/text.js';
import { hasAssets, storedNamesOf } from '../../layers/base/assets.js';
import { kerasOrder } from '../graph/layerOrder.js';
import { statePaths } from '../weights/statePaths.js';
import { acceptedName } from './acceptedNames.js';
import { addDataset, addGroup, emptyTree, type H5Tree } from './h5Tree.js';
import { readStoredValues } from './readValues.js';
import type { SaveProgress } from './saveProgress.js';

/** Reads all weights of a model into the tree of a weights file. */
export async function readWeightsTree(model: LayersModel, progress: SaveProgress): Promise<H5Tree> {
  const root = emptyTree();
  for (const { path, layer } of statePaths(model, kerasOrder, { repeated: true })) {
    const vars = addGroup(root, `${path}/vars`);
    vars.attributes.name = acceptedName(layer.name);
    const values = await readStoredValues(layer, progress);
    const names = storedNamesOf(layer);
    values.forEach((value, i) => {
      addDataset(vars, names?.[i] ?? String(i), value);
    });
  }
  return root;
}

/** The text files of all layers, by their paths in an archive. */
export function readAssets(model: LayersModel): Readonly<Record<string, Uint8Array>> {
  const files: Record<string, Uint8Array> = {};
  for (const { path, layer } of statePaths(model, kerasOrder, { repeated: true })) {
    if (!hasAssets(layer)) continue;
    for (const [name, text] of Object.entries(layer.saveAssets())) {
      files[`assets/${path}/${name}`] = encodeText(text);
    }
  }
  return files;
}
