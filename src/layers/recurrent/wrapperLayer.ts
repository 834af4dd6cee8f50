// Layers that hold layers. How the held ones are written depends on who writes: TensorFlow.js in its own form, the registry
// of layers in Keras's, and a saver in Keras's with models among them.

import { serialization } from '@tensorflow/tfjs-core';
import type { layers } from '@tensorflow/tfjs-layers';
import { camelKeys, isKerasObject, type Json, type KerasObject, toCamel } from '../../core/json.js';
import type { Field, FieldContext, Fields } from '../base/fields.js';
import { KerasLayer } from '../base/kerasLayer.js';
import { layer } from '../base/layerField.js';

export type SerializeLayer = (layer: layers.Layer) => KerasObject;
export type WrappedLayers = Readonly<Record<string, layers.Layer | readonly layers.Layer[]>>;

const plain = layer();

/** As the registry writes layers. */
export const byRegistry: SerializeLayer = (held) => plain.serialize(held) as KerasObject;

/** A layer or a model, given as such or as an object of Keras or TensorFlow.js. */
export function readWrappedLayer(value: unknown, context: FieldContext): layers.Layer {
  const isOfFile = 'makeCustom' in context; // a loader makes models itself
  return (!isOfFile && isKerasObject(value) ? readTfjsModel(value) : null) ?? plain.parse(value, context);
}

/** The argument of a layer that writes the held ones by itself. */
export function wrappedLayer(): Field<layers.Layer> {
  return { parse: readWrappedLayer, serialize: () => undefined };
}

/** A model in TensorFlow.js's own form, which its own class reads. */
function readTfjsModel(value: KerasObject): layers.Layer | null {
  const { className, config } = value as unknown as { className?: string; config: serialization.ConfigDict };
  if (className === undefined || !['Sequential', 'Functional', 'Model'].includes(className)) return null;
  const entry = serialization.SerializationMap.getMap().classNameMap[className];
  return entry ? (entry[1](entry[0], config) as layers.Layer) : null;
}

/** WrappedLayers layers in a config, each written by `write`. */
function mapWrapped(held: WrappedLayers, write: (layer: layers.Layer) => Json): Record<string, Json> {
  const one = (value: WrappedLayers[string]) =>
    Array.isArray(value) ? value.map(write) : write(value as layers.Layer);
  return Object.fromEntries(Object.entries(held).map(([key, value]) => [key, one(value)]));
}

export function wrappedConfig(held: WrappedLayers, serialize: SerializeLayer): Record<string, Json> {
  return mapWrapped(held, (layer) => serialize(layer));
}

/**
 * The config for TensorFlow.js, in which held layers are {className, config}: it turns strings into Python's spelling and back,
 * which a layer's own getConfig() is made for.
 * @param config in Keras's form, without the held layers.
 */
export function wrappedTfjsConfig(
  layer: layers.Layer,
  config: Record<string, Json>,
  held: WrappedLayers,
): serialization.ConfigDict {
  const write = (value: layers.Layer) => ({
    className: value.getClassName(),
    config: value.getConfig(),
  });
  const inner = Object.entries(mapWrapped(held, write)).map(([key, value]) => [toCamel(key), value]);
  const batch = layer.batchInputShape ? { batchInputShape: layer.batchInputShape } : {};
  return { ...camelKeys(config), ...Object.fromEntries(inner), ...batch } as unknown as serialization.ConfigDict;
}

/** A layer whose config holds other layers. */
export abstract class WrapperLayer<F extends Fields = Fields> extends KerasLayer<F> {
  /** Layers by the key of Keras's config. */
  abstract get wrapped(): WrappedLayers;

  /** @param serialize how held layers are written. */
  override getKerasConfig(serialize: SerializeLayer = byRegistry): Record<string, Json> {
    return { ...super.getKerasConfig(), ...wrappedConfig(this.wrapped, serialize) };
  }

  override getConfig(): serialization.ConfigDict {
    return wrappedTfjsConfig(this, super.getKerasConfig(), this.wrapped);
  }
}
