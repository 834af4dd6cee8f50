// loadKerasModel and loadKerasWeights: file -> config -> graph -> weights, all or nothing.

import type { LayersModel } from '@tensorflow/tfjs-layers';
import { checkFile } from '../formats/kerasFileError.js';
import { type KerasSource, openSource, type SourceFile } from '../formats/source/openSource.js';
import { readModelSpec } from './config/readModelSpec.js';
import { fileOrder } from './graph/buildContext.js';
import { buildModel } from './graph/buildModel.js';
import type { CustomObjects } from './graph/customObjects.js';
import { disposeLayers } from './graph/disposeLayers.js';
import { kerasOrder } from './graph/layerOrder.js';
import { majorOf, type OpenedFile, openFile } from './openFile.js';
import { stepper } from './stepper.js';
import { checkAllKnown } from './unknownLayers.js';
import type { Step, WeightRules } from './weights/assignWeights.js';
import { legacyGroup, loadLegacy } from './weights/loadLegacy.js';
import { loadNamed, readManifest } from './weights/loadNamed.js';
import { fileStore, loadState } from './weights/loadState.js';
import { shardedStore } from './weights/openShards.js';
import type { LayerOrder } from './weights/statePaths.js';

export interface LoadOptions {
  /** Called with 0 to 1: reading the file is the first half, setting the weights the second. */
  readonly onProgress?: (fraction: number) => void;
  /** Ends the loading: the promise is rejected with the signal's reason and nothing is left behind. */
  readonly signal?: AbortSignal;
  /**
   * Default true: every weight of the file must have a place in the model and the other way round. With false what does not
   * fit is skipped, with a warning; skipped weights keep their initial values.
   */
  readonly strict?: boolean;
  /**
   * Classes that extend tf.layers.Layer, or functions of tensors that keep their shape, by class name, registered name or
   * layer name; and functions for activations, initializers, regularizers and constraints of the user's own.
   */
  readonly customObjects?: CustomObjects;
  /** For URLs, instead of the global fetch. */
  readonly fetch?: typeof fetch;
  /** Python code in files is never run, so this argument of Keras changes nothing; it is accepted for its name. */
  readonly safeMode?: boolean;
  /** Told about oddities that change no result; default: console.warn. */
  readonly onWarning?: (message: string) => void;
}

/**
 * Loads a model that Keras saved: a `.keras` archive (Keras 3, tf.keras 2.12 to 2.15), a whole-model `.h5`, or a tfjs
 * `model.json` of Keras 2 or 3. The model computes in float32 on the current backend, can be trained, and is not compiled.
 * Inputs given as a dictionary are ordered by their keys.
 * Source: https://keras.io/api/models/model_saving_apis/model_saving_and_loading/
 *
 * @param source URL, File or Blob, bytes, a list of files (`model.json` and its shards) or, in Node, a path.
 * @throws KerasFileError for files that are damaged, hostile or need classes that are not known (all are named), and for
 *     weights that do not fit, with layer, expected and found shape and Keras version. No tensor is left behind.
 */
export async function loadKerasModel(source: KerasSource, options: LoadOptions = {}): Promise<LayersModel> {
  const warn = once(options.onWarning ?? ((message) => console.warn(message)));
  const step = stepper(options);
  const file = await openSource(source, { ...options, onProgress: (fraction) => options.onProgress?.(fraction / 2) });
  const opened = openFile(file);
  const { model: object, kerasVersion } = opened;
  checkFile(
    object !== null,
    `'${file.name}'`,
    'the file has weights but no model; use loadKerasWeights(model, source)',
    {
      format: opened.format,
    },
  );
  const spec = readModelSpec(object);
  checkAllKnown(spec, options.customObjects, kerasVersion);
  const { strict = true, customObjects } = options;
  const model = buildModel(spec, { kerasMajor: majorOf(kerasVersion), customObjects, skipsInitializers: strict, warn });
  try {
    const rules: WeightRules = { kerasVersion, skipMismatch: !strict, onSkip: warn };
    await loadInto(model, file, opened, rules, (fraction) => step(0.5 + fraction / 2));
  } catch (error) {
    disposeLayers([model]);
    throw error;
  }
  return model;
}

export interface LoadWeightsOptions extends Pick<LoadOptions, 'onProgress' | 'signal' | 'fetch' | 'onWarning'> {
  /** Legacy `.h5` files only: pair layers by name instead of by their order. Default false. */
  readonly byName?: boolean;
  /** Skip, with a warning, what does not fit. Default false. */
  readonly skipMismatch?: boolean;
}

/**
 * Loads weights alone into a model of the same architecture: `.weights.h5` of Keras 3, its sharded form (`.weights.json`),
 * legacy `.h5` weight files, and the weights within `.keras`, `.h5` and `model.json`.
 * Source: `load_weights` in https://keras.io/api/models/model_saving_apis/weights_saving_and_loading/
 *
 * @throws KerasFileError where file and model differ; the model is unchanged then.
 */
export async function loadKerasWeights(
  model: LayersModel,
  source: KerasSource,
  options: LoadWeightsOptions = {},
): Promise<void> {
  const warn = options.onWarning ?? ((message: string) => console.warn(message));
  const step = stepper(options);
  const file = await openSource(source, { ...options, onProgress: (fraction) => options.onProgress?.(fraction / 2) });
  const opened = openFile(file);
  const { byName, skipMismatch } = options;
  const rules = { kerasVersion: opened.kerasVersion, skipMismatch, onSkip: warn, byName };
  await loadInto(model, file, opened, rules, (fraction) => step(0.5 + fraction / 2));
}

async function loadInto(
  model: LayersModel,
  file: SourceFile,
  { weights, json }: OpenedFile,
  rules: WeightRules & { readonly byName?: boolean },
  step: Step,
): Promise<void> {
  if (json) {
    if (json.weight_map) return loadState(model, await shardedStore(json, file), orderOf, rules, step);
    const { weightsManifest } = json;
    checkFile(
      weightsManifest !== undefined,
      `'${file.name}'`,
      'the file must have a weightsManifest or a weight_map',
      {},
    );
    return loadNamed(model, await readManifest(weightsManifest, file), orderOf, rules, step);
  }
  checkFile(weights !== null, `'${file.name}'`, 'the file must have weights');
  const legacy = legacyGroup(weights);
  return legacy
    ? loadLegacy(model, legacy, orderOf, rules, step)
    : loadState(model, fileStore(weights), orderOf, rules, step);
}

/** A loaded model's layers are in the order of its file; those of any other model are put into Keras's order. */
export const orderOf: LayerOrder = (model) => fileOrder(model) ?? kerasOrder(model);

function once(warn: (message: string) => void): (message: string) => void {
  const seen = new Set<string>();
  return (message) => {
    if (!seen.has(message)) warn(message);
    seen.add(message);
  };
}
