// Recurrent layers and wrappers: SimpleRNN, GRU, LSTM, Bidirectional, TimeDistributed.

import type { LayerVariable, layers } from '@tensorflow/tfjs-layers';
import type { LayerContext } from '../base/kerasLayer.js';
import type { KerasObject } from '../objects/json.js';

type MakeLayer = (object: KerasObject, context?: LayerContext) => layers.Layer;
type SerializeLayer = (layer: layers.Layer) => KerasObject;

export const recurrentClassNames: readonly string[] = [];

export function makeRecurrentLayer(
  _object: KerasObject,
  _context: LayerContext,
  _make: MakeLayer,
): layers.Layer | null {
  return null;
}

export function serializeRecurrentLayer(_layer: layers.Layer, _serialize: SerializeLayer): KerasObject | null {
  return null;
}

/** What Keras files hold of a layer: its own variables in order, and the layers in it by attribute. */
export interface RecurrentState {
  readonly variables: readonly LayerVariable[];
  readonly children: Readonly<Record<string, layers.Layer | readonly layers.Layer[]>>;
}

export function recurrentState(_layer: layers.Layer): RecurrentState | null {
  return null;
}
