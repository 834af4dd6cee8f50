// The layer RNN. Source: https://keras.io/api/layers/recurrent_layers/rnn/

import type { serialization } from '@tensorflow/tfjs-core';
import type { Json } from '../../core/json.js';
import type { Field } from '../base/fields.js';
import type { LayerLike } from '../base/identifiers.js';
import { KerasValueError, showValue } from '../base/kerasValueError.js';
import type { BaseLayerArgs, LayerContext } from '../base/layerArgs.js';
import { RecurrentCell } from './recurrentCell.js';
import { RecurrentLayer, type SequenceArgs, sequenceFields } from './recurrentLayer.js';
import { StackedRNNCells } from './stackedCells.js';
import { byRegistry, readWrappedLayer, type SerializeLayer, wrappedConfig, wrappedTfjsConfig } from './wrapperLayer.js';

/** A cell, or a list of cells, which are stacked. */
const cell: Field<RecurrentCell> = {
  parse(value, context) {
    const made = Array.isArray(value) ? new StackedRNNCells({ cells: value }) : readWrappedLayer(value, context);
    if (made instanceof RecurrentCell) return made;
    throw new KerasValueError(
      `${context.where}: \`cell\` must be a recurrent cell. Received: cell=${showValue(value)}`,
    );
  },
  serialize: () => undefined,
};

const fields = { ...sequenceFields, cell };

/** The arguments of Keras's RNN. */
export interface RNNArgs extends BaseLayerArgs, SequenceArgs {
  /** A cell, a serialized one, or a list of them. */
  cell: LayerLike | readonly LayerLike[];
}

/**
 * Runs any recurrent cell over a sequence [batch, time, ...].
 * Source: https://keras.io/api/layers/recurrent_layers/rnn/
 *
 * @throws ValueError if `cell` is not a recurrent cell.
 */
export class RNN extends RecurrentLayer<typeof fields> {
  static readonly className: string = 'RNN';

  constructor(args: RNNArgs, context?: LayerContext) {
    super(args, fields, context);
  }

  override get cell(): RecurrentCell {
    return this.config.cell;
  }

  override getKerasConfig(serialize: SerializeLayer = byRegistry): Record<string, Json> {
    return { ...super.getKerasConfig(), ...wrappedConfig({ cell: this.cell }, serialize) };
  }

  override getConfig(): serialization.ConfigDict {
    return wrappedTfjsConfig(this, super.getKerasConfig(), { cell: this.cell });
  }
}

/** Makes an RNN layer. Arguments, shapes and errors are those of the class. */
export function rnn(args: RNNArgs): RNN {
  return new RNN(args);
}
