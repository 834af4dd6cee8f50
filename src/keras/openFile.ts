// Opens a model file of any format and gives its parts: the model's config, the weights, and the version of Keras.
// Loading a model, loading weights and inspecting begin here.

import { messageOf } from '../core/errors.js';
import {
  asKerasObject,
  isJsonObject,
  isKerasObject,
  type Json,
  type JsonObject,
  type KerasObject,
} from '../core/json.js';
import { decodeText } from '../core/text.js';
import { type H5Group, openHdf5 } from '../formats/hdf5/hdf5.js';
import { parsePythonJson } from '../formats/json/pythonJson.js';
import { checkFile, fileError } from '../formats/kerasFileError.js';
import type { SourceFile } from '../formats/source/sourceTypes.js';
import { openZip } from '../formats/zip/zip.js';
import { type FileFormat, fileFormatOf, RULES_VERSION } from './fileFormat.js';

export interface OpenedFile {
  readonly format: FileFormat;
  readonly name: string;
  /** The version that the file names; 'unknown' if it names none. */
  readonly kerasVersion: string;
  /**
   * The version by whose rules the model runs, where it is not `kerasVersion`: a model of Keras 3 that was converted to a
   * model.json has layers in the spelling of Keras 2, and one of an older Keras that was saved here has the newest.
   */
  readonly rulesVersion?: string;
  /** The time of saving in Keras's spelling. */
  readonly dateSaved?: string;
  /** The serialized model; null for a file of weights alone. */
  readonly model: KerasObject | null;
  /** The root of the HDF5 file with the weights; null for a JSON file. */
  readonly weights: H5Group | null;
  /** The whole content of a JSON file; null for other formats. */
  readonly json: JsonObject | null;
  /** The text files beside the weights, by their paths in the archive; null for other formats. */
  readonly assets: AssetReader | null;
}

/** Gives the text of a file in the archive's folder `assets`, or null if there is none. */
export type AssetReader = (path: string) => string | null;

const CONFIG = 'config.json';
const WEIGHTS = 'model.weights.h5';

/** @throws KerasFileError for a file that is damaged or lacks a part of its format. */
export function openFile({ bytes, name }: SourceFile): OpenedFile {
  const format = fileFormatOf(bytes, name);
  if (format === 'keras') return openArchive(bytes, name);
  return format === 'hdf5' ? openH5(bytes, name) : openJson(bytes, name);
}

function openArchive(bytes: Uint8Array, name: string): OpenedFile {
  const zip = openZip(bytes);
  checkFile(zip.has(CONFIG), `'${name}'`, `a .keras archive must hold ${CONFIG}`, { members: zip.names });
  const model = modelObject(json(zip.read(CONFIG), CONFIG), CONFIG);
  const metadata = zip.has('metadata.json') ? json(zip.read('metadata.json'), 'metadata.json') : {};
  const facts = isJsonObject(metadata) ? metadata : {};
  const { keras_version: version, date_saved: dateSaved, [RULES_VERSION]: rulesVersion } = facts;
  const npz = zip.names.find((member) => member.endsWith('.weights.npz'));
  checkFile(
    zip.has(WEIGHTS),
    `'${name}'`,
    `a .keras archive must hold ${WEIGHTS}${npz ? '; .npz weights are pickles, which Keras itself refuses' : ''}`,
    {
      members: zip.names,
    },
  );
  return {
    format: 'keras',
    name,
    kerasVersion: typeof version === 'string' ? version : 'unknown',
    rulesVersion: typeof rulesVersion === 'string' ? rulesVersion : undefined,
    dateSaved: typeof dateSaved === 'string' ? dateSaved : undefined,
    model,
    weights: openHdf5(zip.read(WEIGHTS)),
    json: null,
    assets: (path) => (zip.has(`assets/${path}`) ? text(zip.read(`assets/${path}`), path) : null),
  };
}

function openH5(bytes: Uint8Array, name: string): OpenedFile {
  const root = openHdf5(bytes);
  const text = (key: string): string | undefined => {
    const value = root.attributes.get(key) ?? root.group('model_weights')?.attributes.get(key);
    const first = Array.isArray(value) ? value[0] : value;
    return typeof first === 'string' ? first : undefined;
  };
  const config = text('model_config');
  return {
    format: 'hdf5',
    name,
    // Files of Keras 1 have no version but a list of layer names; weight files of Keras 3 have neither.
    rulesVersion: text(RULES_VERSION),
    kerasVersion: text('keras_version') ?? (root.attributes.has('layer_names') ? '1' : 'unknown'),
    model: config === undefined ? null : modelObject(parsePythonJson(config), 'model_config'),
    weights: root,
    json: null,
    assets: null,
  };
}

function openJson(bytes: Uint8Array, name: string): OpenedFile {
  const file = json(bytes, name);
  checkFile(isJsonObject(file), `'${name}'`, 'the file must hold a JSON object', {});
  const topology = file.modelTopology ?? null;
  if (topology === null)
    return { format: 'json', name, kerasVersion: 'unknown', model: null, weights: null, json: file, assets: null };
  checkFile(isJsonObject(topology), `'${name}'`, 'modelTopology must be an object', { modelTopology: topology });
  const { model_config: inner, keras_version: version } = topology;
  const config = typeof inner === 'string' ? parsePythonJson(inner) : (inner ?? topology);
  const { keras_version: rulesVersion } = isJsonObject(file.userDefinedMetadata) ? file.userDefinedMetadata : {};
  const isGraph = file.format === 'graph-model' || 'node' in topology;
  checkFile(!isGraph, `'${name}'`, 'this is a graph model: load it with tf.loadGraphModel', {
    format: file.format ?? null,
  });
  return {
    format: 'json',
    name,
    kerasVersion: typeof version === 'string' ? version : 'unknown',
    rulesVersion: typeof rulesVersion === 'string' ? rulesVersion : undefined,
    model: modelObject(config, 'modelTopology'),
    weights: null,
    json: file,
    assets: null,
  };
}

function text(bytes: Uint8Array, name: string): string {
  try {
    return decodeText(bytes, { fatal: true, ignoreBOM: true });
  } catch (error) {
    throw fileError(`'${name}'`, `the file must be UTF-8: ${messageOf(error)}`, {}, error);
  }
}

function json(bytes: Uint8Array, name: string): Json {
  try {
    return parsePythonJson(decodeText(bytes, { fatal: true }));
  } catch (error) {
    throw fileError(`'${name}'`, `the file must be JSON: ${messageOf(error)}`, {}, error);
  }
}

function modelObject(value: Json, where: string): KerasObject {
  checkFile(isKerasObject(value), where, 'the model must have class_name and config', {
    keys: isJsonObject(value) ? Object.keys(value) : value,
  });
  return asKerasObject(value);
}
