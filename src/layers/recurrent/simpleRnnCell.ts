// The layer SimpleRNNCell: h' = activation(x W + h U + b).
// Source: https://keras.io/api/layers/recurrent_layers/simple_rnn/

import { add } from '@tensorflow/tfjs-core';
import type { BaseLayerArgs, LayerContext } from '../base/layerArgs.js';
import {
  biasAndInitializerFields,
  type CellArgs,
  constraintAndDropoutFields,
  regularizerFields,
  seedFields,
  simpleActivation,
  unitsField,
} from './cellFields.js';
import { DenseCell } from './denseCell.js';
import type { CellRun } from './recurrentCell.js';
import { projectSequence, projectState } from './recurrentProjection.js';

const fields = {
  ...unitsField,
  ...simpleActivation,
  ...biasAndInitializerFields,
  ...regularizerFields,
  ...constraintAndDropoutFields,
  ...seedFields,
};

/** The arguments of Keras's SimpleRNNCell. */
export interface SimpleRNNCellArgs extends BaseLayerArgs, CellArgs {}

/**
 * One step of SimpleRNN. Inputs: [batch, inputs] and the state [batch, units]. Outputs: the output and the new state.
 * Source: https://keras.io/api/layers/recurrent_layers/simple_rnn_cell/
 */
export class SimpleRNNCell extends DenseCell<typeof fields> {
  static readonly className: string = 'SimpleRNNCell';
  protected readonly gates = 1;

  constructor(args: SimpleRNNCellArgs, context?: LayerContext) {
    super(args, fields, context);
  }

  override begin(training: boolean, stepShape: readonly number[]): CellRun {
    const { kernel, recurrentKernel, bias } = this;
    const { activation } = this.config;
    const masks = this.drawMasks(training, stepShape);
    return {
      project: (sequence) => projectSequence({ sequence, kernel, bias, gates: 1, masks: masks.inputs }),
      step(x, [h]) {
        const output = activation.apply(add(x, projectState(h, recurrentKernel, 1, masks.states)));
        return { output, states: [output] };
      },
    };
  }
}

/** Makes a SimpleRNNCell layer. Arguments, shapes and errors are those of the class. */
export function simpleRNNCell(args: SimpleRNNCellArgs): SimpleRNNCell {
  return new SimpleRNNCell(args);
}
