// Recurrent layers and wrappers: SimpleRNN, GRU, LSTM, ConvLSTM, RNN and their cells, Bidirectional, TimeDistributed.

import type { layers } from '@tensorflow/tfjs-layers';
import type { Json, KerasObject } from '../../core/json.js';
import { KerasLayer, type KerasLayerClass } from '../base/kerasLayer.js';
import { Bidirectional } from './bidirectional.js';
import { ConvLSTM1D, ConvLSTM2D, ConvLSTM3D } from './convLstm.js';
import { GRU, LSTM, SimpleRNN } from './denseRecurrent.js';
import { GRUCell } from './gruCell.js';
import { LSTMCell } from './lstmCell.js';
import { RNN } from './rnn.js';
import { SimpleRNNCell } from './simpleRnnCell.js';
import { StackedRNNCells } from './stackedCells.js';
import { type RecurrentState, serializeTfjsRecurrent, tfjsRecurrentState } from './tfjsRecurrent.js';
import { TimeDistributed } from './timeDistributed.js';
import type { SerializeLayer } from './wrapperLayer.js';

export * from './public.js';

export const recurrentLayers: readonly KerasLayerClass[] = [
  SimpleRNN,
  GRU,
  LSTM,
  ConvLSTM1D,
  ConvLSTM2D,
  ConvLSTM3D,
  RNN,
  SimpleRNNCell,
  GRUCell,
  LSTMCell,
  StackedRNNCells,
  Bidirectional,
  TimeDistributed,
] as unknown as readonly KerasLayerClass[];

const byName = new Map(recurrentLayers.map((cls) => [cls.className, cls]));

/**
 * Serializes a layer that wraps others, or a recurrent layer of TensorFlow.js. Null for all other layers.
 * @param serialize serializes the wrapped layers and models.
 */
export function serializeRecurrentLayer(layer: layers.Layer, serialize: SerializeLayer): KerasObject | null {
  if (!(layer instanceof KerasLayer)) return serializeTfjsRecurrent(layer, serialize, byName);
  const isWrapper = [Bidirectional, TimeDistributed, RNN, StackedRNNCells].some((cls) => layer instanceof cls);
  if (!isWrapper) return null;
  const { className } = layer.constructor as unknown as KerasLayerClass;
  const config = (layer as unknown as TimeDistributed).getKerasConfig(serialize);
  const object = { module: 'keras.layers', class_name: className, config, registered_name: null };
  const { builtShape } = layer;
  return layer.built && builtShape ? { ...object, build_config: { input_shape: builtShape as Json } } : object;
}

/** What Keras's files hold of a recurrent layer of TensorFlow.js. Null for all other layers. */
export function recurrentState(layer: layers.Layer): RecurrentState | null {
  return tfjsRecurrentState(layer);
}
