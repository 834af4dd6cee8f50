// Reads a model's config, as Keras 1 to 3 or TensorFlow.js write it, into a ModelSpec.

import type { Json, JsonObject, KerasObject } from '../../core/json.js';
import { configOf, isJsonArray, isJsonObject, isKerasObject } from '../../core/json.js';
import { checkFile } from '../../formats/kerasFileError.js';
import { type LayerSpec, type ModelSpec, refsOf } from './modelSpec.js';
import { objectKind } from './objectKind.js';
import { oneBasedModels, readCalls } from './readCalls.js';
import { readModelTensors } from './readModelTensors.js';
import { isTfOp, translateTfOp } from './tfOps.js';

const MAX_DEPTH = 32; // models within models
// TensorFlow.js takes time in the square of these numbers. The largest network of keras.applications has 1000 layers.
const MAX_LAYERS = 8000;
const MAX_TENSORS = 8000; // that the calls of layers read, and that go into and out of models
const MAX_ENDS = 1000; // of one model

const noCounts = (): SpecCounts => ({ layers: 0, tensors: 0 });

/** What was read of one file so far, in all models of it. */
export interface SpecCounts {
  layers: number;
  tensors: number;
}

/**
 * @param depth How many models lie around this one.
 * @param counts Those of the file, if this is not the first model that is read of it.
 * @throws KerasFileError for a config that is none of a model.
 */
export function readModelSpec(given: KerasObject, depth = 0, counts: SpecCounts = noCounts()): ModelSpec {
  const object = withNameInPython(given);
  checkFile(depth < MAX_DEPTH, 'model config', `models must not be nested deeper than ${MAX_DEPTH}`);
  // Its graph is made by Python code; that of its inputs and features is in the file of a model.
  checkFile(
    object.class_name !== 'FeatureSpace',
    'FeatureSpace',
    'save keras.Model(space.get_inputs(), space.get_encoded_features()) instead of the FeatureSpace itself',
    { class_name: object.class_name },
  );
  return object.class_name === 'Sequential' ? sequential(object, depth, counts) : functional(object, depth, counts);
}

function sequential(object: KerasObject, depth: number, counts: SpecCounts): ModelSpec {
  // Keras before 2.1 wrote the list of layers alone.
  const config = isJsonArray(object.config) ? { layers: object.config } : asConfig(object.config, 'Sequential');
  const name = typeof config.name === 'string' ? config.name : 'sequential';
  const layers = readLayers(config.layers, name, depth, counts);
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

function functional(object: KerasObject, depth: number, counts: SpecCounts): ModelSpec {
  const config = asConfig(object.config, object.class_name);
  const name = typeof config.name === 'string' ? config.name : 'functional';
  const layers = readLayers(config.layers, name, depth, counts);
  const tensors = readModelTensors(config, layers, name);
  const ends = tensors.inputs.length + tensors.outputs.length;
  const where = `model '${name}'`;
  checkFile(ends <= MAX_ENDS, where, `a model may have ${MAX_ENDS} inputs and outputs at most`, { tensors: ends });
  countTensors(counts, ends, where);
  return { kind: 'Functional', name, trainable: config.trainable !== false, object, layers, ...tensors };
}

function countTensors(counts: SpecCounts, added: number, where: string): void {
  counts.tensors += added;
  const { tensors } = counts;
  checkFile(tensors <= MAX_TENSORS, where, `layers may be called with ${MAX_TENSORS} tensors at most`, { tensors });
}

function readLayers(value: Json | undefined, modelName: string, depth: number, counts: SpecCounts): LayerSpec[] {
  const where = `model '${modelName}'`;
  checkFile(isJsonArray(value), where, 'the config must have a list of layers', { layers: value ?? null });
  counts.layers += value.length;
  checkFile(counts.layers <= MAX_LAYERS, where, `there may be ${MAX_LAYERS} layers at most`, { layers: counts.layers });
  const objects = value.map((item) => {
    checkFile(isKerasObject(item), where, 'a layer must have class_name and config', { layer: item });
    return withNameInPython(item);
  });
  const bare = objects.map((item): LayerSpec => {
    const kind = objectKind(item);
    const model = kind === 'model' ? readModelSpec(item, depth + 1, counts) : undefined;
    return { name: layerName(item, where), kind, object: item, model, calls: [] };
  });
  checkNames(
    bare,
    where,
    objects.some((item) => 'inbound_nodes' in item),
  );
  const oneBased = oneBasedModels(bare);
  return bare.map((layer, i) => {
    const called = { ...layer, calls: readCalls(objects[i], oneBased, where) };
    // Each call counts, even one without a tensor.
    const read = called.calls.map(({ args, kwargs }) => Math.max(1, tensorsIn(args) + tensorsIn(kwargs)));
    countTensors(
      counts,
      read.reduce((sum, tensors) => sum + tensors, 0),
      where,
    );
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

const tensorsIn = (value: Json): number => refsOf(value).length;

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
