// The three kinds of files, as bytes.

import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { KerasObject } from '../../core/json.js';
import { writeHdf5 } from '../../formats/hdf5/writeHdf5.js';
import { writePythonJson } from '../../formats/json/pythonJson.js';
import { zipStored } from '../../formats/zip/zip.js';
import { forOlderKeras } from './forOlderKeras.js';
import { emptyTree } from './h5Tree.js';
import { KERAS_BACKEND, KERAS_VERSION } from './kerasVersion.js';
import { legacyWeightsTree } from './legacyWeightsTree.js';
import type { Progress } from './saveProgress.js';
import { serializeModel } from './serializeModel.js';
import { weightsTree } from './weightsTree.js';

export interface FileOptions {
  readonly includesCompilation: boolean;
  /** Whether to leave out what Keras versions before the newest do not know, see olderKeras.ts. */
  readonly forOlderVersions: boolean;
  readonly progress: Progress;
}

/** The archive of Keras 3: metadata.json, config.json, model.weights.h5, all stored. */
export async function kerasArchive(model: LayersModel, options: FileOptions): Promise<Uint8Array> {
  const { includesCompilation, forOlderVersions, progress } = options;
  const object = serializeModel(model, { form: 'keras', includesCompilation });
  const config = configText(forOlderVersions ? forOlderKeras(object) : object);
  const metadata = writePythonJson({ keras_version: KERAS_VERSION, date_saved: timestamp(new Date()) });
  const weights = await weightsFile(model, progress);
  const encoder = new TextEncoder();
  return zipStored({
    'metadata.json': encoder.encode(metadata),
    'config.json': encoder.encode(config),
    'model.weights.h5': weights,
  });
}

/** `.weights.h5`, and a member of the archive. */
export async function weightsFile(model: LayersModel, progress: Progress): Promise<Uint8Array> {
  return writeHdf5(await weightsTree(model, progress));
}

/** The older format: config and weights in one HDF5 file. Without training_config, which Keras 3 itself cannot read back. */
export async function legacyFile(model: LayersModel, { forOlderVersions, progress }: FileOptions): Promise<Uint8Array> {
  const root = emptyTree();
  const config = serializeModel(model, { form: 'legacy', includesCompilation: false });
  root.attributes.keras_version = KERAS_VERSION;
  root.attributes.backend = KERAS_BACKEND;
  root.attributes.model_config = writePythonJson(forOlderVersions ? forOlderKeras(config) : config);
  root.groups.model_weights = await legacyWeightsTree(model, progress);
  return writeHdf5(root);
}

/** JavaScript has one kind of number; Keras refuses some of an optimizer's unless they are written as floats. */
function configText(config: KerasObject): string {
  return writePythonJson(config).replace(/("(?:learning_rate|momentum)": \d+)(?=[,}])/g, '$1.0');
}

/** 2026-11-22@07:29:54, local time. */
function timestamp(date: Date): string {
  const two = (value: number) => String(value).padStart(2, '0');
  const day = [date.getFullYear(), two(date.getMonth() + 1), two(date.getDate())].join('-');
  return `${day}@${[date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(':')}`;
}
