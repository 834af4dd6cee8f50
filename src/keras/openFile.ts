// A file -> what is in it: the model's config, where its weights are, and the Keras that wrote it. Shared by loading,
// inspecting and loading weights alone.

import { messageOf } from '../core/errors.js';
import { asKerasObject, isKerasObject, isPlainObject, type Json, type KerasObject } from '../core/json.js';
import { type H5Group, openHdf5 } from '../formats/hdf5/hdf5.js';
import { parsePythonJson } from '../formats/json/pythonJson.js';
import { checkFile, fileError } from '../formats/kerasFileError.js';
import type { SourceFile } from '../formats/source/sourceTypes.js';
import { openZip } from '../formats/zip/zip.js';
import { type FileFormat, formatOf } from './fileFormat.js';

export interface OpenedFile {
  readonly format: FileFormat;
  readonly name: string;
  /** As the file says; 'unknown' where it does not. */
  readonly kerasVersion: string;
  /** When the file was saved, in Keras's spelling. */
  readonly dateSaved?: string;
  /** The serialized model; null in a file of weights alone. */
  readonly model: KerasObject | null;
  /** Root of the HDF5 file that has the weights. */
  readonly weights: H5Group | null;
  /** Of a JSON file: the whole of it. */
  readonly json: Readonly<Record<string, Json>> | null;
}

const CONFIG = 'config.json';
const WEIGHTS = 'model.weights.h5';

/** @throws KerasFileError where the container is damaged. */
export function openFile({ bytes, name }: SourceFile): OpenedFile {
  const format = formatOf(bytes, name);
  if (format === 'keras') return openArchive(bytes, name);
  return format === 'hdf5' ? openH5(bytes, name) : openJson(bytes, name);
}

/** 2 for tf.keras and tfjs, whose `hard_sigmoid` is not Keras 3's; 3 for all later and unknown ones. */
export function majorOf(kerasVersion: string): 2 | 3 {
  return /^(2\.|1|tfjs)/.test(kerasVersion) ? 2 : 3;
}

function openArchive(bytes: Uint8Array, name: string): OpenedFile {
  const zip = openZip(bytes);
  checkFile(zip.has(CONFIG), `'${name}'`, `a .keras archive must hold ${CONFIG}`, { members: zip.names });
  const model = modelObject(json(zip.read(CONFIG), CONFIG), CONFIG);
  const metadata = zip.has('metadata.json') ? json(zip.read('metadata.json'), 'metadata.json') : {};
  const { keras_version: version, date_saved: dateSaved } = isPlainObject(metadata) ? metadata : {};
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
    dateSaved: typeof dateSaved === 'string' ? dateSaved : undefined,
    model,
    weights: openHdf5(zip.read(WEIGHTS)),
    json: null,
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
    // Keras 1 wrote no version into its files; state files of Keras 3 have none either, but then no layer names.
    kerasVersion: text('keras_version') ?? (root.attributes.has('layer_names') ? '1' : 'unknown'),
    model: config === undefined ? null : modelObject(parsePythonJson(config), 'model_config'),
    weights: root,
    json: null,
  };
}

function openJson(bytes: Uint8Array, name: string): OpenedFile {
  const whole = json(bytes, name);
  checkFile(isPlainObject(whole), `'${name}'`, 'the file must hold a JSON object', {});
  const file = whole as Record<string, Json>;
  const topology = file.modelTopology ?? null;
  if (topology === null)
    return { format: 'json', name, kerasVersion: 'unknown', model: null, weights: null, json: file };
  checkFile(isPlainObject(topology), `'${name}'`, 'modelTopology must be an object', { modelTopology: topology });
  const { model_config: inner, keras_version: version } = topology as Record<string, Json>;
  const config = typeof inner === 'string' ? parsePythonJson(inner) : (inner ?? topology);
  const isGraph = file.format === 'graph-model' || 'node' in (topology as object);
  checkFile(!isGraph, `'${name}'`, 'this is a graph model: load it with tf.loadGraphModel', {
    format: file.format ?? null,
  });
  return {
    format: 'json',
    name,
    kerasVersion: typeof version === 'string' ? version : 'unknown',
    model: modelObject(config, 'modelTopology'),
    weights: null,
    json: file,
  };
}

function json(bytes: Uint8Array, name: string): Json {
  try {
    return parsePythonJson(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (error) {
    throw fileError(`'${name}'`, `the file must be JSON: ${messageOf(error)}`, {}, error);
  }
}

function modelObject(value: Json, where: string): KerasObject {
  checkFile(isKerasObject(value), where, 'the model must have class_name and config', {
    keys: isPlainObject(value) ? Object.keys(value) : value,
  });
  return asKerasObject(value);
}
