// SimpleRNN, GRU and LSTM: their cells over a sequence.
// Source: https://keras.io/api/layers/recurrent_layers/

import { boolean, type Fields } from '../base/fields.js';
import type { BaseLayerArgs, LayerContext } from '../base/kerasLayer.js';
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

/** What a layer's cell takes over from it. */
export function cellArgs(layer: { readonly config: object; readonly dtypePolicy: unknown }): object {
  const ofLayer = new Set([...Object.keys(sequenceFields), 'activityRegularizer']);
  const own = Object.entries(layer.config).filter(([key]) => !ofLayer.has(key));
  return { ...Object.fromEntries(own), dtype: layer.dtypePolicy };
}

/** A recurrent layer over [batch, time, inputs]. */
abstract class DenseRecurrent<F extends Fields & typeof sequenceFields> extends RecurrentLayer<F> {
  readonly cell: RecurrentCell;

  constructor(args: object, fields: F, Cell: new (args: never) => RecurrentCell, context?: LayerContext) {
    super(args, fields, context);
    const { seed: given } = args as { readonly seed?: unknown };
    this.cell = new Cell({ seed: given, ...cellArgs(this) } as never);
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

/** The seed is not in the config, as in Keras. */
export type SimpleRNNArgs = BaseLayerArgs & SequenceArgs & SimpleRNNCellArgs;

/**
 * h' = activation(x W + h U + b) over the steps of [batch, time, inputs].
 * Source: https://keras.io/api/layers/recurrent_layers/simple_rnn/
 * @throws ValueError if an argument is not Keras's, or the input does not have three axes.
 */
export class SimpleRNN extends DenseRecurrent<typeof simpleFields> {
  static readonly className: string = 'SimpleRNN';
  static override readonly ignoredKeys: readonly string[] = [...RecurrentLayer.ignoredKeys, 'seed'];

  constructor(args: SimpleRNNArgs, context?: LayerContext) {
    super(args, simpleFields, SimpleRNNCell, context);
  }
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

export type GRUArgs = BaseLayerArgs & SequenceArgs & GRUCellArgs;

/**
 * Gated recurrent unit over [batch, time, inputs].
 * Source: https://keras.io/api/layers/recurrent_layers/gru/
 * @throws ValueError if an argument is not Keras's, or the input does not have three axes.
 */
export class GRU extends DenseRecurrent<typeof gruFields> {
  static readonly className: string = 'GRU';

  constructor(args: GRUArgs, context?: LayerContext) {
    super(args, gruFields, GRUCell, context);
  }
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

export type LSTMArgs = BaseLayerArgs & SequenceArgs & LSTMCellArgs;

/**
 * Long short-term memory over [batch, time, inputs]. States: h and c.
 * Source: https://keras.io/api/layers/recurrent_layers/lstm/
 * @throws ValueError if an argument is not Keras's, or the input does not have three axes.
 */
export class LSTM extends DenseRecurrent<typeof lstmFields> {
  static readonly className: string = 'LSTM';

  constructor(args: LSTMArgs, context?: LayerContext) {
    super(args, lstmFields, LSTMCell, context);
  }
}
