// Gradient descent with one rate for all elements. Sources: https://keras.io/api/optimizers/sgd/ and
// https://keras.io/api/optimizers/lion/, https://arxiv.org/abs/2302.06675

import type { Variable } from '@tensorflow/tfjs-core';
import { KerasValueError, showValue } from '../base/kerasValueError.js';
import { flag, num } from '../serialization/params.js';
import type { OptimizerArgs } from './commonArgs.js';
import type { Formula } from './formula.js';
import { KerasOptimizer, type Step } from './kerasOptimizer.js';

/** The arguments of SGD. */
export interface SGDArgs extends OptimizerArgs {
  /** What each step keeps of the one before. Default 0; from 0 to 1. */
  readonly momentum?: number;
  /** Whether Nesterov's momentum is used. Default false. */
  readonly nesterov?: boolean;
}

const sgd = { momentum: num(0), nesterov: flag(false) };

/**
 * Gradient descent, with momentum where there is one. Learning rate 0.01.
 * Source: https://keras.io/api/optimizers/sgd/
 * @throws ValueError for a momentum outside of 0 to 1.
 */
export class SGD extends KerasOptimizer<typeof sgd> {
  static override readonly className = 'SGD';

  constructor(args: SGDArgs = {}) {
    const slots = ({ momentum }: { readonly momentum: number }) => (momentum === 0 ? [] : [[{ name: 'momentum' }]]);
    super({ params: sgd, learningRate: 0.01, slots }, args);
    const { momentum } = this.values;
    if (momentum >= 0 && momentum <= 1) return;
    throw new KerasValueError(
      `SGD: \`momentum\` must be a float between [0, 1]. Received: momentum=${showValue(momentum)}`,
    );
  }

  protected override formulaOf(_variable: Variable, { rate }: Step): Formula {
    const { momentum: kept, nesterov } = this.values;
    if (kept === 0) return { rule: 'sgd', scalars: { rate } };
    return { rule: nesterov ? 'nesterov' : 'momentum', scalars: { rate, kept } };
  }
}

/** The arguments of Lion. */
export interface LionArgs extends OptimizerArgs {
  /** The share of the momentum in a step. Default 0.9; above 0, at most 1. */
  readonly beta1?: number;
  /** What the momentum keeps of itself. Default 0.99. */
  readonly beta2?: number;
}

const lion = { beta_1: num(0.9), beta_2: num(0.99) };

/**
 * Steps of one size, by the sign of the momentum. Learning rate 0.001.
 * Source: https://keras.io/api/optimizers/lion/ and https://arxiv.org/abs/2302.06675
 * @throws ValueError for a `beta1` that is not above 0 and at most 1.
 */
export class Lion extends KerasOptimizer<typeof lion> {
  static override readonly className = 'Lion';

  constructor(args: LionArgs = {}) {
    super({ params: lion, learningRate: 0.001, slots: () => [[{ name: 'momentum' }]] }, args);
    const { beta_1 } = this.values;
    if (beta_1 > 0 && beta_1 <= 1) return;
    throw new KerasValueError(`Lion: \`beta_1\` must be in the range ]0, 1]. Received: beta_1=${showValue(beta_1)}`);
  }

  protected override formulaOf(_variable: Variable, { rate }: Step): Formula {
    const { beta_1: kept1, beta_2: kept2 } = this.values;
    return { rule: 'lion', scalars: { rate, kept1, take1: 1 - kept1, kept2, take2: 1 - kept2 } };
  }
}
