// Follow the regularized leader. Sources: https://keras.io/api/optimizers/ftrl/ and
// https://research.google.com/pubs/archive/41159.pdf

import { pow, type Variable } from '@tensorflow/tfjs-core';
import { KerasValueError, showValue } from '../base/kerasValueError.js';
import { num, type Values } from '../serialization/params.js';
import type { OptimizerArgs } from './commonArgs.js';
import type { Formula } from './formula.js';
import { KerasOptimizer, type Step } from './kerasOptimizer.js';
import { constantSlot, type Slot, type SlotVariables } from './slots.js';

/** The arguments of Ftrl. */
export interface FtrlArgs extends OptimizerArgs {
  /** How the rate falls with the sum of squares; 0 keeps it. Default -0.5; at most 0. */
  readonly learningRatePower?: number;
  /** What the sums of the squares begin with. Default 0.1; at least 0. */
  readonly initialAccumulatorValue?: number;
  /** A penalty on absolute values, which makes variables 0. Default 0; at least 0. */
  readonly l1RegularizationStrength?: number;
  /** A penalty on squares. Default 0; at least 0. */
  readonly l2RegularizationStrength?: number;
  /** A penalty on squares that goes through the gradients. Default 0; at least 0. */
  readonly l2ShrinkageRegularizationStrength?: number;
  /** Added to the roots of the sums of squares. Default 0. */
  readonly beta?: number;
}

const params = {
  learning_rate_power: num(-0.5),
  initial_accumulator_value: num(0.1),
  l1_regularization_strength: num(0),
  l2_regularization_strength: num(0),
  l2_shrinkage_regularization_strength: num(0),
  beta: num(0),
};

/** The power of the accumulator is kept beside it where it is not its root. */
function slotsOf({ initial_accumulator_value: first, learning_rate_power: power }: Values<typeof params>): Slot[][] {
  const rootOf = (_: Variable, { accumulator }: SlotVariables) => pow(accumulator, Math.abs(power));
  const root = { name: 'root', first: rootOf, isDerived: true };
  return [[constantSlot('accumulator', first), { name: 'linear' }, ...(power === -0.5 ? [] : [root])]];
}

/**
 * Follow the regularized leader, for large sparse models. Learning rate 0.001.
 * Source: https://keras.io/api/optimizers/ftrl/
 * @throws ValueError for a strength below 0 or a power above 0.
 */
export class Ftrl extends KerasOptimizer<typeof params> {
  static override readonly className = 'Ftrl';

  constructor(args: FtrlArgs = {}) {
    super({ params, learningRate: 0.001, slots: (values) => slotsOf(values) }, args);
    const { learning_rate_power: power, beta: _, ...strengths } = this.values;
    if (power > 0) {
      throw new KerasValueError(
        `Ftrl: \`learning_rate_power\` needs to be negative or zero. Received: learning_rate_power=${showValue(power)}`,
      );
    }
    for (const key of Object.keys(params) as (keyof typeof params)[]) {
      const value = strengths[key as keyof typeof strengths] as number | undefined;
      if (value === undefined || value >= 0) continue;
      throw new KerasValueError(`Ftrl: \`${key}\` needs to be positive or zero. Received: ${key}=${showValue(value)}`);
    }
  }

  protected override formulaOf(_variable: Variable, { rate }: Step): Formula {
    const {
      learning_rate_power: power,
      l1_regularization_strength: l1,
      l2_regularization_strength: strength,
      beta,
    } = this.values;
    const shrinkage = 2 * this.values.l2_shrinkage_regularization_strength;
    const scalars = { rate, shrinkage, l1, minusL1: -l1, l2: 2 * (strength + beta / (2 * rate)) };
    return power === -0.5
      ? { rule: 'ftrl', scalars }
      : { rule: 'ftrlPower', scalars: { ...scalars, power: Math.abs(power) } };
  }
}
