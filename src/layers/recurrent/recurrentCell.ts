// The base of recurrent cells, which compute one step of a recurrent layer. A cell first projects the whole sequence,
// which is one large product instead of one per step, and then runs step by step:
//
//   run = cell.begin(training, stepShape)
//   projected = run.project(sequence)
//   {output, states} = run.step(projected[t], states)
//
// Source: https://keras.io/api/layers/recurrent_layers/

import { expandDims, type Scalar, squeeze, type Tensor, tidy } from '@tensorflow/tfjs-core';
import type { Shape } from '@tensorflow/tfjs-layers';
import type { Fields } from '../base/fields.js';
import { KerasLayer } from '../base/kerasLayer.js';
import type { Kwargs } from '../base/layerArgs.js';

export interface StepResult {
  readonly output: Tensor;
  readonly states: readonly Tensor[];
}

/** A cell's computation over one sequence, with its dropout masks. */
export interface CellRun {
  /** Computes what does not depend on the states: [batch, time, ...] -> [batch, time, ...]. */
  project(sequence: Tensor): Tensor;
  /** Computes one step. @param x one step of the result of `project`. */
  step(x: Tensor, states: readonly Tensor[]): StepResult;
}

/** A recurrent cell. As a layer, it computes one step. */
export abstract class RecurrentCell<F extends Fields = Fields> extends KerasLayer<F> {
  /**
   * Shapes of the states for one step of input, with the batch dimension. Stacked cells give one list of all states.
   */
  abstract stateShapesOf(stepShape: Shape): Shape[];
  /**
   * Starts a sequence: draws the dropout masks, once for all steps.
   * @param stepShape shape of one step of the input, with the batch dimension.
   */
  abstract begin(training: boolean, stepShape: readonly number[]): CellRun;

  /** Index of the state whose shape the output has. */
  get outputState(): number {
    return 0;
  }

  outputShapeOf(stepShape: Shape): Shape {
    return this.stateShapesOf(stepShape)[this.outputState];
  }

  /** Computes one step. Inputs: the step's input, then the states. Outputs: the step's output, then the new states. */
  override call(inputs: Tensor | Tensor[], kwargs: Kwargs): Tensor[] {
    return tidy(() => {
      const [x, ...states] = [inputs].flat();
      const run = this.begin(kwargs.training === true, x.shape);
      const projected = run.project(expandDims(x, 1));
      const { output, states: next } = run.step(squeeze(projected, [1]), states);
      return [output.clone(), ...next.map((state) => state.clone())];
    });
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape[] {
    const shape = (Array.isArray(inputShape[0]) ? inputShape[0] : inputShape) as Shape;
    return [this.outputShapeOf(shape), ...this.stateShapesOf(shape)];
  }

  /** Includes the losses of cells within the cell. */
  override calculateLosses(): Scalar[] {
    const held = Object.values(this.children).flat();
    return [...super.calculateLosses(), ...held.flatMap((layer) => layer.calculateLosses())];
  }
}
