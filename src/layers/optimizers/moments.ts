// Variants of Adam.

import {
  abs,
  add,
  div,
  greater,
  logicalAnd,
  maximum,
  mul,
  onesLike,
  sqrt,
  square,
  sub,
  sum,
  type Tensor,
  type Variable,
  where,
} from '@tensorflow/tfjs-core';
import { num } from '../serialization/params.js';
import { assigned, type MomentsArgs, momentsParams, moveTo } from './adam.js';
import { KerasOptimizer, type Step } from './kerasOptimizer.js';
import type { SlotVariables } from './slots.js';
import { numberEntry, type StateEntry } from './state.js';

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

  protected override update(variable: Variable, gradient: Tensor, slots: SlotVariables, { rate, number }: Step): void {
    const { beta_1, beta_2, epsilon } = this.values;
    const m = moveTo(slots.momentum, gradient, 1 - beta_1);
    const norm = assigned(slots.norm, maximum(mul(slots.norm, beta_2), abs(gradient)));
    variable.assign(sub(variable, div(mul(m, rate), mul(add(norm, epsilon), 1 - beta_1 ** number))));
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
    this.#product *= this.#decayIn(number);
  }

  protected override update(variable: Variable, gradient: Tensor, slots: SlotVariables, { rate, number }: Step): void {
    const { beta_1, beta_2, epsilon } = this.values;
    const now = this.#decayIn(number);
    const next = this.#decayIn(number + 1);
    const m = moveTo(slots.momentum, gradient, 1 - beta_1);
    const v = moveTo(slots.velocity, square(gradient), 1 - beta_2);
    const ahead = mul(m, next / (1 - this.#product * next));
    const mean = add(ahead, mul(gradient, (1 - now) / (1 - this.#product)));
    const root = sqrt(mul(v, 1 / (1 - beta_2 ** number)));
    variable.assign(sub(variable, div(mul(mean, rate), add(root, epsilon))));
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

  protected override update(variable: Variable, gradient: Tensor, slots: SlotVariables, { rate, number }: Step): void {
    const { beta_1, beta_2, epsilon } = this.values;
    const m = moveTo(slots.momentum, gradient, 1 - beta_1);
    const v = moveTo(slots.velocity, square(gradient), 1 - beta_2);
    const root = sqrt(mul(v, 1 / (1 - beta_2 ** number)));
    const step = div(mul(m, 1 / (1 - beta_1 ** number)), add(root, epsilon));
    const [own, length] = [sqrt(sum(square(variable))), sqrt(sum(square(step)))];
    const isUsual = logicalAnd(greater(own, 0), greater(length, 0));
    const ratio = where(isUsual, div(own, length), onesLike(own));
    variable.assign(sub(variable, mul(step, mul(ratio, rate))));
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

  protected override update(variable: Variable, gradient: Tensor, slots: SlotVariables, { rate, number }: Step): void {
    const { beta_1, beta_2, epsilon, warmup_steps: warmup } = this.values;
    const risen = warmup > 0 ? rate * Math.min(number / warmup, 1) : rate;
    const v = moveTo(slots.velocity, square(gradient), 1 - beta_2);
    const root = sqrt(mul(v, 1 / (1 - beta_2 ** number)));
    const before = slots.momentum.clone();
    const base = assigned(slots.momentum, sub(before, div(mul(gradient, risen), add(root, epsilon))));
    const averageBefore = div(sub(variable, mul(before, 1 - beta_1)), beta_1);
    const average = add(mul(averageBefore, 1 - 1 / number), mul(base, 1 / number));
    variable.assign(add(mul(base, 1 - beta_1), mul(average, beta_1)));
  }
}
