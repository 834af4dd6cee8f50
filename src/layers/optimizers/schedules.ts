// Learning rates that follow the number of steps.
// Source: https://keras.io/api/optimizers/learning_rate_schedules/

import { type Json, kerasObject } from '../../core/json.js';
import { KerasValueError, showValue } from '../base/kerasValueError.js';
import {
  flag,
  num,
  numbers,
  numOrNull,
  type Param,
  type Params,
  readParams,
  text,
  type Values,
} from '../serialization/params.js';

/** The module of Keras that the schedules are in. */
export const SCHEDULES_MODULE = 'keras.optimizers.schedules';

/** Gives the learning rate of a step; steps count from 0. Extend it for a schedule of your own. */
export abstract class LearningRateSchedule {
  /** The learning rate in a step: what the optimizer multiplies its update with. */
  abstract rate(step: number): number;

  /** The arguments in Keras's spelling, as keras.optimizers.schedules' get_config(). */
  abstract getConfig(): { [key: string]: Json };

  /** As keras.optimizers.schedules.serialize. */
  serialize(): Json {
    return kerasObject(SCHEDULES_MODULE, (this.constructor as typeof LearningRateSchedule).className, this.getConfig());
  }

  /** The class's name in files. */
  static readonly className: string;
}

/** What all schedules share: values that their table has read, and a config of the same keys. */
abstract class TabledSchedule<P extends Params> extends LearningRateSchedule {
  protected readonly values: Values<P>;

  constructor(params: P, args: object) {
    super();
    const { className } = new.target as unknown as typeof LearningRateSchedule;
    this.values = readParams(className, params, args, { isOfCaller: true });
  }

  override getConfig(): { [key: string]: Json } {
    return { ...this.values } as { [key: string]: Json };
  }
}

const initial = { initial_learning_rate: required('initial_learning_rate') };
const decay = { ...initial, decay_steps: required('decay_steps'), decay_rate: required('decay_rate') };

const exponential = { ...decay, staircase: flag(false), name: text('ExponentialDecay') };

/** The arguments of ExponentialDecay and InverseTimeDecay. */
export interface DecayArgs {
  /** The rate of step 0. */
  readonly initialLearningRate: number;
  /** Steps in which the decay is applied once. */
  readonly decaySteps: number;
  /** What the rate is multiplied or divided by: see the class. */
  readonly decayRate: number;
  /** Whether the rate falls at multiples of `decaySteps` only. Default false. */
  readonly staircase?: boolean;
  /** Default: the class's name, as in Keras. */
  readonly name?: string;
}

/**
 * initialLearningRate * decayRate ^ (step / decaySteps).
 * Source: https://keras.io/api/optimizers/learning_rate_schedules/exponential_decay/
 */
export class ExponentialDecay extends TabledSchedule<typeof exponential> {
  static override readonly className = 'ExponentialDecay';

  constructor(args: DecayArgs) {
    super(exponential, args);
  }

  override rate(step: number): number {
    const { initial_learning_rate: start, decay_rate: rate } = this.values;
    return start * rate ** periodsOf(this.values, step);
  }
}

const inverseTime = { ...decay, staircase: flag(false), name: text('InverseTimeDecay') };

/**
 * initialLearningRate / (1 + decayRate * step / decaySteps).
 * Source: https://keras.io/api/optimizers/learning_rate_schedules/inverse_time_decay/
 */
export class InverseTimeDecay extends TabledSchedule<typeof inverseTime> {
  static override readonly className = 'InverseTimeDecay';

  constructor(args: DecayArgs) {
    super(inverseTime, args);
  }

  override rate(step: number): number {
    const { initial_learning_rate: start, decay_rate: rate } = this.values;
    return start / (1 + rate * periodsOf(this.values, step));
  }
}

function periodsOf(values: { readonly decay_steps: number; readonly staircase: boolean }, step: number): number {
  const periods = step / values.decay_steps;
  return values.staircase ? Math.floor(periods) : periods;
}

const piecewise = { boundaries: numbers, values: numbers, name: text('PiecewiseConstant') };

/** The arguments of PiecewiseConstantDecay. */
export interface PiecewiseConstantDecayArgs {
  /** The last step of each value but the last. */
  readonly boundaries: readonly number[];
  /** One more than there are boundaries. */
  readonly values: readonly number[];
  /** Default: the class's name, as in Keras. */
  readonly name?: string;
}

/**
 * One rate up to and with each boundary, and one after the last.
 * Source: https://keras.io/api/optimizers/learning_rate_schedules/piecewise_constant_decay/
 * @throws ValueError where there is not one value more than there are boundaries.
 */
export class PiecewiseConstantDecay extends TabledSchedule<typeof piecewise> {
  static override readonly className = 'PiecewiseConstantDecay';

  constructor(args: PiecewiseConstantDecayArgs) {
    super(piecewise, args);
    const { boundaries, values } = this.values;
    if (boundaries.length === values.length - 1) return;
    throw new KerasValueError(
      `PiecewiseConstantDecay: The length of boundaries should be 1 less than the length of values. Received: boundaries=${showValue(boundaries)}, values=${showValue(values)}`,
    );
  }

  override rate(step: number): number {
    const { boundaries, values } = this.values;
    const index = boundaries.findIndex((boundary) => step <= boundary);
    return values[index < 0 ? values.length - 1 : index];
  }
}

const polynomial = {
  ...initial,
  decay_steps: required('decay_steps'),
  end_learning_rate: num(0.0001),
  power: num(1),
  cycle: flag(false),
  name: text('PolynomialDecay'),
};

/** The arguments of PolynomialDecay. */
export interface PolynomialDecayArgs {
  /** The rate of step 0. */
  readonly initialLearningRate: number;
  /** Steps until the end is reached. */
  readonly decaySteps: number;
  /** Default 0.0001. */
  readonly endLearningRate?: number;
  /** Default 1: a straight line. */
  readonly power?: number;
  /** Whether it begins again, over a longer time, once the end is reached. Default false: it stays there. */
  readonly cycle?: boolean;
  /** Default: the class's name, as in Keras. */
  readonly name?: string;
}

/**
 * From the initial rate to the end along (1 - step / decaySteps) ^ power.
 * Source: https://keras.io/api/optimizers/learning_rate_schedules/polynomial_decay/
 */
export class PolynomialDecay extends TabledSchedule<typeof polynomial> {
  static override readonly className = 'PolynomialDecay';

  constructor(args: PolynomialDecayArgs) {
    super(polynomial, args);
  }

  override rate(step: number): number {
    const { initial_learning_rate: start, end_learning_rate: end, decay_steps: steps, power, cycle } = this.values;
    const all = cycle ? steps * Math.max(1, Math.ceil(step / steps)) : steps;
    const done = cycle ? step : Math.min(step, steps);
    return (start - end) * (1 - done / all) ** power + end;
  }
}

const cosine = {
  ...initial,
  decay_steps: required('decay_steps'),
  alpha: num(0),
  name: text('CosineDecay'),
  warmup_target: numOrNull(),
  warmup_steps: num(0),
};

/** The arguments of CosineDecay. */
export interface CosineDecayArgs {
  /** The rate of step 0. */
  readonly initialLearningRate: number;
  /** Steps until the end is reached, without those of the warm-up. */
  readonly decaySteps: number;
  /** The end, as a fraction of the rate that the decay begins with. Default 0. */
  readonly alpha?: number;
  /** The rate at the end of the warm-up. Default null: none. */
  readonly warmupTarget?: number | null;
  /** Steps in which the rate rises to `warmupTarget` along a straight line. Default 0. */
  readonly warmupSteps?: number;
  /** Default: the class's name, as in Keras. */
  readonly name?: string;
}

/**
 * Half a cosine, after a rise along a straight line where there is a `warmupTarget`.
 * Source: https://keras.io/api/optimizers/learning_rate_schedules/cosine_decay/ and https://arxiv.org/abs/1608.03983
 */
export class CosineDecay extends TabledSchedule<typeof cosine> {
  static override readonly className = 'CosineDecay';

  constructor(args: CosineDecayArgs) {
    super(cosine, args);
  }

  override rate(step: number): number {
    const { initial_learning_rate: start, decay_steps: steps, alpha, warmup_target: top } = this.values;
    const warmup = top === null ? 0 : this.values.warmup_steps;
    if (top !== null && step < warmup) return ((top - start) * step) / warmup + start;
    return (top ?? start) * cosineFrom1(Math.min(step - warmup, steps) / steps, alpha);
  }
}

/** From 1 to alpha along half a cosine. */
function cosineFrom1(fraction: number, alpha: number): number {
  return (1 - alpha) * 0.5 * (1 + Math.cos(Math.PI * fraction)) + alpha;
}

const restarts = {
  ...initial,
  first_decay_steps: required('first_decay_steps'),
  t_mul: num(2),
  m_mul: num(1),
  alpha: num(0),
  name: text('SGDRDecay'),
};

/** The arguments of CosineDecayRestarts. */
export interface CosineDecayRestartsArgs {
  /** The rate of step 0. */
  readonly initialLearningRate: number;
  /** Steps of the first period. */
  readonly firstDecaySteps: number;
  /** How many times as long each period is as the one before. Default 2. */
  readonly tMul?: number;
  /** How many times as high each period begins as the one before. Default 1. */
  readonly mMul?: number;
  /** The end of every period, as a fraction of `initialLearningRate`. Default 0. */
  readonly alpha?: number;
  /** Default: the class's name, as in Keras. */
  readonly name?: string;
}

/**
 * Half cosines, one after the other.
 * Source: https://keras.io/api/optimizers/learning_rate_schedules/cosine_decay_restarts/ and
 * https://arxiv.org/abs/1608.03983
 */
export class CosineDecayRestarts extends TabledSchedule<typeof restarts> {
  static override readonly className = 'CosineDecayRestarts';

  constructor(args: CosineDecayRestartsArgs) {
    super(restarts, args);
  }

  override rate(step: number): number {
    const { initial_learning_rate: start, first_decay_steps: first, t_mul: longer, m_mul: higher, alpha } = this.values;
    const periods = step / first;
    // Keras computes in float32: a period that begins exactly at a step begins there too, and not one later.
    const index = longer === 1 ? Math.floor(periods) : Math.floor(log(1 + periods * (longer - 1), longer));
    const before = longer === 1 ? index : (longer ** index - 1) / (longer - 1);
    const fraction = (periods - before) / longer ** index;
    // The end is a fraction of the first beginning, also where later periods begin lower.
    return start * ((1 - alpha) * higher ** index * cosineFrom1(fraction, 0) + alpha);
  }
}

/** The logarithm, whole where it is so but for rounding. */
function log(value: number, base: number): number {
  const exponent = Math.log(value) / Math.log(base);
  const whole = Math.round(exponent);
  return Math.abs(exponent - whole) < 1e-6 ? whole : exponent;
}

type ScheduleClass = (new (args: never) => LearningRateSchedule) & { readonly className: string };

/** All schedules of keras.optimizers.schedules, by name. */
const classes: Readonly<Record<string, ScheduleClass>> = Object.fromEntries(
  [ExponentialDecay, InverseTimeDecay, PiecewiseConstantDecay, PolynomialDecay, CosineDecay, CosineDecayRestarts].map(
    (scheduleClass) => [scheduleClass.className, scheduleClass as ScheduleClass],
  ),
);

/** The schedule of a class in a file; undefined for a name that Keras does not have. */
export function scheduleClass(className: string): ScheduleClass | undefined {
  return classes[className];
}

function required(name: string): Param<number> {
  const inner = num(0);
  return {
    read(value, where, key) {
      if (value == null) throw new KerasValueError(`${where}: Argument \`${name}\` is required. Received: ${key}=None`);
      return inner.read(value, where, key);
    },
  };
}
