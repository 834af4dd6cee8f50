// The layers SimpleRNN, GRU and LSTM, which run their cells over a sequence.
// Source: https://keras.io/api/layers/recurrent_layers/

import { boolean, type Fields } from '../base/fields.js';
import { type BaseLayerArgs, type LayerContext, versionsOf } from '../base/layerArgs.js';
import {
  activityField,
  biasAndInitializerFields,
  constraintAndDropoutFields,
  gatedActivations,
  regularizerFields,
  resetAfterField,
  seedFields,
  simpleActivation,
  unitsField,
} from './cellFields.js';
import { GRUCell, type GRUCellArgs } from './gruCell.js';
import { LSTMCell, type LSTMCellArgs } from './lstmCell.js';
import type { RecurrentCell } from './recurrentCell.js';
import { RecurrentLayer, type SequenceArgs, sequenceFields } from './recurrentLayer.js';
import { SimpleRNNCell, type SimpleRNNCellArgs } from './simpleRnnCell.js';

/** The arguments of a layer's cell: those of the layer that are not about the sequence. */
export function cellArgs(layer: { readonly config: object; readonly dtypePolicy: unknown }): object {
  const ofLayer = new Set([...Object.keys(sequenceFields), 'activityRegularizer']);
  const own = Object.entries(layer.config).filter(([key]) => !ofLayer.has(key));
  return { ...Object.fromEntries(own), dtype: layer.dtypePolicy };
}

type CellClass = new (args: never, context?: LayerContext) => RecurrentCell;

/** A recurrent layer over [batch, time, inputs]. */
abstract class DenseRecurrent<F extends Fields & typeof sequenceFields> extends RecurrentLayer<F> {
  readonly cell: RecurrentCell;

  constructor(args: object, fields: F, Cell: CellClass, context?: LayerContext) {
    super(args, fields, context);
    const { seed: given } = args as { readonly seed?: unknown };
    const own = { seed: given, ...cellArgs(this), trainable: this.trainable };
    this.cell = new Cell(own as never, versionsOf(context));
    this.inputRules = [{ rank: 3 }];
  }
}

const simpleFields = {
  ...sequenceFields,
  ...unitsField,
  ...simpleActivation,
  ...biasAndInitializerFields,
  ...regularizerFields,
  ...activityField,
  ...constraintAndDropoutFields,
};

/** The arguments of Keras's SimpleRNN. As in Keras, the config does not contain the seed. */
export type SimpleRNNArgs = BaseLayerArgs & SequenceArgs & SimpleRNNCellArgs;

/**
 * h' = activation(x W + h U + b) over the steps of [batch, time, inputs]. State: h.
 * Source: https://keras.io/api/layers/recurrent_layers/simple_rnn/
 *
 * @throws ValueError for an argument that Keras refuses, and an input that is not of rank 3.
 */
export class SimpleRNN extends DenseRecurrent<typeof simpleFields> {
  static readonly className: string = 'SimpleRNN';
  static override readonly ignoredKeys: readonly string[] = [...RecurrentLayer.ignoredKeys, 'seed'];

  constructor(args: SimpleRNNArgs, context?: LayerContext) {
    super(args, simpleFields, SimpleRNNCell, context);
  }
}

/** Makes a SimpleRNN layer. Arguments, shapes and errors are those of the class. */
export function simpleRNN(args: SimpleRNNArgs): SimpleRNN {
  return new SimpleRNN(args);
}

const gruFields = {
  ...sequenceFields,
  ...unitsField,
  ...gatedActivations,
  ...biasAndInitializerFields,
  ...regularizerFields,
  ...activityField,
  ...constraintAndDropoutFields,
  ...resetAfterField,
  ...seedFields,
};

/** The arguments of Keras's GRU. */
export type GRUArgs = BaseLayerArgs & SequenceArgs & GRUCellArgs;

/**
 * Gated recurrent unit over [batch, time, inputs]. State: h.
 * Source: https://keras.io/api/layers/recurrent_layers/gru/
 *
 * @throws ValueError for an argument that Keras refuses, and an input that is not of rank 3.
 */
export class GRU extends DenseRecurrent<typeof gruFields> {
  static readonly className: string = 'GRU';

  constructor(args: GRUArgs, context?: LayerContext) {
    super(args, gruFields, GRUCell, context);
  }
}

/** Makes a GRU layer. Arguments, shapes and errors are those of the class. */
export function gru(args: GRUArgs): GRU {
  return new GRU(args);
}

const lstmFields = {
  ...sequenceFields,
  ...unitsField,
  ...gatedActivations,
  ...biasAndInitializerFields,
  unitForgetBias: boolean(true),
  ...regularizerFields,
  ...activityField,
  ...constraintAndDropoutFields,
  ...seedFields,
};

/** The arguments of Keras's LSTM. */
export type LSTMArgs = BaseLayerArgs & SequenceArgs & LSTMCellArgs;

/**
 * Long short-term memory over [batch, time, inputs]. States: h and c.
 * Source: https://keras.io/api/layers/recurrent_layers/lstm/
 *
 * @throws ValueError for an argument that Keras refuses, and an input that is not of rank 3.
 */
export class LSTM extends DenseRecurrent<typeof lstmFields> {
  static readonly className: string = 'LSTM';

  constructor(args: LSTMArgs, context?: LayerContext) {
    super(args, lstmFields, LSTMCell, context);
  }
}

/** Makes an LSTM layer. Arguments, shapes and errors are those of the class. */
export function lstm(args: LSTMArgs): LSTM {
  return new LSTM(args);
}
