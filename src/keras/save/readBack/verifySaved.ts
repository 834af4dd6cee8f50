// Reads what was written, as the loader does, and compares it with the model: graph, configs, shapes, and every weight
// bit by bit. The model that the file makes has its layers and no values: these stay in the file.
//
//   file -> config -> model without values -> matchModels -> pairs of layers -> weights of the file, one at a time

import { tidy } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { majorOf } from '../../../core/kerasVersion.js';
import { type NamedBytes, openSource } from '../../../formats/source/openSource.js';
import { hasAssets } from '../../../layers/base/assets.js';
import { showValue } from '../../../layers/base/kerasValueError.js';
import { optimizerState } from '../../compile/optimizerTree.js';
import { readCompilation } from '../../compile/readCompilation.js';
import { readModelSpec } from '../../config/readModelSpec.js';
import { buildModel } from '../../graph/buildModel.js';
import { disposeLayers } from '../../graph/disposeLayers.js';
import { withPlace } from '../../graph/layerError.js';
import { kerasOrder, layerOrder } from '../../graph/layerOrder.js';
import { loadInto } from '../../loadKerasModel.js';
import { type OpenedFile, openFile } from '../../openFile.js';
import type { Step } from '../../stepper.js';
import { checkAllKnown } from '../../unknownLayers.js';
import type { Assignment, WeightRules } from '../../weights/assignWeights.js';
import { loadNamed } from '../../weights/loadNamed.js';
import { fileStore, loadState } from '../../weights/loadState.js';
import { openWeights } from '../../weights/openWeights.js';
import { ownState } from '../../weights/ownState.js';
import { archivedConfig, compileConfig, isEmpty, trainingConfig } from '../compileConfig.js';
import { forOlderKeras } from '../forOlderKeras.js';
import { comparableAssets } from './comparableLayer.js';
import { customObjectsOf } from './customObjectsOf.js';
import { compareJson, differ } from './difference.js';
import { matchModels, type Pairs, type Renamed } from './matchModels.js';
import { compareWeights, type Tolerance } from './sameWeights.js';
import { storedValues } from './storedValues.js';

export interface VerifyOptions {
  /** Names that layers may have in the file instead of their own. */
  readonly renamed?: Renamed;
  readonly tolerance?: Tolerance;
  /** Whether the file was written for older versions of Keras. Default false. */
  readonly forOlderVersions?: boolean;
  /** Called with 0 to 1. May throw to stop the work. */
  readonly step?: Step;
}

const exactly: Tolerance = () => 0; // the same bits

/**
 * Compares the files of a saved model with the model.
 * @param saved The bytes of a Keras file, or the files of a tfjs model.
 * @throws Error that names the first difference, or says why the files cannot be read.
 */
export async function verifySaved(
  model: LayersModel,
  saved: Uint8Array | readonly NamedBytes[],
  options: VerifyOptions = {},
): Promise<void> {
  const file = await openSource(saved);
  const opened = openFile(file);
  const { step = () => {}, tolerance = exactly } = options;
  const rulesFor = (pairs: Pairs | null): WeightRules => ({
    kerasVersion: opened.kerasVersion,
    async take(item) {
      await compareWeights(item, pairs, tolerance);
      if (pairs && hasAssets(item.layer)) writeValues(item);
    },
  });
  if (opened.model === null) {
    if (!opened.weights) differ('weights', 'an HDF5 file', opened.format);
    return loadState(model, fileStore(opened.weights), kerasOrder, rulesFor(null), step);
  }
  const again = rebuild(model, opened);
  try {
    const pairs = matchModels(model, again, options.renamed);
    const rules = rulesFor(pairs);
    if (opened.json) await loadNamed(again, await storedValues(opened.json, file), layerOrder, rules, step);
    else await loadInto(again, await openWeights(opened, file), rules, step);
    await compareCompilation(model, opened, options.forOlderVersions ?? false);
    // The loader has read the text files by now.
    for (const [read, meant] of pairs.layers)
      compareJson(`layer '${meant.name}'`, comparableAssets(meant), comparableAssets(read));
    if (pairs.thawed.size > 0) warnOfThawed([...pairs.thawed]);
  } finally {
    disposeLayers([again]);
  }
}

function warnOfThawed(names: readonly string[]): void {
  console.warn(
    `saved model: frozen layers whose weights are trained again in the file's model, in Keras too, until \`trainable\` is ` +
      `set there: ${showValue(names)}`,
  );
}

/** What the file says of training, where it says something: optimizer, losses, metrics, and the optimizer's state. */
async function compareCompilation(model: LayersModel, opened: OpenedFile, forOlderVersions: boolean): Promise<void> {
  const read = readCompilation(opened);
  if (read === null) return;
  const isArchive = opened.format === 'keras';
  const config = (isArchive ? archivedConfig(model) : trainingConfig(model)) ?? {};
  // What nobody has compiled here is in the archive as it was, not in the form in which it is compiled.
  const isAsItWas = isArchive && isEmpty(compileConfig(model));
  const found = isAsItWas ? opened.model?.compile_config : read.config;
  compareJson('compilation', plain(forOlderVersions ? forOlderKeras(config) : config), plain(found));
  if (opened.json) return; // a model.json has no state
  const stored = read.state;
  const { entries: meant } = await optimizerState(model, forOlderVersions);
  if (meant.length !== stored.length) differ('the state of the optimizer', meant.length, stored.length);
  meant.forEach(({ name, shape, read }, i) => {
    const where = `the optimizer's '${name}'`;
    compareJson(where, [...shape], [...stored[i].shape]);
    const [own, found] = [read(), stored[i].numbers()];
    const index = own.findIndex((value, at) => !Object.is(value, found[at]));
    if (index >= 0) differ(`${where}, value ${index}`, own[index], found[index]);
  });
}

/** Without members that are undefined, which no file holds. */
function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}

/** A layer reads its text files against its values, so it needs them. */
function writeValues({ layer, values, state = ownState(layer) }: Assignment): void {
  tidy(() => state.write(values.map((value) => value.read())));
}

/** The model that the file makes, with initial values. */
function rebuild(
  model: LayersModel,
  { format, model: object, kerasVersion, rulesVersion = kerasVersion }: OpenedFile,
): LayersModel {
  if (object === null) return differ('model', model.name, null);
  const customObjects = customObjectsOf(model);
  const spec = readModelSpec(object);
  checkAllKnown(spec, customObjects, kerasVersion);
  const options = { kerasMajor: majorOf(kerasVersion), kerasVersion: rulesVersion, customObjects };
  try {
    return buildModel(spec, { ...options, repeatsWeights: format === 'hdf5', skipsInitializers: true, warn: () => {} });
  } catch (error) {
    throw withPlace(error);
  }
}
