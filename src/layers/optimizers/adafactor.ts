// Adafactor: mean squares of rows and columns instead of all elements. Sources:
// https://keras.io/api/optimizers/adafactor/ and https://arxiv.org/abs/1804.04235

import type { Scalar, Tensor, Variable } from '@tensorflow/tfjs-core';
import { add, div, expandDims, maximum, mean, mul, sqrt, square, sub, zeros } from '@tensorflow/tfjs-core';
import { flag, num } from '../serialization/params.js';
import { assigned } from './adam.js';
import type { OptimizerArgs } from './commonArgs.js';
import { KerasOptimizer, type Step } from './kerasOptimizer.js';
import type { SlotVariables } from './slots.js';

/** The arguments of Adafactor. */
export interface AdafactorArgs extends OptimizerArgs {
  /** The exponent of the decay of the mean squares. Default -0.8. */
  readonly beta2Decay?: number;
  /** Added to squares. Default 1e-30. */
  readonly epsilon1?: number;
  /** The least scale of a variable. Default 1e-3. */
  readonly epsilon2?: number;
  /** The largest root mean square of a step. Default 1. */
  readonly clipThreshold?: number;
  /** Whether the rate is at most 1 / sqrt(step). Default true. */
  readonly relativeStep?: boolean;
}

const params = {
  beta_2_decay: num(-0.8),
  epsilon_1: num(1e-30),
  epsilon_2: num(1e-3),
  clip_threshold: num(1),
  relative_step: flag(true),
};

/**
 * Adafactor: as Adam, with the memory of the rows and columns of each variable. Learning rate 0.001.
 * Source: https://keras.io/api/optimizers/adafactor/
 */
export class Adafactor extends KerasOptimizer<typeof params> {
  static override readonly className = 'Adafactor';

  constructor(args: AdafactorArgs = {}) {
    // Vectors and scalars have no rows and columns; Keras's files hold a 0 for each.
    const without =
      (axis: number) =>
      ({ shape }: Variable) =>
        zeros(shape.length < 2 ? [] : shape.filter((_, i) => i !== shape.length + axis));
    const slots = [{ name: 'r', first: without(-1) }, { name: 'c', first: without(-2) }, { name: 'velocity' }];
    super({ params, learningRate: 0.001, slots: () => [slots] }, args);
  }

  protected override update(variable: Variable, gradient: Tensor, slots: SlotVariables, { rate, number }: Step): void {
    const { beta_2_decay: decay, epsilon_1, epsilon_2, clip_threshold: threshold } = this.values;
    const kept = 1 - number ** decay;
    // The rate itself is at most 1 / sqrt(step) in either case: `relativeStep` changes nothing in Keras.
    const scale = mul(maximum(rootMeanSquare(variable), epsilon_2), Math.min(rate, 1 / Math.sqrt(number)));
    const squares = add(square(gradient), epsilon_1);
    const move = (slot: Variable, value: Tensor) => assigned(slot, add(mul(slot, kept), mul(value, 1 - kept)));
    let v: Tensor;
    if (variable.rank >= 2) {
      const r = move(slots.r, mean(squares, -1));
      const c = move(slots.c, mean(squares, -2));
      v = assigned(slots.velocity, mul(expandDims(div(r, mean(r, -1, true)), -1), expandDims(c, -2)));
    } else v = move(slots.velocity, squares);
    const step = div(gradient, sqrt(v));
    const limited = div(step, maximum(div(rootMeanSquare(step), threshold), 1));
    variable.assign(sub(variable, mul(scale, limited)));
  }
}

function rootMeanSquare(x: Tensor): Scalar {
  return sqrt(mean(square(x))) as Scalar;
}
