/**
 * The network that is tuned: the MobileNetV2 of the package nsfwjs (MIT), up to its last pooling. Keras trained it from
 * ImageNet's weights. The package ships its files as scripts, and its weights in 8 bits.
 */

import { loadKerasModel, type NamedBytes } from '../../../src/keras.js';
import { type KerasModel, Model } from '../../../src/layers.js';
import { umdFiles } from '../../../test/support/models/umdFiles.js';
import { fetchModelFile } from '../files.js';

const FOLDER = 'nsfwjs/dist/models/mobilenet_v2/';
const FEATURES = 'flatten_1';
/** The number of features of a picture. */
export const FEATURE_COUNT = 1280;
/** The layers that LoRA adapts: the pointwise convolutions of the last four blocks, and the one behind them. */
export const LAST_BLOCKS = /^(block_1[3-6]_(expand|project)|Conv_1)$/;

let files: Promise<readonly NamedBytes[]> | undefined;
let current: KerasModel | undefined;

/** The network as its package has it, frozen. A second call gives the same one, unless it was forgotten. */
export async function network(): Promise<KerasModel> {
  if (current) return current;
  files ??= fetchFiles();
  files.catch(() => {
    files = undefined; // the next call tries again
  });
  const whole = await loadKerasModel([...(await files)], { compile: false });
  const outputs = whole.getLayer(FEATURES).output as KerasModel['outputs'][number];
  current = new Model({ inputs: whole.inputs, outputs, name: 'mobilenet_v2' });
  current.trainable = false;
  const kept = new Set(current.layers);
  for (const layer of whole.layers) if (!kept.has(layer)) for (const weight of layer.weights) weight.dispose();
  return current;
}

/** Frees the network, once it has been changed: the next one is loaded anew. */
export function forgetNetwork(): void {
  for (const weight of current?.weights ?? []) weight.dispose();
  current = undefined;
}

async function fetchFiles(): Promise<readonly NamedBytes[]> {
  const read = umdFiles(fetchModelFile);
  const names = ['model.json', 'group1-shard1of1'];
  return Promise.all(names.map(async (name) => ({ name, bytes: await read(FOLDER + name) })));
}
