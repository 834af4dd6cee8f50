// A tfjs model -> the object that Keras files hold under config.json or `model_config`.
//
//   'keras'   {module, class_name, config, registered_name, build_config}, Keras 3
//   'legacy'  {class_name, config}, as in whole-model .h5; what Keras would misread so keeps the form of Keras 3: raw
//             operations, which it takes for layers of the same name
//
// Layers write themselves (src/layers/registry.ts); models, input layers and what came from a file are written here.
// Source: https://keras.io/api/models/model_saving_apis/serialization_utils/

import { LayersModel, type layers, Sequential } from '@tensorflow/tfjs-layers';
import type { Json, KerasObject } from '../../core/json.js';
import { kerasObject } from '../../core/json.js';
import { KerasValueError } from '../../layers/base/errors.js';
import { KerasLayer } from '../../layers/base/kerasLayer.js';
import { OpLayer } from '../../layers/ops/opLayer.js';
import { serializeRecurrentLayer } from '../../layers/recurrent/index.js';
import { serializeLayer } from '../../layers/registry.js';
import { originOf } from '../graph/callTemplates.js';
import { isInputLayer } from '../graph/layerOrder.js';
import { modelGraph } from '../graph/modelGraph.js';
import { withBuildConfig } from './buildConfig.js';
import { compileConfig } from './compileConfig.js';
import { customObject } from './customLayer.js';
import { inboundNodes } from './inboundNodes.js';
import { dtypeReader, inputDtype } from './tensorDtypes.js';
import { endsOf } from './writeModelTensors.js';

type Layer = layers.Layer;
type Config = Readonly<Record<string, Json>>;

export interface ConfigOptions {
  readonly form: 'keras' | 'legacy';
  /** Whether the model is written compiled, where it is. */
  readonly includesCompilation: boolean;
  /** Whether a model around this one is frozen. */
  readonly isFrozen?: boolean;
}

type Head = Pick<KerasObject, 'module' | 'class_name' | 'registered_name'>;

const float32 = kerasObject('keras', 'DTypePolicy', { name: 'float32' });

/**
 * The model's object.
 * @throws Error naming the layer, if there is one that Keras has no form for.
 */
export function serializeModel(model: LayersModel, options: ConfigOptions): KerasObject {
  const isSequential = model instanceof Sequential;
  const origin = originOf(model);
  const config = isSequential ? sequentialConfig(model, options) : functionalConfig(model, options);
  const object = {
    ...headOf(origin, isSequential),
    config: { ...extraConfig(origin, config), ...config },
  };
  if (options.form === 'legacy') return { class_name: object.class_name, config: object.config };
  const written = compileConfig(model);
  const known = origin?.compile_config as Config | undefined;
  return {
    module: object.module,
    class_name: object.class_name,
    config: object.config,
    registered_name: object.registered_name,
    build_config: { input_shape: isSequential ? model.inputs[0].shape : null },
    compile_config: options.includesCompilation ? (hasKeys(written) ? written : (known ?? {})) : {},
  };
}

function hasKeys(value: object): boolean {
  return Object.keys(value).length > 0;
}

/** Class and module. A subclass of Model from a file keeps its own. */
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

/** Keys that the class of the user's has in its config besides those of every model. */
function extraConfig(origin: KerasObject | undefined, config: Config): Config {
  if (!origin || ['Sequential', 'Functional', 'Model'].includes(origin.class_name)) return {};
  return Object.fromEntries(Object.entries(origin.config as Config).filter(([key]) => !(key in config)));
}

function functionalConfig(model: LayersModel, options: ConfigOptions): Config {
  const graph = modelGraph(model);
  const dtypeOf = dtypeReader();
  const trainable = isTrainable(model) && !options.isFrozen;
  const inside = { ...options, isFrozen: !trainable };
  return {
    name: model.name,
    trainable,
    layers: graph.layers.map((layer) => ({
      ...serializeAny(layer, inside),
      name: layer.name,
      inbound_nodes: inboundNodes(layer, { graph, dtypeOf, isLegacy: options.form === 'legacy' }),
    })),
    input_layers: endsOf(model, 'inputs', graph),
    output_layers: endsOf(model, 'outputs', graph),
  };
}

/** tfjs makes the input layer of a Sequential model itself and does not list it. */
function sequentialConfig(model: Sequential, options: ConfigOptions): Config {
  const origin = originOf(model)?.config as Config | undefined;
  const inner = model.layers.filter((layer) => !isInputLayer(layer));
  const trainable = isTrainable(model) && !options.isFrozen;
  const inside = { ...options, isFrozen: !trainable };
  return {
    name: model.name,
    trainable,
    dtype: origin?.dtype ?? float32,
    layers: [
      serializeAny(model.inputs[0].sourceLayer, options),
      ...inner.map((layer) => serializeAny(layer, inside)),
    ] as unknown as Json,
    build_input_shape: model.inputs[0].shape,
  };
}

function serializeAny(layer: Layer, options: ConfigOptions): KerasObject {
  if (layer instanceof LayersModel) return nestedModel(layer, options);
  const object = withTrainable(serializeOne(layer, options), options);
  if (options.form === 'keras' || needsNewForm(object)) return object;
  return { class_name: object.class_name, config: object.config };
}

/**
 * What Keras would misread in the legacy form: other classes than layers, an axis, which most versions drop there in favour
 * of the default -1, and Attention's `score_mode`, whose value 'dot' they take for the function of that name.
 */
function needsNewForm({ module, config }: KerasObject): boolean {
  const { axis, score_mode: scoreMode } = config as Config;
  const isDefaultAxis = axis === undefined || String(axis) === '-1';
  return module !== 'keras.layers' || !isDefaultAxis || scoreMode !== undefined;
}

/**
 * Freezing a model freezes in Keras all layers in it, and each of them says so in its config; when it loads a Sequential
 * model Keras heeds nothing else. tfjs keeps the flags of the layers.
 */
function withTrainable(object: KerasObject, { isFrozen = false }: ConfigOptions): KerasObject {
  const config = object.config as Config;
  return isFrozen && 'trainable' in config ? { ...object, config: { ...config, trainable: false } } : object;
}

/** A nested model in a legacy file is as short as a layer. */
function nestedModel(model: LayersModel, options: ConfigOptions): KerasObject {
  return serializeModel(model, { ...options, includesCompilation: false });
}

function serializeOne(layer: Layer, options: ConfigOptions): KerasObject {
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
  // Layers within layers keep the new form in .h5 files too.
  const inNewForm = (child: Layer) => serializeAny(child, { ...options, form: 'keras' });
  const recurrent = serializeRecurrentLayer(layer, inNewForm);
  if (recurrent) return recurrent;
  if (layer instanceof KerasLayer) return asKeras3(withBuildConfig(serializeLayer(layer), layer));
  return customObject(layer) ?? asKeras3(serializeLayer(layer));
}

/** ThresholdedReLU, which Keras 3 left out, is a ReLU with a threshold. */
function asKeras3(object: KerasObject): KerasObject {
  if (object.class_name !== 'ThresholdedReLU') return object;
  const { theta, ...base } = object.config as Config;
  return { ...object, class_name: 'ReLU', config: { ...base, max_value: null, negative_slope: 0, threshold: theta } };
}

function inputObject(layer: Layer): KerasObject {
  const origin = originOf(layer)?.config as Config | undefined;
  const { sparse = false } = layer as unknown as { readonly sparse?: boolean };
  const [tensor] = layer.inboundNodes[0].outputTensors;
  const config = {
    batch_shape: layer.batchInputShape,
    dtype: inputDtype(layer, tensor),
    sparse: origin?.sparse ?? sparse,
    ragged: origin?.ragged ?? false,
    name: layer.name,
    optional: origin?.optional ?? false,
  };
  return kerasObject('keras.layers', 'InputLayer', config) as unknown as KerasObject;
}

function opObject(layer: OpLayer): KerasObject {
  const { module, class_name, config, registered_name = class_name } = layer.definition;
  return { module, class_name, config: { ...(config as Config), name: layer.name }, registered_name };
}

/** The flag in the config; tfjs's own getter says false for frozen parents too. */
function isTrainable(layer: Layer): boolean {
  return (layer as unknown as { readonly trainable_: boolean }).trainable_;
}
