// loadKerasModel and loadKerasWeights: file -> config -> graph -> weights. A load that fails leaves nothing behind.

import { backend } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { majorOf } from '../core/kerasVersion.js';
import { checkOptionKeys, type OptionKeys } from '../core/optionKeys.js';
import { runUserCode } from '../core/userCode.js';
import { checkFile, shorten } from '../formats/kerasFileError.js';
import type { KerasSource } from '../formats/source/openSource.js';
import { withLoadLimits } from '../layers/base/loadLimits.js';
import { needsMetricClasses } from '../layers/losses/metrics.js';
import type { KerasModel } from '../layers/run/models.js';
import { readCompilation } from './compile/readCompilation.js';
import { loadNamedLayers } from './config/loadNamedLayers.js';
import { readModelSpec } from './config/readModelSpec.js';
import { buildModel, disposeUnused } from './graph/buildModel.js';
import type { CustomObjects } from './graph/customObjects.js';
import { disposeLayers } from './graph/disposeLayers.js';
import { layerOrder } from './graph/layerOrder.js';
import { openFile } from './openFile.js';
import { reportAsFileErrors } from './reportAsFileErrors.js';
import { type Step, stepper } from './stepper.js';
import { openKerasSource } from './storedModel.js';
import { checkAllKnown } from './unknownLayers.js';
import type { WeightRules } from './weights/assignWeights.js';
import { loadLegacy } from './weights/loadLegacy.js';
import { loadLimits } from './weights/loadLimits.js';
import { loadNamed } from './weights/loadNamed.js';
import { loadState } from './weights/loadState.js';
import { type FileWeights, openWeights } from './weights/openWeights.js';

const LONGEST_WARNING = 1900; // it may hold names of the file

export interface LoadOptions {
  /** Called with 0 to 1. The first half is reading the file, the second setting the weights. */
  readonly onProgress?: (fraction: number) => void;
  /** Stops the load. The promise is then rejected with the signal's reason, and no tensor is left behind. */
  readonly signal?: AbortSignal;
  /**
   * Whether every weight of the file must fit a weight of the model, and the other way round. Default true. With false,
   * a weight that does not fit is skipped with a warning and keeps its initial value.
   */
  readonly strict?: boolean;
  /**
   * The user's own classes that extend tf.layers.Layer, or functions of tensors that keep their shape, by class name,
   * registered name or layer name; and the user's own activations, initializers, regularizers and constraints as
   * functions.
   */
  readonly customObjects?: CustomObjects;
  /** Fetches URLs. Default: the global fetch. */
  readonly fetch?: typeof fetch;
  /**
   * Whether the browser keeps the files of a URL: a later load asks the server only whether they have changed, and works
   * where the server cannot be reached. Default false. `clearModelCache()` deletes what is kept.
   */
  readonly cache?: boolean;
  /**
   * Whether to compile the model as the file says, with the optimizer's state, which is read when it is first trained on.
   * Default true. What this package has no form for leaves the model uncompiled, with a warning.
   */
  readonly compile?: boolean;
  /** An argument of Keras that has no effect here: Python code in a file never runs. */
  readonly safeMode?: boolean;
  /** Called for each oddity that changes no result. Default: console.warn. */
  readonly onWarning?: (message: string) => void;
}

const ofBoth = { onProgress: true, signal: true, fetch: true, cache: true, onWarning: true } as const;
const ofLoad: OptionKeys<LoadOptions> = {
  ...ofBoth,
  strict: true,
  customObjects: true,
  compile: true,
  safeMode: true,
};
const ofLoadWeights: OptionKeys<LoadWeightsOptions> = { ...ofBoth, byName: true, skipMismatch: true };

/**
 * Loads a model that Keras saved: a `.keras` archive (Keras 3, tf.keras 2.12 to 2.15), a whole-model `.h5`, or a tfjs
 * `model.json` of Keras 2 or 3. The model computes in float32 on the current backend, can be trained, and is compiled
 * where the file says how. Inputs and outputs have the structure that the model had in Keras: one tensor, a list or a dictionary.
 * Source: https://keras.io/api/models/model_saving_apis/model_saving_and_loading/
 *
 * @param source URL, File or Blob, bytes, a list of files (`model.json` and its shards), the handle of their folder; in
 *     Node also a path of a file or folder; `indexeddb://` and `localstorage://` URLs of models that TensorFlow.js saved.
 * @throws KerasFileError for a file that is damaged or hostile, for layers of unknown classes (it names all of them),
 *     and for weights that do not fit (with layer, expected and found shape, and Keras version). No tensor is left
 *     behind.
 */
export async function loadKerasModel(source: KerasSource, options: LoadOptions = {}): Promise<KerasModel> {
  checkOptionKeys('loadKerasModel', options, ofLoad);
  const warn = once(options.onWarning ?? ((message) => console.warn(message)));
  const step = stepper(options);
  const file = await openKerasSource(source, {
    ...options,
    onProgress: (fraction) => options.onProgress?.(fraction / 2),
  });
  backend(); // without one the error is none of the file's
  return reportAsFileErrors(file, options.signal, async () => {
    const opened = openFile(file);
    const { model: object, kerasVersion, rulesVersion = kerasVersion } = opened;
    checkFile(
      object !== null,
      `'${file.name}'`,
      'the file has weights but no model; use loadKerasWeights(model, source)',
      {
        format: opened.format,
      },
    );
    await loadNamedLayers(object);
    const spec = readModelSpec(object);
    checkAllKnown(spec, options.customObjects, kerasVersion);
    const { strict = true, customObjects } = options;
    const kerasMajor = majorOf(kerasVersion);
    const written = { kerasMajor, kerasVersion: rulesVersion, repeatsWeights: opened.format === 'hdf5' };
    const weights = await openWeights(opened, file);
    const limits = loadLimits(weights, file, strict);
    const model = withLoadLimits(limits, () => {
      return buildModel(spec, { ...written, customObjects, skipsInitializers: strict, warn });
    });
    try {
      const rules: WeightRules = { kerasVersion, skipMismatch: !strict, onSkip: warn, freezesIntegers: true };
      await loadInto(model, weights, rules, (fraction) => step(0.5 + fraction / 2));
      disposeUnused(model);
      const compilation = options.compile === false ? null : readCompilation(opened, weights);
      if (needsMetricClasses(compilation?.config)) await import('../layers/metrics/metricClasses.js');
      if (compilation) {
        const { compileAsSaved } = await import('./compile/compileAsSaved.js');
        compileAsSaved(model, compilation, { customObjects, warn });
      }
    } catch (error) {
      disposeLayers([model]);
      disposeUnused(model);
      throw error;
    }
    return model as KerasModel;
  });
}

export interface LoadWeightsOptions
  extends Pick<LoadOptions, 'onProgress' | 'signal' | 'fetch' | 'cache' | 'onWarning'> {
  /**
   * Whether to pair layers by name instead of by order. Layers that the file or the model lacks are left as they are. For
   * files with names of layers (`.h5`, `model.json`). Default false.
   */
  readonly byName?: boolean;
  /**
   * Whether to skip weights that do not fit, with a warning. As in Keras, other weights of the same layer are set: all of
   * them from an `.h5` by layers' names, those before the one that does not fit from `.keras` and `.weights.h5`, and none
   * where their number differs. Default false.
   */
  readonly skipMismatch?: boolean;
}

/**
 * Loads weights into a model of the same architecture: from `.weights.h5` of Keras 3, its sharded form
 * (`.weights.json`) or a legacy `.h5` file of weights, and from the whole-model files `.keras`, `.h5` and `model.json`.
 * Source: `load_weights` in https://keras.io/api/models/model_saving_apis/weights_saving_and_loading/
 *
 * @throws KerasFileError if file and model differ. The model is unchanged then.
 */
export async function loadKerasWeights(
  model: LayersModel,
  source: KerasSource,
  options: LoadWeightsOptions = {},
): Promise<void> {
  checkOptionKeys('loadKerasWeights', options, ofLoadWeights);
  const warn = once(options.onWarning ?? ((message) => console.warn(message)));
  const step = stepper(options);
  const file = await openKerasSource(source, {
    ...options,
    onProgress: (fraction) => options.onProgress?.(fraction / 2),
  });
  backend();
  await reportAsFileErrors(file, options.signal, async () => {
    const opened = openFile(file);
    const { byName, skipMismatch } = options;
    const { kerasVersion } = opened;
    const rules = { kerasVersion, skipMismatch, onSkip: warn, byName, readsAllFirst: true };
    await loadInto(model, await openWeights(opened, file), rules, (fraction) => step(0.5 + fraction / 2));
  });
}

/** Sets the weights of a model to those of a file. */
export async function loadInto(
  model: LayersModel,
  weights: FileWeights,
  rules: WeightRules & { readonly byName?: boolean },
  step: Step,
): Promise<void> {
  switch (weights.layout) {
    case 'named':
      return loadNamed(model, weights.values, layerOrder, rules, step);
    case 'legacy':
      return loadLegacy(model, weights.group, layerOrder, rules, step);
    default:
      checkFile(!rules.byName, 'weights', 'byName is for files with names of layers (.h5)', {
        kerasVersion: rules.kerasVersion,
      });
      return loadState(model, weights.store, layerOrder, rules, step);
  }
}

/** Passes each message on once. */
function once(warn: (message: string) => void): (message: string) => void {
  const seen = new Set<string>();
  return (message) => {
    const shown = shorten(message, LONGEST_WARNING);
    if (!seen.has(shown)) runUserCode(() => warn(shown));
    seen.add(shown);
  };
}
