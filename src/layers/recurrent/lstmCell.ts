// The layer LSTMCell. The gates i, f, c, o lie side by side in the kernels:
//   c' = f c + i activation(x_c + h_c)        h' = o activation(c')
// Source: https://keras.io/api/layers/recurrent_layers/lstm/

import { add, mul } from '@tensorflow/tfjs-core';
import type { Shape } from '@tensorflow/tfjs-layers';
import { boolean } from '../base/fields.js';
import type { BaseLayerArgs, LayerContext } from '../base/layerArgs.js';
import { split } from '../base/parts.js';
import type { Initializer } from '../initializers/initializers.js';
import {
  biasAndInitializerFields,
  constraintAndDropoutFields,
  type GatedCellArgs,
  gatedActivations,
  regularizerFields,
  seedFields,
  unitsField,
} from './cellFields.js';
import { DenseCell } from './denseCell.js';
import type { CellRun } from './recurrentCell.js';
import { forgetBias, projectSequence, projectState } from './recurrentProjection.js';

const fields = {
  ...unitsField,
  ...gatedActivations,
  ...biasAndInitializerFields,
  unitForgetBias: boolean(true),
  ...regularizerFields,
  ...constraintAndDropoutFields,
  ...seedFields,
};

/** The arguments of Keras's LSTMCell. */
export interface LSTMCellArgs extends BaseLayerArgs, GatedCellArgs {
  /** The bias of the forget gate starts at 1. Default true. */
  unitForgetBias?: boolean;
}

/**
 * One step of LSTM. Inputs: [batch, inputs] and the states h and c, [batch, units]. Outputs: the output and both
 * states.
 * Source: https://keras.io/api/layers/recurrent_layers/lstm_cell/
 */
export class LSTMCell extends DenseCell<typeof fields> {
  static readonly className: string = 'LSTMCell';
  protected readonly gates = 4;

  constructor(args: LSTMCellArgs, context?: LayerContext) {
    super(args, fields, context);
  }

  protected override biasInitializer(): Initializer | null {
    const { biasInitializer, unitForgetBias } = this.config;
    return unitForgetBias ? forgetBias(this.initializerOr(biasInitializer), this.units) : biasInitializer;
  }

  override stateShapesOf([batch]: Shape): Shape[] {
    return [
      [batch, this.units],
      [batch, this.units],
    ];
  }

  override begin(training: boolean, stepShape: readonly number[]): CellRun {
    const { kernel, recurrentKernel, bias } = this;
    const { activation, recurrentActivation } = this.config;
    const masks = this.drawMasks(training, stepShape);
    return {
      project: (sequence) => projectSequence({ sequence, kernel, bias, gates: 4, masks: masks.inputs }),
      step(x, [h, c]) {
        const z = split(add(x, projectState(h, recurrentKernel, 4, masks.states)), 4, -1);
        const [i, f, o] = [z[0], z[1], z[3]].map((gate) => recurrentActivation.apply(gate));
        const carry = add(mul(f, c), mul(i, activation.apply(z[2])));
        const output = mul(o, activation.apply(carry));
        return { output, states: [output, carry] };
      },
    };
  }
}

/** Makes an LSTMCell layer. Arguments, shapes and errors are those of the class. */
export function lstmCell(args: LSTMCellArgs): LSTMCell {
  return new LSTMCell(args);
}
