// Recurrent layers of TensorFlow.js itself, as `tf.layers.lstm` makes them, and their form in Keras's files.
// Source: https://keras.io/api/models/model_saving_apis/serialization_utils/

import type { LayerVariable, layers } from '@tensorflow/tfjs-layers';
import { type Json, type KerasObject, kerasObject } from '../../core/json.js';
import { KerasLayer, type KerasLayerClass } from '../base/kerasLayer.js';
import { type SerializeLayer, type WrappedLayers, wrappedConfig } from './wrapperLayer.js';

type Layer = layers.Layer;

/** What Keras's files hold of a layer: its own variables in order, and the layers inside it by attribute. */
export interface RecurrentState {
  readonly variables: readonly LayerVariable[];
  readonly children: Readonly<Record<string, Layer | readonly Layer[]>>;
}

/** Members of TensorFlow.js's recurrent classes. */
interface TfjsMembers {
  readonly layer?: Layer;
  readonly forwardLayer?: Layer;
  readonly backwardLayer?: Layer;
  readonly mergeMode?: string | null;
  readonly cell?: Layer;
  readonly cells?: readonly Layer[];
}

const withCell = ['SimpleRNN', 'GRU', 'LSTM', 'ConvLSTM2D', 'RNN'];

/**
 * The state of a recurrent layer of TensorFlow.js. Null for layers that are not recurrent, and for those of this
 * package.
 */
export function tfjsRecurrentState(layer: Layer): RecurrentState | null {
  if (layer instanceof KerasLayer) return null;
  const children = tfjsChildren(layer);
  return children && { variables: [], children };
}

function tfjsChildren(layer: Layer): RecurrentState['children'] | null {
  const name = layer.getClassName();
  const { layer: inner, forwardLayer, backwardLayer, cell, cells } = layer as unknown as TfjsMembers;
  if (name === 'TimeDistributed' && inner) return { layer: inner };
  if (name === 'Bidirectional' && forwardLayer && backwardLayer) {
    return { forward_layer: forwardLayer, backward_layer: backwardLayer };
  }
  if (name === 'StackedRNNCells' && cells) return { cells };
  return withCell.includes(name) && cell ? { cell } : null;
}

/** The wrapped layers, by the key of Keras's config. */
function tfjsWrappedLayers(layer: Layer): WrappedLayers | null {
  const name = layer.getClassName();
  const { layer: inner, forwardLayer, backwardLayer, cell, cells } = layer as unknown as TfjsMembers;
  if (name === 'TimeDistributed' && inner) return { layer: inner };
  if (name === 'Bidirectional' && forwardLayer && backwardLayer) {
    return { layer: forwardLayer, backward_layer: backwardLayer };
  }
  if (name === 'RNN' && cell) return { cell };
  return name === 'StackedRNNCells' && cells ? { cells } : null;
}

const sequenceKeys = { returnSequences: false, returnState: false, goBackwards: false, stateful: false, unroll: false };

/** Serializes a recurrent layer of TensorFlow.js as Keras does. Null for other layers. */
export function serializeTfjsRecurrent(
  layer: Layer,
  serialize: SerializeLayer,
  classes: ReadonlyMap<string, KerasLayerClass>,
): KerasObject | null {
  const name = layer.getClassName();
  const cls = classes.get(name);
  if (!cls) return null;
  const { trainable_: trainable } = layer as unknown as { readonly trainable_: boolean };
  const held = tfjsWrappedLayers(layer);
  if (!held) {
    // Our class of the same name reads TensorFlow.js's config and writes Keras's.
    const twin = new cls(layer.getConfig(), { kerasMajor: 2, onUnknownKeys: () => {} });
    return objectOf(name, { ...twin.getKerasConfig(), trainable });
  }
  const base = { name: layer.name, trainable, dtype: kerasObject('keras', 'DTypePolicy', { name: 'float32' }) };
  return objectOf(name, { ...base, ...ownKeys(layer), ...wrappedConfig(held, serialize) });
}

function ownKeys(layer: Layer): Record<string, Json> {
  const name = layer.getClassName();
  const parts = layer as unknown as TfjsMembers & Record<string, Json>;
  if (name === 'Bidirectional') return { merge_mode: parts.mergeMode ?? null };
  if (name !== 'RNN') return {};
  const keys = Object.entries(sequenceKeys).map(([key, missing]) => [
    key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
    parts[key] ?? missing,
  ]);
  return { ...Object.fromEntries(keys), zero_output_for_mask: false };
}

function objectOf(name: string, config: Record<string, Json>): KerasObject {
  return kerasObject('keras.layers', name, config);
}
