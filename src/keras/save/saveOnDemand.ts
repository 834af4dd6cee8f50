// saveKerasModel for apps. What saves is loaded when something is first saved, so that an app which only loads does not
// carry it: bundlers that split code put whatever an entry names into what is loaded at the start.

import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { Bytes } from '../../core/bytes.js';
import { checkOptionKeys, type OptionKeys } from '../../core/optionKeys.js';
import type { SaveKerasOptions } from './saveOptions.js';

const known: OptionKeys<SaveKerasOptions> = {
  format: true,
  path: true,
  download: true,
  includeOptimizer: true,
  olderKeras: true,
  verify: true,
  onProgress: true,
  signal: true,
};

/**
 * Saves a Sequential or functional model as a file that Keras 3 loads, and gives its bytes. The model does not change.
 *
 * A kernel under LoRA is written merged, except in 'h5', which keeps the factors. Weights are float32 under every dtype
 * policy; Keras casts them.
 * Source of the formats: https://keras.io/guides/serialization_and_saving/
 *
 * @throws Error that names the layer for a layer or activation that Keras 3 has no form for; Error that names the first
 *     difference for a file that does not read back as the model, which is then not delivered; Error for a path outside of
 *     Node or a download outside of a browser; the signal's reason once the signal is aborted.
 */
export async function saveKerasModel(model: LayersModel, options: SaveKerasOptions = {}): Promise<Bytes> {
  checkOptionKeys('saveKerasModel', options, known);
  const { saveKerasModel: save } = await import('./saveKerasModel.js');
  return save(model, options);
}
