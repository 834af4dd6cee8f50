// The arguments that all optimizers of Keras have. Source: https://keras.io/api/optimizers/

import { KerasValueError, showValue } from '../base/kerasValueError.js';
import { anything, flag, num, numOrNull, textOrNull, type Values } from '../serialization/params.js';
import { LearningRateSchedule } from './schedules.js';

/** A learning rate: a number, or a schedule that gives one for each step. */
export type LearningRate = number | LearningRateSchedule;

/** The arguments that all optimizers have. Those of one class are beside it. */
export interface OptimizerArgs {
  /** Default: as the class says. */
  readonly learningRate?: LearningRate;
  /** Default: the class's name in lower case. */
  readonly name?: string;
  /** Each step takes this fraction, times the learning rate, from the variables. Default null: none. */
  readonly weightDecay?: number | null;
  /** The longest norm of each gradient; longer ones are scaled down. Default null: any. */
  readonly clipnorm?: number | null;
  /** The largest absolute value in a gradient; larger ones are cut. Default null: any. */
  readonly clipvalue?: number | null;
  /** The longest norm of all gradients together. Default null: any. */
  readonly globalClipnorm?: number | null;
  /** Whether moving averages of the variables are kept, and put in their place at the end of `fit`. Default false. */
  readonly useEma?: boolean;
  /** What each average keeps of itself in a step. Default 0.99. */
  readonly emaMomentum?: number;
  /** The averages take the place of the variables every so many steps, too. Default null: never. */
  readonly emaOverwriteFrequency?: number | null;
  /** The loss is multiplied by this while gradients are computed, so that small ones do not vanish. Default null: 1. */
  readonly lossScaleFactor?: number | null;
  /** Steps whose gradients are averaged before the variables change. Default null: 1. */
  readonly gradientAccumulationSteps?: number | null;
}

export const common = {
  name: textOrNull,
  learning_rate: anything<unknown>(undefined),
  weight_decay: numOrNull(),
  clipnorm: numOrNull(),
  global_clipnorm: numOrNull(),
  clipvalue: numOrNull(),
  use_ema: flag(false),
  ema_momentum: num(0.99),
  ema_overwrite_frequency: numOrNull(),
  loss_scale_factor: numOrNull(),
  gradient_accumulation_steps: numOrNull(),
};

export type Common = Values<typeof common>;

/** Spellings of arguments that TensorFlow.js's naming turns into others than Keras's. */
export const renamed = {
  beta1: 'beta_1',
  beta2: 'beta_2',
  beta2_decay: 'beta_2_decay',
  epsilon1: 'epsilon_1',
  epsilon2: 'epsilon_2',
  adam_beta1: 'adam_beta_1',
  adam_beta2: 'adam_beta_2',
};

/** Arguments of older versions of Keras that change nothing. */
export const ignored = ['decay', 'jit_compile', 'is_legacy_optimizer'];

export function readRate(className: string, rate: unknown): LearningRate {
  if (typeof rate === 'number' && !Number.isNaN(rate)) return rate;
  if (rate instanceof LearningRateSchedule) return rate;
  throw new KerasValueError(
    `${className}: Argument \`learning_rate\` should be float, or an instance of LearningRateSchedule. Received: learning_rate=${showValue(rate)}`,
  );
}

export function checkCommon(className: string, values: Common): void {
  const { clipnorm, clipvalue, global_clipnorm: global } = values;
  if ([clipnorm, clipvalue, global].filter((limit) => limit !== null).length > 1) {
    throw new KerasValueError(
      `${className}: Only one of \`clipnorm\`, \`clipvalue\` and \`global_clipnorm\` can be set. Received: clipnorm=${showValue(clipnorm)}, clipvalue=${showValue(clipvalue)}, global_clipnorm=${showValue(global)}`,
    );
  }
  const { gradient_accumulation_steps: steps, ema_momentum: momentum, ema_overwrite_frequency: frequency } = values;
  if (steps && !(Number.isInteger(steps) && steps >= 2)) {
    throw new KerasValueError(
      `${className}: \`gradient_accumulation_steps\` must be an integer >= 2. Received: gradient_accumulation_steps=${showValue(steps)}`,
    );
  }
  if (!values.use_ema) return;
  if (!(momentum >= 0 && momentum <= 1)) {
    throw new KerasValueError(
      `${className}: \`ema_momentum\` must be in the range [0, 1]. Received: ema_momentum=${showValue(momentum)}`,
    );
  }
  if (frequency && !(Number.isInteger(frequency) && frequency >= 1)) {
    throw new KerasValueError(
      `${className}: \`ema_overwrite_frequency\` must be an integer >= 1 or None. Received: ema_overwrite_frequency=${showValue(frequency)}`,
    );
  }
}
