// Adafactor: mean squares of rows and columns instead of all elements. Sources:
// https://keras.io/api/optimizers/adafactor/ and https://arxiv.org/abs/1804.04235

import { div, expandDims, mean, mul, type Tensor, type Variable, zeros } from '@tensorflow/tfjs-core';
import { adafactorUpdate, sumSquares } from '../../ops/update.js';
import { flag, num } from '../serialization/params.js';
import type { OptimizerArgs } from './commonArgs.js';
import { become, runRule } from './formula.js';
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
    const { beta_2_decay: decay, epsilon_1: epsilon, epsilon_2: smallest, clip_threshold: threshold } = this.values;
    const kept = 1 - number ** decay;
    const scalars = { kept, take: 1 - kept, epsilon };
    // The rate itself is at most 1 / sqrt(step) in either case: `relativeStep` changes nothing in Keras.
    const least = Math.min(rate, 1 / Math.sqrt(number));
    const { r, c, velocity } = slots;
    const given = { w: variable, g: gradient };
    const changed: Variable[] = variable.rank < 2 ? [variable, velocity] : [variable, r, c, velocity];
    const all = { ...given, ...(variable.rank < 2 ? { velocity } : { r, c, velocity }) };
    const whole = adafactorUpdate(all, { ...scalars, rate: least, smallest, threshold });
    if (whole) {
      changed.forEach((one, i) => {
        become(one, whole[i]);
      });
      return;
    }
    const step = variable.rank < 2 ? ofVector(given, slots, scalars) : ofMatrix(given, slots, scalars);
    const lengths = { ownSquares: sumSquares(variable), stepSquares: sumSquares(step) };
    const { w } = runRule(
      'adafactor',
      { w: variable, g: step, ...lengths },
      { rate: least, part: 1 / variable.size, smallest, threshold, one: 1 },
    );
    variable.assign(w);
  }
}

type Scalars = Readonly<Record<'kept' | 'take' | 'epsilon', number>>;
type Given = Readonly<Record<'w' | 'g', Tensor>>;

function ofVector(given: Given, { velocity }: SlotVariables, scalars: Scalars): Tensor {
  const results = runRule('adafactorVector', { ...given, velocity }, scalars);
  velocity.assign(results.velocity);
  return results.step;
}

/** The mean square of an element is that of its row times that of its column, over the mean of all. */
function ofMatrix(given: Given, { r, c, velocity }: SlotVariables, scalars: Scalars): Tensor {
  const { g } = given;
  const move = (means: Variable, axis: number): Tensor => {
    const squares = sumSquares(g, [g.rank + axis]);
    const factor = 1 / g.shape[g.rank + axis];
    const moved = runRule('moveMeans', { w: squares, g: squares, means }, { ...scalars, factor }).means;
    means.assign(moved);
    return moved;
  };
  const [rows, columns] = [move(r, -1), move(c, -2)];
  velocity.assign(mul(expandDims(div(rows, mean(rows, -1, true)), -1), expandDims(columns, -2)));
  return runRule('adafactorMatrix', { ...given, velocity }, {}).step;
}
