// A model's config as Keras 1 to 3 or TensorFlow.js write it -> ModelSpec.

import type { Json, KerasObject } from '../../core/json.js';
import { isKerasObject, isPlainObject } from '../../core/json.js';
import { checkFile } from '../../formats/kerasFileError.js';
import type { LayerSpec, ModelSpec } from './modelSpec.js';
import { kindOf } from './objectKind.js';
import { readCalls } from './readCalls.js';
import { readEnds } from './readModelTensors.js';
import { isTfOp, translateTfOp } from './tfOps.js';

type Config = Readonly<Record<string, Json>>;

const MAX_DEPTH = 32; // of models within models

/** @throws KerasFileError where the config is not that of a model. */
export function readModelSpec(object: KerasObject, depth = 0): ModelSpec {
  checkFile(depth < MAX_DEPTH, 'model config', `models must not be nested deeper than ${MAX_DEPTH}`);
  return object.class_name === 'Sequential' ? sequential(object, depth) : functional(object, depth);
}

function sequential(object: KerasObject, depth: number): ModelSpec {
  // Keras before 2.1 wrote the bare list of layers.
  const config: Config = Array.isArray(object.config)
    ? { layers: object.config }
    : asConfig(object.config, 'Sequential');
  const name = typeof config.name === 'string' ? config.name : 'sequential';
  const layers = readLayers(config.layers, name, depth);
  const first = layers[0]?.object.config as Config | undefined;
  const inputShape = first?.batch_input_shape ?? first?.batch_shape ?? config.build_input_shape;
  return {
    kind: 'Sequential',
    name,
    trainable: config.trainable !== false,
    object,
    layers,
    inputs: [],
    outputs: [],
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
    ...readEnds(config, layers, name),
  };
}

function readLayers(value: Json | undefined, modelName: string, depth: number): LayerSpec[] {
  const where = `model '${modelName}'`;
  checkFile(Array.isArray(value), where, 'the config must have a list of layers', { layers: value ?? null });
  const objects = (value as readonly Json[]).map((item) => {
    checkFile(isKerasObject(item), where, 'a layer must have class_name and config', { layer: item });
    return item;
  });
  const bare = objects.map((item): LayerSpec => {
    const kind = kindOf(item);
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

function layerName(item: KerasObject, where: string): string {
  const config = isPlainObject(item.config) ? item.config : {};
  const name = item.name ?? config.name ?? (kindOf(item) === 'model' ? item.class_name.toLowerCase() : undefined);
  checkFile(typeof name === 'string', where, 'a layer must have a name', { layer: item.class_name });
  return name as string;
}

/** A layer that stands twice in a Sequential model is shared; in a graph names must tell layers apart. */
function checkNames(layers: readonly LayerSpec[], where: string, isGraph: boolean): void {
  const seen = new Set<string>();
  for (const { name } of layers) {
    checkFile(!isGraph || !seen.has(name), where, 'layers must have different names', { name });
    seen.add(name);
  }
}

function asConfig(config: Json, className: string): Config {
  checkFile(isPlainObject(config), `model of class ${className}`, 'the config must be a dictionary', { config });
  return config as Config;
}

function isShape(value: Json | undefined): value is readonly (number | null)[] {
  return Array.isArray(value) && value.length > 0 && value.every((size) => size === null || typeof size === 'number');
}
