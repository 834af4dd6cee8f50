// Makes `model.save('keras://name.keras')` work.
//
// tfjs passes a topology and weights to a save handler, which is less than the model: keyword arguments of calls,
// constants of raw operations, dictionaries of inputs and outputs and the file form of custom layers are missing, and
// aliases look like layers. So the handler must know its model. `kerasFileSaver(model)` gets it, and for `keras://`
// URLs this file extends the method `save`. All other URLs and handlers work as before.

import { io } from '@tensorflow/tfjs-core';
import { LayersModel } from '@tensorflow/tfjs-layers';
import { check } from '../../core/errors.js';
import { nodeMajor } from '../../core/platform.js';
import { formatOfName } from './formatOfName.js';
import { saveKerasModel } from './saveOnDemand.js';
import type { SaveKerasOptions } from './saveOptions.js';

const KERAS_SCHEME = 'keras://';

/**
 * Makes an IOHandler for code that expects one: `model.save(kerasFileSaver(model, {path: 'model.keras'}))` does what
 * `saveKerasModel(model, {path: 'model.keras'})` does.
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
 * Options for a `keras://` URL; null for other URLs. The rest of the URL is a path in Node and the name of a download
 * in the browser. Its ending gives the format (.keras, .h5, .weights.h5).
 */
function optionsOfUrl(url: unknown): SaveKerasOptions | null {
  if (typeof url !== 'string' || !url.startsWith(KERAS_SCHEME)) return null;
  const name = decoded(url.slice(KERAS_SCHEME.length));
  check(formatOfName(name) !== undefined, 'model.save', 'a keras:// URL must end in .keras, .h5 or .weights.h5', {
    url,
  });
  return nodeMajor() > 0 ? { path: name } : { download: name };
}

/** A path may have a `%` that is none of a URL's. */
function decoded(name: string): string {
  try {
    return decodeURI(name);
  } catch {
    return name;
  }
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
  io.registerSaveRouter(refuseOthers);
}

/** A save router that refuses what is no layers model, such as a graph model, with a message. */
function refuseOthers(url: string | string[]): io.IOHandler {
  const refusal = {
    save: () =>
      Promise.reject(
        new Error(`${KERAS_SCHEME}: only the save() of a tf.LayersModel can write Keras files; received url='${url}'`),
      ),
  };
  return typeof url === 'string' && url.startsWith(KERAS_SCHEME) ? refusal : (null as unknown as io.IOHandler);
}
