// Makes layers of the user's own classes and functions: `customObjects` has them by registered name, class name or
// layer name.

import { serialization, type Tensor } from '@tensorflow/tfjs-core';
import { layers } from '@tensorflow/tfjs-layers';
import { camelKeys, configOf, isJsonObject, type KerasObject } from '../../core/json.js';
import { runUserCode } from '../../core/userCode.js';
import { KerasFileError } from '../../formats/kerasFileError.js';
import { isKnownLayer } from '../../layers/registry.js';
import { rememberOrigin } from './origins.js';

/** The user's own classes and functions, by registered name, class name or layer name. */
export type CustomObjects = Readonly<Record<string, unknown>>;

const given = new WeakMap<layers.Layer, CustomObjects>();

/** Keeps what the user gave for loading a layer: who reads the layer again needs it. */
export function rememberCustomObjects(layer: layers.Layer, customObjects: CustomObjects): void {
  given.set(layer, customObjects);
}

/** What the user gave when the layer was loaded; {} for a layer made in JavaScript. */
export function customObjectsGivenTo(layer: layers.Layer): CustomObjects {
  return given.get(layer) ?? {};
}

/** The entry for a serialized layer, or undefined. An entry `Name` is found for `package>Name` too. */
export function customFor(object: KerasObject, customObjects: CustomObjects): unknown {
  const registered = typeof object.registered_name === 'string' ? object.registered_name : undefined;
  const { name } = configOf(object);
  const withoutPackage = (text?: string) => text?.split('>').at(-1);
  const { class_name: className } = object;
  const candidates = [registered, withoutPackage(registered), className, withoutPackage(className), name];
  const key = candidates.find((item) => typeof item === 'string' && Object.hasOwn(customObjects, item));
  return key === undefined ? undefined : customObjects[key as string];
}

/** Makes a layer of the user's class, which gets the config in camelCase. Null if the user gave no class for it. */
export function makeCustomLayer(object: KerasObject, customObjects: CustomObjects): layers.Layer | null {
  const cls =
    customFor(object, customObjects) ??
    (isKnownLayer(object.class_name) ? undefined : registeredClass(object.class_name));
  if (cls === undefined) return null;
  const layer = isLayerClass(cls) ? fromClass(cls, object) : fromFunction(cls, object);
  markErrors(layer);
  rememberOrigin(layer, object);
  return layer;
}

type LayerClass = (new (
  config: object,
) => layers.Layer) & {
  fromConfig?(cls: unknown, config: object): layers.Layer;
};

function isLayerClass(value: unknown): value is LayerClass {
  return typeof value === 'function' && value.prototype instanceof layers.Layer;
}

function fromClass(cls: LayerClass, object: KerasObject): layers.Layer {
  const config = camelKeys(configOf(object));
  if (isJsonObject(config.dtype)) delete config.dtype; // a policy: tfjs knows none, and computes in float32 anyway
  return runUserCode(() => (cls.fromConfig ? cls.fromConfig(cls, config) : new cls(config)));
}

/** The methods of a layer that run while a model is loaded. */
const methods = ['build', 'computeOutputShape', 'computeMask'] as const;

/** What the user's own methods throw keeps its class: those of TensorFlow.js are not wrapped. */
function markErrors(layer: layers.Layer): void {
  const open = layer as unknown as Record<string, (...args: unknown[]) => unknown>;
  for (const name of methods) {
    const own = open[name];
    if (own === (layers.Layer.prototype as unknown as typeof open)[name]) continue;
    open[name] = (...args) => runUserCode(() => own.apply(layer, args));
  }
}

function fromFunction(value: unknown, object: KerasObject): layers.Layer {
  if (typeof value === 'function')
    return new FunctionLayer(value as TensorFunction, configOf(object).name as string | undefined);
  throw new KerasFileError(
    `customObjects: an entry must be a class that extends tf.layers.Layer, or a function of tensors; received ${object.class_name}=${typeof value}`,
  );
}

type TensorFunction = (inputs: Tensor | Tensor[]) => Tensor | Tensor[];

/** A layer around a function of tensors that keeps their shape, in place of a Lambda layer. */
class FunctionLayer extends layers.Layer {
  static readonly className = 'FunctionLayer';
  readonly #compute: TensorFunction;

  constructor(compute: TensorFunction, name?: string) {
    super({ name });
    this.#compute = compute;
  }

  override call(inputs: Tensor | Tensor[]): Tensor | Tensor[] {
    return this.#compute(Array.isArray(inputs) && inputs.length === 1 ? inputs[0] : inputs);
  }
}

const { classNameMap } = serialization.SerializationMap.getMap();

/** The classes that tfjs-layers registers itself. They may read a Keras config wrongly, so no layer is made of them. */
const tfjsNames = new Set(Object.keys(classNameMap));

/**
 * The class that the user registered with tf.serialization.registerClass under a name that tfjs-layers does not have.
 */
export function registeredClass(className: string): unknown {
  return tfjsNames.has(className) ? undefined : classNameMap[className]?.[0];
}
