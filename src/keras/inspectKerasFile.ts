// inspectKerasFile: describes a model file without building the model.

import { configOf, isJsonObject, type Json } from '../core/json.js';
import { type H5Group, readStringList } from '../formats/hdf5/hdf5.js';
import type { KerasSource, SourceFile, SourceOptions } from '../formats/source/openSource.js';
import { getDtypePolicy } from '../layers/base/dtypePolicy.js';
import { loadNamedLayers } from './config/loadNamedLayers.js';
import type { LayerSpec, ModelSpec } from './config/modelSpec.js';
import { readModelSpec } from './config/readModelSpec.js';
import type { FileFormat } from './fileFormat.js';
import type { CustomObjects } from './graph/customObjects.js';
import { type OpenedFile, openFile } from './openFile.js';
import { reportAsFileErrors } from './reportAsFileErrors.js';
import { openKerasSource } from './storedModel.js';
import { type UnknownLayer, unknownLayers } from './unknownLayers.js';
import { legacyGroup } from './weights/loadLegacy.js';
import { readManifestGroups } from './weights/manifest.js';

/** A weight as the file stores it. */
export interface InspectedWeight {
  readonly path: string;
  readonly shape: readonly number[];
  /** The stored type: 'float32', 'bfloat16', 'uint8', ... */
  readonly dtype: string;
}

export interface InspectedLayer {
  /** The names of the models around the layer, then its own: `backbone/conv1`. */
  readonly name: string;
  readonly className: string;
  /** The serialized module; null in files of Keras 2. */
  readonly module: string | null;
  /**
   * The shape for which the layer was built, or that an input layer takes, with the batch dimension; null if unknown.
   */
  readonly inputShape: Json;
  /** Whether loadKerasModel can make the layer. */
  readonly isSupported: boolean;
  /** The name of the dtype policy: 'float32', 'int8_from_float32', ...; null if the config has none. */
  readonly dtypePolicy: string | null;
  /**
   * How Keras quantised the layer's weights: 'int8', 'int4/128', 'gptq/4/-1', ...; null if it did not. loadKerasModel
   * expands them to float32. What was integers is then frozen, as in Keras; a kernel of float8 is trained.
   */
  readonly quantization: string | null;
  readonly config: Json;
}

export interface KerasFileInfo {
  readonly format: FileFormat;
  readonly fileName: string;
  readonly bytes: number;
  readonly kerasVersion: string;
  readonly dateSaved: string | null;
  /** Null for a file of weights alone. */
  readonly modelClass: string | null;
  readonly modelName: string | null;
  /** All layers, those of a nested model after the model. */
  readonly layers: readonly InspectedLayer[];
  /** The layers that loadKerasModel would refuse, and why. */
  readonly unsupported: readonly UnknownLayer[];
  /** The model's weights without those of an optimizer. */
  readonly weights: readonly InspectedWeight[];
  /** The number of values in all weights together, as stored: two 4-bit values in a byte count once, scales count too. */
  readonly parameterCount: number;
  /** Whether the file has quantised weights, which loadKerasModel expands to float32. */
  readonly hasQuantizedWeights: boolean;
}

export interface InspectOptions extends SourceOptions {
  /** As for loadKerasModel. Layers with an entry count as supported. */
  readonly customObjects?: CustomObjects;
}

/**
 * Describes a model or weights file without building anything, so that a file that cannot be loaded can be inspected.
 * @param source As for loadKerasModel.
 * @throws KerasFileError for a file that is damaged or is no model file.
 */
export async function inspectKerasFile(source: KerasSource, options: InspectOptions = {}): Promise<KerasFileInfo> {
  const file = await openKerasSource(source, options);
  return reportAsFileErrors(file, options.signal, async () => {
    const opened = openFile(file);
    await loadNamedLayers(opened.model);
    return describe(file, opened, options);
  });
}

function describe(file: SourceFile, opened: OpenedFile, options: InspectOptions): KerasFileInfo {
  const spec = opened.model && readModelSpec(opened.model);
  const unsupported = spec ? unknownLayers(spec, options.customObjects) : [];
  const weights = weightsOf(opened);
  const layers = spec ? layersOf(spec, '', options.customObjects ?? {}) : [];
  return {
    format: opened.format,
    fileName: file.name,
    bytes: file.bytes.length,
    kerasVersion: opened.kerasVersion,
    dateSaved: opened.dateSaved ?? null,
    modelClass: spec?.object.class_name ?? null,
    modelName: spec?.name ?? null,
    layers,
    unsupported,
    weights,
    parameterCount: weights.reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0),
    hasQuantizedWeights: areExpanded(layers, weights),
  };
}

function layersOf(spec: ModelSpec, prefix: string, customObjects: CustomObjects): InspectedLayer[] {
  return spec.layers.flatMap((layer) => {
    const info = inspectLayer(layer, prefix, customObjects);
    return layer.model ? [info, ...layersOf(layer.model, `${info.name}/`, customObjects)] : [info];
  });
}

function inspectLayer(layer: LayerSpec, prefix: string, customObjects: CustomObjects): InspectedLayer {
  const { object, name } = layer;
  const config = configOf(object);
  const built = isJsonObject(object.build_config) ? object.build_config.input_shape : undefined;
  const alone: ModelSpec = {
    kind: 'Functional',
    name,
    trainable: true,
    object,
    layers: [layer],
    inputs: [],
    outputs: [],
    inputStructure: 0,
    outputStructure: 0,
  };
  return {
    name: `${prefix}${name}`,
    className: object.class_name,
    module: object.module ?? null,
    inputShape: built ?? config.batch_shape ?? config.batch_input_shape ?? null,
    isSupported: unknownLayers(alone, customObjects).length === 0,
    ...policyOf(config.dtype),
    // The config of a nested model repeats those of its layers, which follow in the list.
    config: layer.model ? null : object.config,
  };
}

/** A policy that nobody can read is told of by whoever makes the layer. */
function policyOf(dtype: Json | undefined): Pick<InspectedLayer, 'dtypePolicy' | 'quantization'> {
  if (dtype === undefined || dtype === null) return { dtypePolicy: null, quantization: null };
  try {
    const { name, quantization } = getDtypePolicy(dtype, 'inspectKerasFile');
    return { dtypePolicy: name, quantization };
  } catch {
    return { dtypePolicy: null, quantization: null };
  }
}

/** Whether loading turns stored integers into floats. Layers within attention layers have no policy in the file. */
function areExpanded(layers: readonly InspectedLayer[], weights: readonly InspectedWeight[]): boolean {
  return (
    layers.some(({ quantization }) => quantization !== null) || weights.some(({ dtype }) => /^u?int(8|16)$/.test(dtype))
  );
}

function weightsOf({ weights, json, name }: OpenedFile): InspectedWeight[] {
  if (weights) {
    const legacy = legacyGroup(weights);
    return legacy ? legacyWeights(legacy) : stateWeights(weights, '');
  }
  const manifest = json?.weightsManifest;
  if (manifest === undefined) return [];
  const entries = readManifestGroups(manifest, name).flatMap((group) => group.weights);
  const ofLayers = entries.filter(({ isOfOptimizer }) => !isOfOptimizer);
  return ofLayers.map(({ name: path, shape, dtype, quantization }) => {
    return { path, shape, dtype: quantization?.dtype ?? dtype };
  });
}

function legacyWeights(group: H5Group): InspectedWeight[] {
  return (readStringList(group, 'layer_names') ?? []).flatMap((name) => {
    const layer = group.group(name);
    const names = (layer && readStringList(layer, 'weight_names')) ?? [];
    return names.flatMap((weight) => inspectDataset(layer as H5Group, weight));
  });
}

function stateWeights(group: H5Group, path: string): InspectedWeight[] {
  return group.keys().flatMap((name) => {
    if (path === '' && name === 'optimizer') return [];
    const child = group.group(name);
    return child ? stateWeights(child, `${path}/${name}`) : inspectDataset(group, name);
  });
}

function inspectDataset(group: H5Group, name: string): InspectedWeight[] {
  const dataset = group.dataset(name);
  return dataset ? [{ path: dataset.path.replace(/^\//, ''), shape: dataset.shape, dtype: dataset.dtype }] : [];
}
