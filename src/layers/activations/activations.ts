// Finds Keras's activation functions by name, config, serialized layer, function or instance. The functions themselves
// are the rows of activationTable.ts. Source: https://keras.io/api/layers/activations/

import { cast, type Tensor, tidy } from '@tensorflow/tfjs-core';
import { layers } from '@tensorflow/tfjs-layers';
import { camelKeys, type Json, type KerasObject, toCamel } from '../../core/json.js';
import { KerasValueError } from '../base/kerasValueError.js';
import { serializedLayer } from '../base/layerForms.js';
import { type Callable, type Family, type ResolveOptions, resolve } from '../serialization/resolve.js';
import { activationTable, type Definition, type Fused, keras2HardSigmoidRow } from './activationTable.js';
import { isKeras2HardSigmoid, serializeKeras2HardSigmoid } from './keras2HardSigmoid.js';
import { serializeAsLayer } from './serializeAsLayer.js';

/** An activation function with its parameters. */
export interface ActivationFunction {
  /** Keras's canonical name: 'linear', 'relu', 'silu'. */
  readonly name: string;
  /** The activation of fused.groupConv2d that gives the same values, if there is one. */
  readonly fused?: Fused;
  /** The layer that computes this activation, if it was given as a layer. The layer that uses it owns it. */
  readonly layer?: layers.Layer;
  /** True for clip(0.2 x + 0.5, 0, 1), the hard_sigmoid of Keras 2 and TensorFlow.js. */
  readonly keras2?: boolean;
  /** Gives a new tensor of the shape of x (glu halves an axis). x has any rank and is not disposed. Differentiable. */
  apply(x: Tensor): Tensor;
  /** As keras.activations.serialize: the name of a function with its defaults, a serialized layer otherwise. */
  serialize(): Json;
  /** The form in a tfjs layers model. tfjs-layers reads it if it has the function; `getActivation` always reads it. */
  serializeTfjs(): Json;
}

/** Keras's names of all activations, in the order of the table. */
export const activationNames: readonly string[] = Object.keys(activationTable);

type LayerFactory = (object: KerasObject, options: ResolveOptions) => ActivationFunction | null;
let layerFactory: LayerFactory | undefined;

/**
 * Sets how activations that were saved as layers (LeakyReLU, PReLU) are made. The registry of layers calls it.
 * @returns the previous factory.
 */
export function setLayerActivationFactory(factory: LayerFactory | undefined): LayerFactory | undefined {
  const previous = layerFactory;
  layerFactory = factory;
  return previous;
}

/**
 * Finds or makes an activation function.
 * @param identifier null (linear), a name in snake_case or camelCase, the serialized form of Keras 2, Keras 3 or
 *   TensorFlow.js, a layer, a function of a tensor, an instance with `apply`, or the result of this function.
 * @throws ValueError for an unknown name, and for Python code saved in a file.
 */
export function getActivation(identifier: unknown, options: ResolveOptions = {}): ActivationFunction {
  return identifier instanceof layers.Layer
    ? layerActivation(identifier)
    : resolve(family, identifier ?? 'linear', options);
}

/** A layer as an activation function, as Keras allows. */
export function layerActivation(layer: layers.Layer): ActivationFunction {
  return {
    name: layer.name,
    layer,
    apply: (x) => layer.apply(x) as Tensor,
    serialize: () => serializedLayer(layer),
    serializeTfjs: () => camelKeys(serializedLayer(layer)),
  };
}

/** Other names for the same functions: Keras's aliases, TensorFlow's function names in Keras 2 files, tfjs's own. */
const aliases: Readonly<Record<string, { readonly name: string; readonly config?: Json }>> = {
  swish: { name: 'silu' },
  hard_swish: { name: 'hard_silu' },
  softmax_v2: { name: 'softmax' },
  gelu_new: { name: 'gelu', config: { approximate: true } },
};

/** Marks Keras 3's hard_sigmoid in tfjs models, where the bare name is the function of tfjs-layers. */
const keras3Prefix = 'keras3.';

const family: Family<ActivationFunction> = {
  kind: 'activation function',
  names: activationNames,
  find(spelled, { kerasMajor = 3 }) {
    const isKeras3 = spelled.startsWith(keras3Prefix);
    const bare = isKeras3 ? spelled.slice(keras3Prefix.length) : spelled;
    const isKeras2 = !isKeras3 && (bare === 'hardSigmoid' || (bare === 'hard_sigmoid' && kerasMajor === 2));
    if (isKeras2) return (config) => keras2HardSigmoid(config);
    const known = [bare, ...Object.keys(aliases), ...activationNames].find(
      (name) =>
        (name === bare || toCamel(name) === bare) &&
        (Object.hasOwn(aliases, name) || Object.hasOwn(activationTable, name)),
    );
    if (known === undefined) return undefined;
    const { name, config: fixed } = aliases[known] ?? { name: known };
    return (config) => builtIn(name, activationTable[name], fixed ?? config);
  },
  wrap(call, name, serialize) {
    const apply = (x: Tensor) => tidy(() => (call as Callable as (x: Tensor) => Tensor)(x));
    return { name, apply, serialize, serializeTfjs: () => camelKeys(serialize()) };
  },
  adopt: (instance, serialize) =>
    instance instanceof layers.Layer
      ? { ...layerActivation(instance), serialize, serializeTfjs: () => camelKeys(serialize()) }
      : undefined,
  fallback: (object, options) =>
    isKeras2HardSigmoid(object) ? keras2HardSigmoid({}) : (layerFactory?.(object, options) ?? null),
  get hint() {
    return layerFactory ? '' : ' A layer in serialized form needs installKerasLayers() before.';
  },
};

/** Activations whose int32 result is exact. The others are computed in float32. */
const keepsIntegers: readonly string[] = ['linear', 'relu', 'relu6'];

/** Fused activations that are one operation up to rank 4: nothing is left for a tidy. */
const ofOneStep: readonly (string | undefined)[] = ['relu', 'relu6', 'sigmoid', 'tanh', 'elu', 'selu', 'softplus'];

function builtIn(name: string, definition: Definition, config: unknown): ActivationFunction {
  const { computation, changed } = definition.read(name, config);
  const isDefault = Object.keys(changed).length === 0;
  const isOneStep = ofOneStep.includes(computation.fused?.activation);
  return Object.freeze({
    name,
    get fused() {
      return computation.fused;
    },
    apply: (x: Tensor) => {
      if (isOneStep && x.dtype === 'float32' && x.rank <= 4) return computation.formula(x);
      return tidy(() =>
        computation.formula(x.dtype === 'float32' || keepsIntegers.includes(name) ? x : cast(x, 'float32')),
      );
    },
    serialize(): Json {
      if (isDefault) return name;
      if (computation.asLayer) return serializeAsLayer(computation.asLayer);
      throw new KerasValueError(
        `Activation function '${name}' cannot be serialized with other parameters than its defaults, since Keras keeps only its name. Received: config=${JSON.stringify(changed)}`,
      );
    },
    serializeTfjs(): Json {
      if (name === 'gelu' && !isDefault) return 'gelu_new';
      const spelled = tfjsName(name);
      return isDefault ? spelled : { className: spelled, config: camelKeys(changed as Record<string, Json>) };
    },
  });
}

/** tfjs-layers converts strings to snake_case when it saves and back when it loads. These spellings survive both. */
function tfjsName(name: string): string {
  if (name === 'silu') return 'swish';
  return name === 'hard_sigmoid' ? `${keras3Prefix}hardSigmoid` : toCamel(name);
}

function keras2HardSigmoid(config: unknown): ActivationFunction {
  const { computation } = keras2HardSigmoidRow.read('hard_sigmoid', config);
  return Object.freeze({
    name: 'hard_sigmoid',
    keras2: true,
    apply: (x: Tensor) => tidy(() => computation.formula(x)),
    serialize: serializeKeras2HardSigmoid,
    serializeTfjs: () => 'hardSigmoid',
  });
}
