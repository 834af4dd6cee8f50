// Finds in a file how its model was compiled, and the state of the optimizer.
// Source: files written by Keras; https://keras.io/guides/serialization_and_saving/

import { isJsonObject, isKerasObject, type JsonObject, kerasObject } from '../../core/json.js';
import { majorOf } from '../../core/kerasVersion.js';
import { type H5Group, readStringList } from '../../formats/hdf5/hdf5.js';
import { parsePythonJson } from '../../formats/json/pythonJson.js';
import type { OpenedFile } from '../openFile.js';
import { numbered } from '../weights/loadState.js';
import type { FileWeights } from '../weights/openWeights.js';
import { type StoredValue, storedDataset } from '../weights/storedValue.js';
import type { Compilation } from './compileAsSaved.js';
import { fromTrainingConfig, tfjsClassOf } from './tfjsOptimizers.js';

/**
 * Null for a model that was not compiled.
 * @param opened
 * @param fileWeights of a model.json, which has the optimizer's state among them. Default: without that state.
 */
export function readCompilation(opened: OpenedFile, fileWeights?: FileWeights): Compilation | null {
  const { format, model, weights, json, kerasVersion, rulesVersion = kerasVersion } = opened;
  if (json) return readTfjs(json, opened, fileWeights?.layout === 'named' ? fileWeights.ofOptimizer : []);
  if (!weights) return null;
  if (format === 'keras') {
    const config = (model as JsonObject | null)?.compile_config;
    if (!isJsonObject(config) || Object.keys(config).length === 0) return null;
    // Keras writes {module, class_name, config, ...} in some versions, and the arguments alone in others.
    const optimizer = weights.group('optimizer');
    const vars = optimizer?.group('vars');
    const compiled = 'class_name' in config && isJsonObject(config.config) ? config.config : config;
    return {
      config: optimizer?.group('inner_optimizer') ? withLossScale(compiled, kerasVersion) : compiled,
      state: vars ? numbered(vars) : [],
      isVerbatim: majorOf(kerasVersion) > 2, // Keras 3 refuses arguments of tf.keras
      namesHaveOutputs: false,
      kerasVersion,
      rulesVersion,
    };
  }
  const text = weights.attributes.get('training_config');
  const first = Array.isArray(text) ? text[0] : text;
  if (typeof first !== 'string') return null;
  const config = parsePythonJson(first);
  if (!isJsonObject(config)) return null;
  const namesHaveOutputs = majorOf(kerasVersion) === 2;
  return { config, state: legacyState(weights), isVerbatim: false, namesHaveOutputs, kerasVersion, rulesVersion };
}

/**
 * A model.json has what `model.save()` of TensorFlow.js was compiled with beside the topology, or within it what an .h5 or the
 * model that was converted said. Of the optimizer's state it has what TensorFlow.js saved.
 */
function readTfjs(
  json: JsonObject,
  { kerasVersion, rulesVersion = kerasVersion }: OpenedFile,
  namedState: readonly StoredValue[],
): Compilation | null {
  const { trainingConfig, modelTopology } = json;
  const { training_config: inTopology } = isJsonObject(modelTopology) ? modelTopology : {};
  const given = trainingConfig ?? inTopology ?? null;
  const config = typeof given === 'string' ? parsePythonJson(given) : given;
  if (!isJsonObject(config)) return null;
  return {
    config: trainingConfig ? fromTrainingConfig(config) : config,
    state: [],
    namedState: trainingConfig ? { values: namedState, tfjsClass: tfjsClassOf(config) } : undefined,
    isVerbatim: false,
    namesHaveOutputs: majorOf(kerasVersion) === 2,
    kerasVersion,
    rulesVersion,
  };
}

/**
 * A model with the policy mixed_float16 trains with a loss scale that Keras 3 puts around the optimizer by itself. The file
 * has its state, and the optimizer within as the user gave it.
 */
function withLossScale(config: JsonObject, kerasVersion: string): JsonObject {
  const { optimizer } = config;
  const isPlain = isKerasObject(optimizer) && !optimizer.class_name.startsWith('LossScaleOptimizer');
  if (!isPlain || majorOf(kerasVersion) < 3) return config;
  const scaled = kerasObject('keras.optimizers', 'LossScaleOptimizer', { inner_optimizer: optimizer });
  return { ...config, optimizer: scaled };
}

function legacyState(root: H5Group): StoredValue[] {
  const group = root.group('optimizer_weights');
  const names = (group && readStringList(group, 'weight_names')) ?? [];
  return names.flatMap((name) => {
    const parts = name.split('/');
    const last = parts.pop() as string;
    const owner = parts.reduce<H5Group | null | undefined>((at, part) => at?.group(part), group);
    const dataset = owner?.dataset(last);
    return dataset ? [storedDataset(dataset)] : [];
  });
}
