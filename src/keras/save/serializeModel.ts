// Serializes a tfjs model to the object that Keras files hold as config.json or `model_config`, in one of two forms:
//
//   'keras'   {module, class_name, config, registered_name, build_config}, Keras 3
//   'legacy'  {class_name, config}, as in whole-model .h5. Keras would misread some layers in this form, such as raw
//             operations, which it takes for layers of the same name: those keep the form of Keras 3.
//
// Layers serialize themselves (src/layers/registry.ts). This file adds models, input layers and loaded layers.
// Source: https://keras.io/api/models/model_saving_apis/serialization_utils/

import { LayersModel, type layers, Sequential } from '@tensorflow/tfjs-layers';
import type { JsonObject, KerasObject } from '../../core/json.js';
import { configOf, isJsonObject, isKerasObject, kerasObject } from '../../core/json.js';
import { hasAssets } from '../../layers/base/assets.js';
import { KerasLayer } from '../../layers/base/kerasLayer.js';
import { KerasValueError } from '../../layers/base/kerasValueError.js';
import { modelGraph } from '../../layers/graph/modelGraph.js';
import { inputCount } from '../../layers/ops/opDefinition.js';
import { OpLayer } from '../../layers/ops/opLayer.js';
import { opModule } from '../../layers/ops/opModules.js';
import { serializeRecurrentLayer } from '../../layers/recurrent/index.js';
import { serializeLayer } from '../../layers/registry.js';
import { isInputLayer } from '../graph/layerOrder.js';
import { originConfig, originOf } from '../graph/origins.js';
import { pythonNameOf } from '../weights/statePaths.js';
import { withBuildConfig } from './buildConfig.js';
import { archivedConfig } from './compileConfig.js';
import { serializeCustomLayer } from './customLayer.js';
import { inboundNodes } from './inboundNodes.js';
import { isTrainable, trainsWithin } from './isTrainable.js';
import { sharedIdsOf } from './sharedIds.js';
import { dtypeReader, inputDtype } from './tensorDtypes.js';
import { writeModelTensors } from './writeModelTensors.js';

type Layer = layers.Layer;

export interface ConfigOptions {
  readonly form: 'keras' | 'legacy';
  /** Whether to write the optimizer, loss and metrics of a compiled model. */
  readonly includesCompilation: boolean;
  /** Whether a model around this one is frozen. */
  readonly isFrozen?: boolean;
  /** The numbers of layers that stand in several places. Default: the model's own, in Keras's form. */
  readonly sharedIds?: ReadonlyMap<Layer, number>;
}

type Head = Pick<KerasObject, 'module' | 'class_name' | 'registered_name'>;

/** Layers of tf.keras that no file of Keras 3 can hold. */
export const onlyInKeras2: ReadonlySet<string> = new Set([
  'LocallyConnected1D',
  'LocallyConnected2D',
  'RandomHeight',
  'RandomWidth',
]);

const float32 = kerasObject('keras', 'DTypePolicy', { name: 'float32' });

/**
 * Serializes a Sequential or functional model.
 * @throws Error that names the layer for a layer that Keras files have no form for.
 */
export function serializeModel(model: LayersModel, given: ConfigOptions): KerasObject {
  const options = { ...given, sharedIds: given.sharedIds ?? (given.form === 'keras' ? sharedIdsOf(model) : new Map()) };
  const isSequential = model instanceof Sequential;
  const origin = originOf(model);
  const config = isSequential ? sequentialConfig(model, options) : functionalConfig(model, options);
  const object = {
    ...headOf(origin, isSequential),
    config: { ...extraConfig(model, config), ...config },
  };
  if (options.form === 'legacy') return { class_name: object.class_name, config: object.config };
  return {
    module: object.module,
    class_name: object.class_name,
    config: object.config,
    registered_name: object.registered_name,
    build_config: { input_shape: isSequential ? model.inputs[0].shape : null },
    compile_config: options.includesCompilation ? archivedConfig(model) : {},
  };
}

/** The model's class and module. A loaded subclass of Model keeps its own. */
function headOf(origin: KerasObject | undefined, isSequential: boolean): Head {
  const isOwn = !origin || ['Sequential', 'Functional', 'Model'].includes(origin.class_name);
  if (!isOwn) {
    const { module = null, class_name, registered_name = class_name } = origin;
    return { module, class_name, registered_name };
  }
  return isSequential
    ? { module: 'keras', class_name: 'Sequential', registered_name: null }
    : { module: 'keras.src.models.functional', class_name: 'Functional', registered_name: 'Functional' };
}

/** The keys that a subclass of Model adds to the config of every model. */
function extraConfig(model: LayersModel, config: JsonObject): JsonObject {
  const origin = originOf(model);
  if (!origin || ['Sequential', 'Functional', 'Model'].includes(origin.class_name)) return {};
  return Object.fromEntries(Object.entries(originConfig(model)).filter(([key]) => !(key in config)));
}

function functionalConfig(model: LayersModel, options: ConfigOptions): JsonObject {
  const graph = modelGraph(model);
  const dtypeOf = dtypeReader();
  const trainable = isTrainable(model) && !options.isFrozen;
  const inside = insideOf(model, options);
  return {
    name: model.name,
    trainable,
    layers: graph.layers.map((layer) => ({
      ...serializeAny(layer, inside),
      name: layer.name,
      inbound_nodes: inboundNodes(layer, { graph, dtypeOf, isLegacy: options.form === 'legacy' }),
    })),
    input_layers: writeModelTensors(model, 'inputs', graph),
    output_layers: writeModelTensors(model, 'outputs', graph),
  };
}

/** A frozen model of TensorFlow.js freezes all in it, whatever the flags there say. */
function insideOf(model: LayersModel, options: ConfigOptions): ConfigOptions {
  return { ...options, isFrozen: options.isFrozen || !trainsWithin(model) };
}

/** A Sequential model of tfjs does not list its input layer, which tfjs makes itself; Keras's config does. */
function sequentialConfig(model: Sequential, options: ConfigOptions): JsonObject {
  const inner = model.layers.filter((layer) => !isInputLayer(layer));
  const trainable = isTrainable(model) && !options.isFrozen;
  const inside = insideOf(model, options);
  return {
    name: model.name,
    trainable,
    dtype: originConfig(model).dtype ?? float32,
    layers: [serializeAny(model.inputs[0].sourceLayer, options), ...inner.map((layer) => serializeAny(layer, inside))],
    build_input_shape: model.inputs[0].shape,
  };
}

function serializeAny(layer: Layer, options: ConfigOptions): KerasObject {
  const id = options.sharedIds?.get(layer);
  const object = serializeOnce(layer, options);
  return id === undefined ? object : { ...object, shared_object_id: id };
}

function serializeOnce(layer: Layer, options: ConfigOptions): KerasObject {
  if (layer instanceof LayersModel) return nestedModel(layer, options);
  const object = withTrainable(serializeOne(layer, options), options);
  if (options.form === 'keras') return object;
  const whole = withoutAssets(object, layer);
  return needsNewForm(whole) ? whole : { class_name: pythonNameOf(whole.class_name), config: whole.config };
}

/** The object of a layer that stores a vocabulary in a file of its own, with the vocabulary: an .h5 has no such files. */
function withoutAssets(object: KerasObject, layer: Layer): KerasObject {
  if (!hasAssets(layer)) return object;
  const { name } = configOf(object);
  return { ...object, config: { ...configOf(object), ...layer.getPortableConfig(), ...(name ? { name } : {}) } };
}

/**
 * Whether Keras would misread the object in the legacy form. It misreads three kinds: classes that are no layers; an
 * axis other than -1, since most versions take the default there; and Attention's `score_mode`, whose value 'dot' they
 * take for the function of that name.
 */
function needsNewForm(object: KerasObject): boolean {
  const { axis, score_mode: scoreMode } = configOf(object);
  const isDefaultAxis = axis === undefined || String(axis) === '-1';
  return object.module !== 'keras.layers' || !isDefaultAxis || scoreMode !== undefined;
}

/**
 * The object of a layer in a frozen model with `trainable: false`. In Keras, freezing a model sets the flag of every
 * layer in it, and Keras reads nothing but those flags when it loads a Sequential model. tfjs leaves the layers' flags
 * as they are.
 */
function withTrainable(object: KerasObject, { isFrozen = false }: ConfigOptions): KerasObject {
  const config = configOf(object);
  return isFrozen && 'trainable' in config ? { ...object, config: { ...config, trainable: false } } : object;
}

/** A nested model is written without a compilation. */
function nestedModel(model: LayersModel, options: ConfigOptions): KerasObject {
  return serializeModel(model, { ...options, includesCompilation: false });
}

/** Serializes a layer that is no model. */
export function serializeOne(layer: Layer, options: ConfigOptions): KerasObject {
  try {
    return serializeByKind(layer, options);
  } catch (error) {
    const { message } = error as Error;
    if (message.includes(`'${layer.name}'`)) throw error;
    throw new KerasValueError(
      `Layer '${layer.name}' of class ${layer.getClassName()} has no form in Keras files: ${message}`,
      { cause: error },
    );
  }
}

function serializeByKind(layer: Layer, options: ConfigOptions): KerasObject {
  if (isInputLayer(layer)) return inputObject(layer);
  if (layer instanceof OpLayer) return opObject(layer);
  // Keras's .h5 files have layers within layers in the form of Keras 3 too.
  const inNewForm = (child: Layer) => serializeAny(child, { ...options, form: 'keras' });
  const recurrent = serializeRecurrentLayer(layer, inNewForm);
  if (recurrent) return recurrent;
  const isOurs = layer instanceof KerasLayer;
  const custom = isOurs ? undefined : serializeCustomLayer(layer);
  if (custom) return custom;
  checkInKeras3(layer);
  if (!isOurs) return asKeras3(serializeLayer(layer));
  return asKeras3(withBuildConfig(withShared(serializeLayer(layer), layer, inNewForm, options), layer));
}

/** @throws ValueError for a layer, of this package or of TensorFlow.js, that no file of Keras 3 can hold. */
function checkInKeras3(layer: Layer): void {
  const className = layer.getClassName();
  if (!onlyInKeras2.has(className)) return;
  throw new KerasValueError(
    `Keras 3 has no layer of this class; save the model as a model.json. Received: class=${className}`,
  );
}

/** The object of a layer that wraps others in arguments of its own, with the numbers of those that are shared. */
function withShared(
  object: KerasObject,
  layer: KerasLayer,
  serialize: (child: Layer) => KerasObject,
  { sharedIds }: ConfigOptions,
): KerasObject {
  const config = configOf(object);
  const shared = Object.entries(layer.children).filter(
    ([key, child]) => isKerasObject(config[key] ?? null) && sharedIds?.has(child as Layer),
  );
  if (shared.length === 0) return object;
  const written = shared.map(([key, child]) => [key, serialize(child as Layer)]);
  return { ...object, config: { ...config, ...Object.fromEntries(written) } };
}

/** Writes ThresholdedReLU, which Keras 3 removed, as a ReLU with a threshold. */
function asKeras3(object: KerasObject): KerasObject {
  if (object.class_name !== 'ThresholdedReLU') return object;
  const { theta, ...base } = configOf(object);
  return { ...object, class_name: 'ReLU', config: { ...base, max_value: null, negative_slope: 0, threshold: theta } };
}

function inputObject(layer: Layer): KerasObject {
  const origin = originConfig(layer);
  const { sparse = false } = layer as unknown as { readonly sparse?: boolean };
  const [tensor] = layer.inboundNodes[0].outputTensors;
  const config = {
    batch_shape: layer.batchInputShape,
    dtype: inputDtype(layer, tensor),
    sparse: origin.sparse ?? sparse,
    ragged: origin.ragged ?? false,
    name: layer.name,
    optional: origin.optional ?? false,
  };
  return kerasObject('keras.layers', 'InputLayer', config);
}

function opObject(layer: OpLayer): KerasObject {
  const { class_name, kwargs } = layer.definition;
  const isSlicedByTensor = class_name === 'GetItem' && isJsonObject(kwargs) && inputCount(kwargs.key ?? null) > 0;
  if (class_name.startsWith('tf.') || isSlicedByTensor) {
    throw new KerasValueError(
      `operation '${layer.name}': Keras 3 has no operation for this function of TensorFlow; received function=${class_name}`,
    );
  }
  const config = { ...configOf(layer.definition), name: layer.name };
  return { module: opModule(class_name), class_name, config, registered_name: class_name };
}
