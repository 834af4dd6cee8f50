// Makes the bytes of the three kinds of files.

import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { Bytes } from '../../core/bytes.js';
import type { KerasObject } from '../../core/json.js';
import { encodeText } from '../../core/text.js';
import { writeHdf5 } from '../../formats/hdf5/writeHdf5.js';
import { withFloats } from '../../formats/json/floats.js';
import { writePythonJson } from '../../formats/json/pythonJson.js';
import { zipStored } from '../../formats/zip/zip.js';
import { addLegacyOptimizerState, addOptimizerState, optimizerState } from '../compile/optimizerTree.js';
import { RULES_VERSION } from '../fileFormat.js';
import { originOf } from '../graph/origins.js';
import { withAcceptedNames } from './acceptedNames.js';
import { trainingConfig } from './compileConfig.js';
import { forOlderKeras } from './forOlderKeras.js';
import { emptyTree } from './h5Tree.js';
import { KERAS_BACKEND, KERAS_VERSION, olderRulesOf } from './kerasVersion.js';
import { readLegacyWeightsTree } from './legacyWeightsTree.js';
import type { SaveProgress } from './saveProgress.js';
import { serializeModel } from './serializeModel.js';
import { readAssets, readWeightsTree } from './weightsTree.js';

export interface FileOptions {
  readonly includesCompilation: boolean;
  /** Whether to leave out arguments that older versions of Keras do not know, see forOlderKeras.ts. */
  readonly forOlderVersions: boolean;
  readonly progress: SaveProgress;
}

/** Makes the archive of Keras 3: metadata.json, config.json and model.weights.h5, uncompressed. */
export async function makeKerasArchive(model: LayersModel, options: FileOptions): Promise<Bytes> {
  const { includesCompilation, forOlderVersions, progress } = options;
  const object = withAcceptedNames(serializeModel(model, { form: 'keras', includesCompilation }));
  const config = configText(forOlderVersions ? forOlderKeras(object) : object, model);
  const older = olderRulesOf(model);
  const metadata = writePythonJson({
    keras_version: KERAS_VERSION,
    date_saved: timestamp(new Date()),
    ...(older === undefined ? {} : { [RULES_VERSION]: older }),
  });
  const tree = await readWeightsTree(model, progress);
  if (includesCompilation) addOptimizerState(tree, await optimizerState(model, forOlderVersions));
  const weights = writeHdf5(tree);
  return zipStored({
    'metadata.json': encodeText(metadata),
    'config.json': encodeText(config),
    'model.weights.h5': weights,
    ...readAssets(model),
  });
}

/** Makes `.weights.h5`, which is also a member of the archive. */
export async function makeWeightsFile(model: LayersModel, progress: SaveProgress): Promise<Bytes> {
  return writeHdf5(await readWeightsTree(model, progress));
}

/** Makes a whole-model .h5. */
export async function makeLegacyFile(
  model: LayersModel,
  { forOlderVersions, includesCompilation, progress }: FileOptions,
): Promise<Bytes> {
  const root = emptyTree();
  const config = withAcceptedNames(serializeModel(model, { form: 'legacy', includesCompilation: false }));
  root.attributes.keras_version = KERAS_VERSION;
  const older = olderRulesOf(model);
  if (older !== undefined) root.attributes[RULES_VERSION] = older;
  root.attributes.backend = KERAS_BACKEND;
  root.attributes.model_config = configText(forOlderVersions ? forOlderKeras(config) : config, model);
  root.groups.model_weights = await readLegacyWeightsTree(model, progress);
  const training = includesCompilation ? trainingConfig(model) : null;
  if (training) {
    const written = forOlderVersions ? forOlderKeras(training) : training;
    root.attributes.training_config = writePythonJson(withFloats(written));
    addLegacyOptimizerState(root, await optimizerState(model, forOlderVersions));
  }
  return writeHdf5(root);
}

/** The config as text. What the file of the model had as floats stays so. */
function configText(config: KerasObject, model: LayersModel): string {
  return writePythonJson(withFloats(config, originOf(model)));
}

/** Local time as Keras writes it: 2026-11-22@07:29:54 */
function timestamp(date: Date): string {
  const two = (value: number) => String(value).padStart(2, '0');
  const day = [date.getFullYear(), two(date.getMonth() + 1), two(date.getDate())].join('-');
  return `${day}@${[date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(':')}`;
}
