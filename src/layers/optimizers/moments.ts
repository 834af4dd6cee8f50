// Variants of Adam.

import type { Variable } from '@tensorflow/tfjs-core';
import { sumSquares } from '../../ops/update.js';
import { num } from '../serialization/params.js';
import { type MomentsArgs, momentsParams, takenAfter } from './adam.js';
import { type Formula, runRule } from './formula.js';
import { KerasOptimizer, type Step } from './kerasOptimizer.js';
import { numberEntry, type StateEntry } from './state.js';
import { followsTfKeras, takesDecayIn } from './tfKerasRules.js';

const spec = {
  params: momentsParams,
  learningRate: 0.001,
  slots: () => [[{ name: 'momentum' }, { name: 'velocity' }]],
};

/**
 * Adam with the largest gradient in the place of their mean square. Learning rate 0.001.
 * Source: https://keras.io/api/optimizers/adamax/ and https://arxiv.org/abs/1412.6980
 */
export class Adamax extends KerasOptimizer<typeof momentsParams> {
  static override readonly className = 'Adamax';

  constructor(args: MomentsArgs = {}) {
    super({ ...spec, slots: () => [[{ name: 'momentum' }, { name: 'norm' }]] }, args);
  }

  protected override formulaOf(_variable: Variable, { rate, number }: Step): Formula {
    const { beta_1, beta_2: kept2, epsilon } = this.values;
    const scalars = { take1: 1 - beta_1, kept2, rate, epsilon, correction: takenAfter(beta_1, number) };
    return { rule: 'adamax', scalars };
  }
}

/**
 * Adam with Nesterov's momentum. Learning rate 0.001.
 * Source: https://keras.io/api/optimizers/Nadam/
 */
export class Nadam extends KerasOptimizer<typeof momentsParams> {
  static override readonly className = 'Nadam';
  /** The product of the decays of all steps. */
  #product = 1;
  /** The variables that this step has updated. */
  #updated = 0;

  constructor(args: MomentsArgs = {}) {
    super(spec, args);
  }

  protected override get numbers(): StateEntry[] {
    const set = (value: number) => {
      this.#product = value;
    };
    return [numberEntry('u_product', () => this.#product, set)];
  }

  #decayIn(step: number): number {
    return this.values.beta_1 * (1 - 0.5 * 0.96 ** step);
  }

  protected override beginUpdates({ number }: Step): void {
    this.#updated = 0;
    if (!followsTfKeras(this)) this.#product *= this.#decayIn(number);
  }

  protected override formulaOf(_variable: Variable, { rate, number }: Step): Formula {
    const { beta_1, beta_2, epsilon } = this.values;
    const now = this.#decayIn(number);
    const next = this.#decayIn(number + 1);
    if (followsTfKeras(this) && takesDecayIn(this.#updated++, number)) this.#product *= now;
    return {
      rule: 'nadam',
      scalars: {
        ...{ take1: takenAfter(beta_1, 1), take2: takenAfter(beta_2, 1), rate, epsilon },
        ahead: next / (1 - this.#product * next),
        now: (1 - now) / (1 - this.#product),
        correction: 1 / takenAfter(beta_2, number),
      },
    };
  }
}

/**
 * Adam whose step has the length of the variable, times the learning rate, for large batches. Learning rate 0.001.
 * Source: https://keras.io/api/optimizers/lamb/ and https://arxiv.org/abs/1904.00962
 */
export class Lamb extends KerasOptimizer<typeof momentsParams> {
  static override readonly className = 'Lamb';

  constructor(args: MomentsArgs = {}) {
    super(spec, args);
  }

  protected override formulaOf(variable: Variable, { rate, number }: Step): Formula {
    const { beta_1, beta_2, epsilon } = this.values;
    const corrections = { correction1: 1 / takenAfter(beta_1, number), correction2: 1 / takenAfter(beta_2, number) };
    return {
      rule: 'lamb',
      scalars: { take1: 1 - beta_1, take2: 1 - beta_2, ...corrections, epsilon },
      finish({ step }) {
        const lengths = { ownSquares: sumSquares(variable), stepSquares: sumSquares(step) };
        variable.assign(runRule('trust', { w: variable, g: step, ...lengths }, { rate, one: 1 }).w);
      },
    };
  }
}

/** The arguments of ScheduleFreeAdamW. */
export interface ScheduleFreeAdamWArgs extends MomentsArgs {
  /** Steps in which the learning rate rises to its value. Default 0. */
  readonly warmupSteps?: number;
}

const scheduleFree = { ...momentsParams, epsilon: num(1e-8), warmup_steps: num(0) };

/**
 * AdamW that averages the variables instead of lowering its rate. Learning rate 0.0025, epsilon 1e-8.
 * Source: https://keras.io/api/optimizers/schedule_free_adamw/ and https://arxiv.org/abs/2405.15682
 */
export class ScheduleFreeAdamW extends KerasOptimizer<typeof scheduleFree> {
  static override readonly className = 'ScheduleFreeAdamW';

  constructor(args: ScheduleFreeAdamWArgs = {}) {
    const momentum = { name: 'momentum', first: (variable: Variable) => variable.clone() };
    super({ params: scheduleFree, learningRate: 0.0025, slots: () => [[momentum, { name: 'velocity' }]] }, args);
  }

  protected override formulaOf(_variable: Variable, { rate, number }: Step): Formula {
    const { beta_1, beta_2, epsilon, warmup_steps: warmup } = this.values;
    return {
      rule: 'scheduleFree',
      scalars: {
        ...{ take1: takenAfter(beta_1, 1), take2: takenAfter(beta_2, 1), beta1: beta_1, epsilon },
        correction: 1 / takenAfter(beta_2, number),
        rate: warmup > 0 ? rate * Math.min(number / warmup, 1) : rate,
        before: 1 - 1 / number,
        now: 1 / number,
      },
    };
  }
}
