// The older layout, `model_weights` of whole-model .h5 files: one group per layer of the model with all the weights below it,
// trainable ones first. Which are trainable is what Keras will find in the config when it loads the file.
// Source: https://keras.io/guides/serialization_and_saving/ and files written by Keras.

import { LayersModel, type LayerVariable, type layers } from '@tensorflow/tfjs-layers';
import { kerasOrder } from '../graph/layerOrder.js';
import { childrenOf, ownVariables } from '../weights/ownState.js';
import { isCounted } from '../weights/statePaths.js';
import { addDataset, emptyTree, groupAt, type H5Tree, uniquePaths } from './h5Tree.js';
import { KERAS_BACKEND, KERAS_VERSION } from './kerasVersion.js';
import { rawValues, type StoredValue } from './readValues.js';
import type { Progress } from './saveProgress.js';

type Layer = layers.Layer;

interface LegacyWeight extends StoredValue {
  readonly variable: LayerVariable;
  /** Names of layers, then of the weight: `block/conv/kernel`. */
  readonly path: string;
  readonly isTrainable: boolean;
}

/** The tree of `model_weights`. */
export async function legacyWeightsTree(model: LayersModel, progress: Progress): Promise<H5Tree> {
  const root = emptyTree();
  const counted = kerasOrder(model).filter(isCounted);
  root.attributes.layer_names = counted.map(({ name }) => name);
  root.attributes.backend = KERAS_BACKEND;
  root.attributes.keras_version = KERAS_VERSION;
  for (const layer of counted) {
    const weights = inLegacyOrder(await weightsBelow(layer, '', isTrainable(model), progress));
    const paths = uniquePaths(weights.map(({ path }) => path));
    const group = groupAt(root, layer.name);
    group.attributes.weight_names = paths;
    weights.forEach((weight, i) => {
      addDataset(group, paths[i], weight);
    });
  }
  groupAt(root, 'top_level_model_weights').attributes.weight_names = [];
  return root;
}

function inLegacyOrder(weights: readonly LegacyWeight[]): LegacyWeight[] {
  return [...weights.filter(({ isTrainable }) => isTrainable), ...weights.filter(({ isTrainable }) => !isTrainable)];
}

/** Own weights first (a kernel under LoRA is not trained), then those of the layers within, in the order in which Keras holds them. */
async function weightsBelow(
  layer: Layer,
  prefix: string,
  isFree: boolean,
  progress: Progress,
): Promise<LegacyWeight[]> {
  const path = `${prefix}${layer.name}`;
  const free = isFree && isTrainable(layer);
  const variables = ownVariables(layer);
  const own = (await rawValues(layer, progress)).map((value, i) => ({
    ...value,
    path: `${path}/${value.name}`,
    variable: variables[i],
    isTrainable: free && variables[i].trainable,
  }));
  const below: LegacyWeight[] = [];
  for (const child of layersWithin(layer)) below.push(...(await weightsBelow(child, `${path}/`, free, progress)));
  // A wrapper that takes over a weight of the layer in it stores it once.
  return [...own, ...below.filter(({ variable }) => !variables.includes(variable))];
}

function layersWithin(layer: Layer): readonly Layer[] {
  return layer instanceof LayersModel
    ? kerasOrder(layer).filter(isCounted)
    : (Object.values(childrenOf(layer)).flat() as Layer[]);
}

/** The flag in the config. */
function isTrainable(layer: Layer): boolean {
  return (layer as unknown as { readonly trainable_: boolean }).trainable_;
}
