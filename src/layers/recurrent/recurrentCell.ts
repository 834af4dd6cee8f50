// One step of a recurrent layer. A cell first looks at the whole sequence, so that what does not depend on the states is one
// large product instead of one per step, and then goes step by step:
//
//   run = cell.begin(training, stepShape);  projected = run.project(sequence);  {output, states} = run.step(projected[t], states)
//
// Source: https://keras.io/api/layers/recurrent_layers/

import { expandDims, type Scalar, squeeze, type Tensor, tidy } from '@tensorflow/tfjs-core';
import type { Shape } from '@tensorflow/tfjs-layers';
import type { Fields } from '../base/fields.js';
import { KerasLayer, type Kwargs } from '../base/kerasLayer.js';

export interface StepResult {
  readonly output: Tensor;
  readonly states: readonly Tensor[];
}

export interface CellRun {
  /** [batch, time, ...] -> [batch, time, ...] */
  project(sequence: Tensor): Tensor;
  /** @param x one step of what `project` gave. */
  step(x: Tensor, states: readonly Tensor[]): StepResult;
}

export abstract class RecurrentCell<F extends Fields = Fields> extends KerasLayer<F> {
  /** Shapes of the states for one step of input, with the batch dimension; nested cells give theirs in a row. */
  abstract stateShapesOf(stepShape: Shape): Shape[];
  /**
   * Dropout masks are drawn here, once for the whole sequence.
   * @param stepShape of one step of the input, with the batch dimension.
   */
  abstract begin(training: boolean, stepShape: readonly number[]): CellRun;

  /** The state that stands for a masked step's output. */
  get outputState(): number {
    return 0;
  }

  outputShapeOf(stepShape: Shape): Shape {
    return this.stateShapesOf(stepShape)[this.outputState];
  }

  /** One step, of the input and the states in one list: the output, then the new states. */
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

  /** Those of cells within the cell too. */
  override calculateLosses(): Scalar[] {
    const held = Object.values(this.children).flat();
    return [...super.calculateLosses(), ...held.flatMap((layer) => layer.calculateLosses())];
  }
}
