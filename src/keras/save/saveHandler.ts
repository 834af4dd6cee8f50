// `model.save('keras://name.keras')`.
//
// What tfjs hands to a save handler, topology and weights, is not the model: it lacks how layers were called (keyword
// arguments, constants of raw operations), dicts of inputs and outputs, what custom layers were in their file, and it writes
// aliases as layers. So the handler must know its model: `kerasFileSaver(model)` does, and for URLs the method `save` is
// extended to make one. All other URLs and handlers go the way they went.

import { io } from '@tensorflow/tfjs-core';
import { LayersModel } from '@tensorflow/tfjs-layers';
import { check } from '../../core/errors.js';
import { nodeMajor } from '../../core/platform.js';
import { formatOf, type SaveKerasOptions, saveKerasModel } from './saveKerasModel.js';

export const KERAS_SCHEME = 'keras://';

/**
 * An IOHandler for `model.save(kerasFileSaver(model, {path: 'model.keras'}))`; in place of it
 * `saveKerasModel(model, options)` does the same.
 */
export function kerasFileSaver(model: LayersModel, options: SaveKerasOptions = {}): io.IOHandler {
  return {
    save: () => saveAs(model, options),
  };
}

async function saveAs(model: LayersModel, options: SaveKerasOptions): Promise<io.SaveResult> {
  const { length } = await saveKerasModel(model, options);
  return { modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: 'JSON', weightDataBytes: length } };
}

/**
 * Options for a `keras://` URL: the rest of it is a path in Node and the name of a download in the browser; its ending says
 * the format (.keras, .h5, .weights.h5). Null for other URLs.
 */
export function optionsOfUrl(url: unknown): SaveKerasOptions | null {
  if (typeof url !== 'string' || !url.startsWith(KERAS_SCHEME)) return null;
  const name = decodeURI(url.slice(KERAS_SCHEME.length));
  check(formatOf(name) !== undefined, 'model.save', 'a keras:// URL must end in .keras, .h5 or .weights.h5', { url });
  return nodeMajor() > 0 ? { path: name } : { download: name };
}

let isInstalled = false;

/** Makes `model.save('keras://...')` work from now on. Calling it again does nothing. */
export function installKerasSaving(): void {
  if (isInstalled) return;
  isInstalled = true;
  const save = LayersModel.prototype.save;
  LayersModel.prototype.save = async function (this: LayersModel, target, config) {
    const options = optionsOfUrl(target);
    if (!options) return save.call(this, target, config);
    return saveAs(this, { ...options, includeOptimizer: config?.includeOptimizer ?? true });
  };
  io.registerSaveRouter(withoutModel);
}

/** Whatever else saves to such a URL (a graph model, say) is told why it cannot. */
function withoutModel(url: string | string[]): io.IOHandler {
  const refusal = {
    save: () =>
      Promise.reject(
        new Error(`${KERAS_SCHEME}: only the save() of a tf.LayersModel can write Keras files; received url='${url}'`),
      ),
  };
  return typeof url === 'string' && url.startsWith(KERAS_SCHEME) ? refusal : (null as unknown as io.IOHandler);
}
