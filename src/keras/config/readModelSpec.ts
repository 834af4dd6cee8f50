// Reads a model's config, as Keras 1 to 3 or TensorFlow.js write it, into a ModelSpec.

import type { Json, JsonObject, KerasObject } from '../../core/json.js';
import { configOf, isJsonArray, isJsonObject, isKerasObject } from '../../core/json.js';
import { checkFile } from '../../formats/kerasFileError.js';
import type { LayerSpec, ModelSpec } from './modelSpec.js';
import { objectKind } from './objectKind.js';
import { readCalls } from './readCalls.js';
import { readModelTensors } from './readModelTensors.js';
import { isTfOp, translateTfOp } from './tfOps.js';

const MAX_DEPTH = 32; // models within models

/**
 * @param depth How many models lie around this one.
 * @throws KerasFileError for a config that is none of a model.
 */
export function readModelSpec(given: KerasObject, depth = 0): ModelSpec {
  const object = withNameInPython(given);
  checkFile(depth < MAX_DEPTH, 'model config', `models must not be nested deeper than ${MAX_DEPTH}`);
  return object.class_name === 'Sequential' ? sequential(object, depth) : functional(object, depth);
}

function sequential(object: KerasObject, depth: number): ModelSpec {
  // Keras before 2.1 wrote the list of layers alone.
  const config = isJsonArray(object.config) ? { layers: object.config } : asConfig(object.config, 'Sequential');
  const name = typeof config.name === 'string' ? config.name : 'sequential';
  const layers = readLayers(config.layers, name, depth);
  const first = layers[0]?.object;
  const { batch_input_shape, batch_shape } = first ? configOf(first) : {};
  const inputShape = batch_input_shape ?? batch_shape ?? config.build_input_shape;
  return {
    kind: 'Sequential',
    name,
    trainable: config.trainable !== false,
    object,
    layers,
    inputs: [],
    outputs: [],
    inputStructure: 0,
    outputStructure: 0,
    inputShape: isShape(inputShape) ? inputShape : undefined,
  };
}

function functional(object: KerasObject, depth: number): ModelSpec {
  const config = asConfig(object.config, object.class_name);
  const name = typeof config.name === 'string' ? config.name : 'functional';
  const layers = readLayers(config.layers, name, depth);
  return {
    kind: 'Functional',
    name,
    trainable: config.trainable !== false,
    object,
    layers,
    ...readModelTensors(config, layers, name),
  };
}

function readLayers(value: Json | undefined, modelName: string, depth: number): LayerSpec[] {
  const where = `model '${modelName}'`;
  checkFile(isJsonArray(value), where, 'the config must have a list of layers', { layers: value ?? null });
  const objects = value.map((item) => {
    checkFile(isKerasObject(item), where, 'a layer must have class_name and config', { layer: item });
    return withNameInPython(item);
  });
  const bare = objects.map((item): LayerSpec => {
    const kind = objectKind(item);
    const model = kind === 'model' ? readModelSpec(item, depth + 1) : undefined;
    return { name: layerName(item, where), kind, object: item, model, calls: [] };
  });
  checkNames(
    bare,
    where,
    objects.some((item) => 'inbound_nodes' in item),
  );
  return bare.map((layer, i) => {
    const called = { ...layer, calls: readCalls(objects[i], bare, where) };
    return isTfOp(layer.object) ? translateTfOp(called) : called;
  });
}

/** A layer or model of the user's own class, which a tfjs file names by its class in JavaScript (save/tfjs/completeTopology.ts). */
function withNameInPython(item: KerasObject): KerasObject {
  const { keras_object: head } = item as JsonObject;
  if (!isJsonObject(head) || typeof head.class_name !== 'string') return item;
  const { module, class_name, registered_name, dtype } = head;
  const textOf = (value: Json | undefined) => (typeof value === 'string' ? value : null);
  const config = dtype !== undefined && isJsonObject(item.config) ? { ...item.config, dtype } : item.config;
  return { ...item, class_name, config, module: textOf(module), registered_name: textOf(registered_name) };
}

function layerName(item: KerasObject, where: string): string {
  const name =
    item.name ?? configOf(item).name ?? (objectKind(item) === 'model' ? item.class_name.toLowerCase() : undefined);
  checkFile(typeof name === 'string', where, 'a layer must have a name', { layer: item.class_name });
  return name;
}

/** Layers of a graph must have different names. A Sequential model may list one layer twice: it is shared. */
function checkNames(layers: readonly LayerSpec[], where: string, isGraph: boolean): void {
  const seen = new Set<string>();
  for (const { name } of layers) {
    checkFile(!isGraph || !seen.has(name), where, 'layers must have different names', { name });
    seen.add(name);
  }
}

function asConfig(config: Json, className: string): JsonObject {
  checkFile(isJsonObject(config), `model of class ${className}`, 'the config must be a dictionary', { config });
  return config;
}

function isShape(value: Json | undefined): value is readonly (number | null)[] {
  return isJsonArray(value) && value.length > 0 && value.every((size) => size === null || typeof size === 'number');
}
