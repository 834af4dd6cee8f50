// Weights in the older layout, `model_weights` of whole-model .h5 files: a group for each layer of the model, with the
// weights of the layer and all layers within it, trainable ones first. Trainable is a weight that is so by the config
// in the file.
// Source: https://keras.io/guides/serialization_and_saving/ and files written by Keras.

import { LayersModel, type LayerVariable, type layers } from '@tensorflow/tfjs-layers';
import { KerasLayer } from '../../layers/base/kerasLayer.js';
import { KerasValueError } from '../../layers/base/kerasValueError.js';
import { isFrozenAsIntegers } from '../../layers/base/trainable.js';
import { kerasOrder } from '../graph/layerOrder.js';
import { childrenOf, ownVariables } from '../weights/ownState.js';
import { isCounted } from '../weights/statePaths.js';
import { acceptedName, acceptedNamesOf } from './acceptedNames.js';
import { addDataset, addGroup, emptyTree, type H5Tree, uniquePaths } from './h5Tree.js';
import { isTrainable } from './isTrainable.js';
import { KERAS_BACKEND, KERAS_VERSION } from './kerasVersion.js';
import { readRawValues, type WeightValue } from './readValues.js';
import type { SaveProgress } from './saveProgress.js';

type Layer = layers.Layer;

interface LegacyWeight extends WeightValue {
  readonly variable: LayerVariable;
  /** The names of the layers, then of the weight: `block/conv/kernel`. */
  readonly path: string;
  readonly isTrainable: boolean;
}

/** Reads all weights of a model into the tree of `model_weights`. */
export async function readLegacyWeightsTree(model: LayersModel, progress: SaveProgress): Promise<H5Tree> {
  const root = emptyTree();
  const counted = kerasOrder(model).filter(isCounted);
  const nameOf = acceptedNamesOf(model);
  root.attributes.layer_names = counted.map(nameOf);
  root.attributes.backend = KERAS_BACKEND;
  root.attributes.keras_version = KERAS_VERSION;
  for (const layer of counted) {
    const name = nameOf(layer);
    const weights = inLegacyOrder(await readWeightsBelow(layer, name, isTrainable(layer), progress));
    const paths = uniquePaths(weights.map(({ path }) => path));
    const group = addGroup(root, name);
    group.attributes.weight_names = paths;
    weights.forEach((weight, i) => {
      addDataset(group, paths[i], weight);
    });
  }
  addGroup(root, 'top_level_model_weights').attributes.weight_names = [];
  return root;
}

function inLegacyOrder(weights: readonly LegacyWeight[]): LegacyWeight[] {
  return [...weights.filter(({ isTrainable }) => isTrainable), ...weights.filter(({ isTrainable }) => !isTrainable)];
}

/**
 * Reads a layer's own weights (a kernel under LoRA is not trainable), then those of the layers within, in Keras's
 * order.
 * @param path The names of the layers around this one, and its own.
 * @param isAroundTrainable The flag of the outermost layer. In Keras 3, which reads the file, those in between do not
 *     count, whatever the rules of the model are here.
 */
async function readWeightsBelow(
  layer: Layer,
  path: string,
  isAroundTrainable: boolean,
  progress: SaveProgress,
): Promise<LegacyWeight[]> {
  const canTrain = isAroundTrainable && isTrainable(layer);
  checkAlpha(layer);
  const variables = ownVariables(layer);
  const own = (await readRawValues(layer, progress)).map((value, i) => ({
    ...value,
    path: `${path}/${value.name}`,
    variable: variables[i],
    isTrainable: canTrain && (variables[i].trainable || isFrozenAsIntegers(variables[i])),
  }));
  const below: LegacyWeight[] = [];
  const nameOf = layer instanceof LayersModel ? acceptedNamesOf(layer) : (child: Layer) => acceptedName(child.name);
  for (const child of layersWithin(layer))
    below.push(...(await readWeightsBelow(child, `${path}/${nameOf(child)}`, isAroundTrainable, progress)));
  // A wrapper may list a weight of the layer within it as its own: it is stored once.
  return [...own, ...below.filter(({ variable }) => !variables.includes(variable))];
}

const forgetful = new Set(['Dense', 'Embedding', 'ReversibleEmbedding']);

/** Keras 3.15 takes the rank for the alpha of these layers when it builds them, and an .h5 file holds the factors. */
function checkAlpha(layer: Layer): void {
  if (!(layer instanceof KerasLayer) || !forgetful.has(layer.getClassName())) return;
  const { lora_rank: rank, lora_alpha: alpha } = layer.getKerasConfig();
  if (rank === alpha) return;
  throw new KerasValueError(
    `Layer '${layer.name}' cannot be saved as .h5, where Keras takes its lora_rank for its lora_alpha and would predict otherwise: save it as .keras, with the factors merged into the kernel. Received: lora_rank=${rank}, lora_alpha=${alpha}`,
  );
}

function layersWithin(layer: Layer): readonly Layer[] {
  return layer instanceof LayersModel
    ? kerasOrder(layer).filter(isCounted)
    : (Object.values(childrenOf(layer)).flat() as Layer[]);
}
