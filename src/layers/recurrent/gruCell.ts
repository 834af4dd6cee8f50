// The layer GRUCell. The gates z, r, h lie side by side in the kernels:
//   h' = z h + (1 - z) activation(x_h + r (h U_h + b_h))     with reset_after
//   h' = z h + (1 - z) activation(x_h + (r h) U_h)           without
// Source: https://keras.io/api/layers/recurrent_layers/gru/

import { add, matMul, mul, reshape, sub, type Tensor } from '@tensorflow/tfjs-core';
import type { BaseLayerArgs, LayerContext } from '../base/layerArgs.js';
import { split } from '../base/parts.js';
import {
  biasAndInitializerFields,
  constraintAndDropoutFields,
  type GatedCellArgs,
  gatedActivations,
  regularizerFields,
  resetAfterField,
  seedFields,
  unitsField,
} from './cellFields.js';
import { DenseCell } from './denseCell.js';
import type { CellRun } from './recurrentCell.js';
import { projectSequence, projectState } from './recurrentProjection.js';

const fields = {
  ...unitsField,
  ...gatedActivations,
  ...biasAndInitializerFields,
  ...regularizerFields,
  ...constraintAndDropoutFields,
  ...resetAfterField,
  ...seedFields,
};

/** The arguments of Keras's GRUCell. */
export interface GRUCellArgs extends BaseLayerArgs, GatedCellArgs {
  /** Whether the reset gate acts after the product with the state, which then has a bias of its own. Default true. */
  resetAfter?: boolean;
}

/**
 * One step of GRU. Inputs: [batch, inputs] and the state [batch, units]. Outputs: the output and the new state.
 * Source: https://keras.io/api/layers/recurrent_layers/gru_cell/
 */
export class GRUCell extends DenseCell<typeof fields> {
  static readonly className: string = 'GRUCell';
  protected readonly gates = 3;

  constructor(args: GRUCellArgs, context?: LayerContext) {
    super(args, fields, context);
  }

  /** With reset_after the bias has two rows: of the input and of the state. */
  protected override get biasShape(): readonly number[] {
    return this.config.resetAfter ? [2, 3 * this.units] : [3 * this.units];
  }

  override begin(training: boolean, stepShape: readonly number[]): CellRun {
    const { kernel } = this;
    const { inputBias, stateBias } = this.#biases();
    const masks = this.drawMasks(training, stepShape);
    return {
      project: (sequence) => projectSequence({ sequence, kernel, bias: inputBias, gates: 3, masks: masks.inputs }),
      step: (x, [h]) => {
        const output = this.#step(x, h, stateBias, masks.states);
        return { output, states: [output] };
      },
    };
  }

  #biases(): { inputBias: Tensor | null; stateBias: Tensor | null } {
    const { bias } = this;
    if (!bias || !this.config.resetAfter) return { inputBias: bias, stateBias: null };
    const [inputBias, stateBias] = split(bias, 2, 0).map((row) => reshape(row, [-1]));
    return { inputBias, stateBias };
  }

  #step(x: Tensor, h: Tensor, stateBias: Tensor | null, masks: readonly Tensor[]): Tensor {
    const { activation, recurrentActivation, resetAfter } = this.config;
    const { recurrentKernel, units } = this;
    const [xz, xr, xh] = split(x, 3, -1);
    const [gateKernel, newKernel] = resetAfter
      ? [recurrentKernel, null]
      : split(recurrentKernel, [2 * units, units], 1);
    const gates = resetAfter ? 3 : 2;
    const product = projectState(h, gateKernel, gates, masks.slice(0, masks.length === 1 ? 1 : gates));
    const [hz, hr, hh] = split(stateBias ? add(product, stateBias) : product, gates, -1);
    const z = recurrentActivation.apply(add(xz, hz));
    const r = recurrentActivation.apply(add(xr, hr));
    // Without reset_after the reset gate acts on the state itself, after its dropout.
    const dropped = masks.length > 0 ? mul(h, masks[masks.length - 1]) : h;
    const candidate = newKernel ? matMul(mul(r, dropped), newKernel) : mul(r, hh);
    const fresh = activation.apply(add(xh, candidate));
    return add(mul(z, h), mul(sub(1, z), fresh));
  }
}

/** Makes a GRUCell layer. Arguments, shapes and errors are those of the class. */
export function gruCell(args: GRUCellArgs): GRUCell {
  return new GRUCell(args);
}
