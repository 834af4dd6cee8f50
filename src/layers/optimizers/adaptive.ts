// Optimizers that scale each element by its past gradients, without a mean of the gradients themselves.

import type { Variable } from '@tensorflow/tfjs-core';
import { flag, num } from '../serialization/params.js';
import type { OptimizerArgs } from './commonArgs.js';
import type { Formula } from './formula.js';
import { KerasOptimizer, type Step } from './kerasOptimizer.js';
import { constantSlot } from './slots.js';

/** The arguments of RMSprop. */
export interface RMSpropArgs extends OptimizerArgs {
  /** What the mean of the squares keeps of itself. Default 0.9. */
  readonly rho?: number;
  /** What each step keeps of the one before. Default 0. */
  readonly momentum?: number;
  /** Added below the root. Default 1e-7. */
  readonly epsilon?: number;
  /** Whether the variance takes the place of the mean square. Default false. */
  readonly centered?: boolean;
}

const rmsprop = { rho: num(0.9), momentum: num(0), epsilon: num(1e-7), centered: flag(false) };

/**
 * Divides gradients by the root of the mean of their squares. Learning rate 0.001.
 * Source: https://keras.io/api/optimizers/rmsprop/
 */
export class RMSprop extends KerasOptimizer<typeof rmsprop> {
  static override readonly className = 'RMSprop';

  constructor(args: RMSpropArgs = {}) {
    const slots = ({ momentum, centered }: { readonly momentum: number; readonly centered: boolean }) => [
      [{ name: 'velocity' }],
      ...(momentum > 0 ? [[{ name: 'momentum' }]] : []),
      ...(centered ? [[{ name: 'average_gradient' }]] : []),
    ];
    super({ params: rmsprop, learningRate: 0.001, slots }, args);
  }

  protected override formulaOf(_variable: Variable, { rate }: Step): Formula {
    const { rho, momentum, epsilon, centered } = this.values;
    const withMomentum = centered ? 'rmspropCenteredMomentum' : 'rmspropMomentum';
    const without = centered ? 'rmspropCentered' : 'rmsprop';
    return {
      rule: momentum > 0 ? withMomentum : without,
      scalars: { rate, rho, take: 1 - rho, epsilon, kept: momentum },
    };
  }
}

/** The arguments of Adadelta. */
export interface AdadeltaArgs extends OptimizerArgs {
  /** What the means of the squares keep of themselves. Default 0.95. */
  readonly rho?: number;
  /** Added below the roots. Default 1e-7. */
  readonly epsilon?: number;
}

const adadelta = { rho: num(0.95), epsilon: num(1e-7) };

/**
 * Scales gradients by the ratio of past steps to past gradients. Learning rate 0.001; 1 is that of the paper.
 * Source: https://keras.io/api/optimizers/adadelta/ and https://arxiv.org/abs/1212.5701
 */
export class Adadelta extends KerasOptimizer<typeof adadelta> {
  static override readonly className = 'Adadelta';

  constructor(args: AdadeltaArgs = {}) {
    const slots = () => [[{ name: 'accumulated_grad' }, { name: 'accumulated_delta_var' }]];
    super({ params: adadelta, learningRate: 0.001, slots }, args);
  }

  protected override formulaOf(_variable: Variable, { rate }: Step): Formula {
    const { rho, epsilon } = this.values;
    return { rule: 'adadelta', scalars: { rho, take: 1 - rho, rate, epsilon } };
  }
}

/** The arguments of Adagrad. */
export interface AdagradArgs extends OptimizerArgs {
  /** What the sums of the squares begin with. Default 0.1. */
  readonly initialAccumulatorValue?: number;
  /** Added below the root. Default 1e-7. */
  readonly epsilon?: number;
}

const adagrad = { initial_accumulator_value: num(0.1), epsilon: num(1e-7) };

/**
 * Divides gradients by the root of the sum of all their squares so far. Learning rate 0.001.
 * Source: https://keras.io/api/optimizers/adagrad/
 */
export class Adagrad extends KerasOptimizer<typeof adagrad> {
  static override readonly className = 'Adagrad';

  constructor(args: AdagradArgs = {}) {
    super(
      {
        params: adagrad,
        learningRate: 0.001,
        slots: ({ initial_accumulator_value: first }) => [[constantSlot('accumulator', first)]],
      },
      args,
    );
  }

  protected override formulaOf(_variable: Variable, { rate }: Step): Formula {
    return { rule: 'adagrad', scalars: { rate, epsilon: this.values.epsilon } };
  }
}
