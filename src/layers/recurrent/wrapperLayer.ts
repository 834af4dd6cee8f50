// Layers that wrap layers. Who saves a model decides how the wrapped layers are serialized: TensorFlow.js in its own
// form, the registry in Keras's form, and the saver of Keras files in Keras's form with models among them.

import { serialization } from '@tensorflow/tfjs-core';
import type { layers } from '@tensorflow/tfjs-layers';
import { camelKeys, isKerasObject, type Json, type KerasObject, toCamel } from '../../core/json.js';
import type { Field, FieldContext, Fields } from '../base/fields.js';
import { KerasLayer } from '../base/kerasLayer.js';
import { layer } from '../base/layerField.js';

/** Serializes a layer in Keras's form. */
export type SerializeLayer = (layer: layers.Layer) => KerasObject;
/** Wrapped layers by the key of Keras's config. */
export type WrappedLayers = Readonly<Record<string, layers.Layer | readonly layers.Layer[]>>;

const plain = layer();

/** Serializes a layer with the registry. */
export const byRegistry: SerializeLayer = (wrapped) => plain.serialize(wrapped) as KerasObject;

/** Reads a layer or a model, given as such or in the serialized form of Keras or TensorFlow.js. */
export function readWrappedLayer(value: unknown, context: FieldContext): layers.Layer {
  const isOfFile = 'makeCustom' in context; // the loader of Keras files makes models itself
  return (!isOfFile && isKerasObject(value) ? readTfjsModel(value) : null) ?? plain.parse(value, context);
}

/** The field of a wrapped layer. It serializes nothing, since the wrapper serializes its layers itself. */
export function wrappedLayer(): Field<layers.Layer> {
  return { parse: readWrappedLayer, serialize: () => undefined };
}

/** Reads a model in TensorFlow.js's form, with TensorFlow.js's class. Null for anything else. */
function readTfjsModel(value: KerasObject): layers.Layer | null {
  const { className, config } = value as unknown as { className?: string; config: serialization.ConfigDict };
  if (className === undefined || !['Sequential', 'Functional', 'Model'].includes(className)) return null;
  const entry = serialization.SerializationMap.getMap().classNameMap[className];
  return entry ? (entry[1](entry[0], config) as layers.Layer) : null;
}

/** Serializes the wrapped layers for a config, each with `write`. */
function mapWrapped(wrapped: WrappedLayers, write: (layer: layers.Layer) => Json): Record<string, Json> {
  const one = (value: WrappedLayers[string]) =>
    Array.isArray(value) ? value.map(write) : write(value as layers.Layer);
  return Object.fromEntries(Object.entries(wrapped).map(([key, value]) => [key, one(value)]));
}

/** The part of Keras's config that holds the wrapped layers. */
export function wrappedConfig(wrapped: WrappedLayers, serialize: SerializeLayer): Record<string, Json> {
  return mapWrapped(wrapped, (layer) => serialize(layer));
}

/**
 * The config for TensorFlow.js, in which wrapped layers are {className, config}. TensorFlow.js converts the strings of
 * a config to Python's spelling and back, and a layer's own getConfig() survives that.
 * @param config in Keras's form, without the wrapped layers.
 */
export function wrappedTfjsConfig(
  layer: layers.Layer,
  config: Record<string, Json>,
  wrapped: WrappedLayers,
): serialization.ConfigDict {
  const write = (value: layers.Layer) => ({
    className: value.getClassName(),
    config: value.getConfig(),
  });
  const inner = Object.entries(mapWrapped(wrapped, write)).map(([key, value]) => [toCamel(key), value]);
  const batch = layer.batchInputShape ? { batchInputShape: layer.batchInputShape } : {};
  return { ...camelKeys(config), ...Object.fromEntries(inner), ...batch } as unknown as serialization.ConfigDict;
}

/** A layer whose config contains other layers. */
export abstract class WrapperLayer<F extends Fields = Fields> extends KerasLayer<F> {
  /** The wrapped layers, by the key of Keras's config. */
  abstract get wrapped(): WrappedLayers;

  /** @param serialize serializes the wrapped layers. */
  override getKerasConfig(serialize: SerializeLayer = byRegistry): Record<string, Json> {
    return { ...super.getKerasConfig(), ...wrappedConfig(this.wrapped, serialize) };
  }

  override getConfig(): serialization.ConfigDict {
    return wrappedTfjsConfig(this, super.getKerasConfig(), this.wrapped);
  }
}
