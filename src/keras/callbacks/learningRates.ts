// Callbacks that change the learning rate: https://keras.io/api/callbacks/reduce_lr_on_plateau/ and
// https://keras.io/api/callbacks/learning_rate_scheduler/

import type { LayersModel } from '@tensorflow/tfjs-layers';
import { checkOptionKeys, type OptionKeys } from '../../core/optionKeys.js';
import { KerasValueError, showValue } from '../../layers/base/kerasValueError.js';
import { Callback, type CallbackLogs, readNumber } from './callback.js';
import { type MonitorArgs, MonitorCallback, monitorKeys } from './monitor.js';

interface HasRate {
  learningRate: number;
  setLearningRate?(rate: number): void;
}

/** The learning rate of an optimizer of Keras or of TensorFlow.js. */
function rateOf({ optimizer }: LayersModel): number {
  return (optimizer as unknown as HasRate).learningRate;
}

function setRate({ optimizer }: LayersModel, rate: number): void {
  const given = optimizer as unknown as HasRate;
  if (given.setLearningRate)
    given.setLearningRate(rate); // TensorFlow.js's SGD keeps it as a tensor
  else given.learningRate = rate;
}

/** The arguments of ReduceLROnPlateau. */
export interface ReduceLROnPlateauArgs extends MonitorArgs {
  /** What the learning rate is multiplied with, below 1. Default 0.1. */
  readonly factor?: number;
  /** After how many epochs without improvement. Default 10. */
  readonly patience?: number;
  /** Above 0: says what it does. Default 0. */
  readonly verbose?: number;
  /** How many epochs do not count after a reduction. Default 0. */
  readonly cooldown?: number;
  /** The learning rate does not go below it. Default 0. */
  readonly minLr?: number;
}

const known: OptionKeys<ReduceLROnPlateauArgs> = {
  ...monitorKeys,
  factor: true,
  patience: true,
  verbose: true,
  cooldown: true,
  minLr: true,
};

/**
 * Lowers the learning rate when a value stops improving, and adds `learning_rate` to the logs. `minDelta` is 1e-4 by
 * default.
 * Source: https://keras.io/api/callbacks/reduce_lr_on_plateau/
 */
export class ReduceLROnPlateau extends MonitorCallback {
  readonly #args: ReduceLROnPlateauArgs;
  #best: number | null = null;
  #cooldown = 0;
  #wait = 0;

  /** @throws ValueError for a factor from 1 up. */
  constructor(args: ReduceLROnPlateauArgs = {}) {
    super({ minDelta: 1e-4, ...args });
    checkOptionKeys('ReduceLROnPlateau', args, known);
    this.#args = args;
    const { factor = 0.1 } = args;
    if (factor >= 1) {
      throw new KerasValueError(`ReduceLROnPlateau does not support a factor >= 1.0. Received factor=${factor}`);
    }
  }

  override async onTrainBegin(): Promise<void> {
    this.#best = null;
    this.#cooldown = 0;
    this.#wait = 0;
  }

  override async onEpochEnd(epoch: number, logs: CallbackLogs = {}): Promise<void> {
    Object.assign(logs, { learning_rate: rateOf(this.trained) });
    const current = await readNumber(logs, this.monitor);
    if (current === undefined) {
      this.warnMissing(logs);
      return;
    }
    const { patience = 10, cooldown = 0 } = this.#args;
    if (this.#cooldown > 0) {
      this.#cooldown--;
      this.#wait = 0;
    }
    if (this.isBetter(current, this.#best)) {
      this.#best = current;
      this.#wait = 0;
    } else if (this.#cooldown === 0 && ++this.#wait >= patience && this.#reduce(epoch)) {
      this.#cooldown = cooldown;
      this.#wait = 0;
    }
  }

  #reduce(epoch: number): boolean {
    const { factor = 0.1, minLr = 0, verbose = 0 } = this.#args;
    const old = rateOf(this.trained);
    if (old <= Math.fround(minLr)) return false;
    const rate = Math.max(old * factor, minLr);
    setRate(this.trained, rate);
    if (verbose > 0) this.say(`Epoch ${epoch + 1}: ReduceLROnPlateau reducing learning rate to ${rate}.`);
    return true;
  }
}

/**
 * Sets the learning rate at the beginning of each epoch to `schedule(epoch, learningRate)`, and adds `learning_rate` to the
 * logs.
 * Source: https://keras.io/api/callbacks/learning_rate_scheduler/
 */
export class LearningRateScheduler extends Callback {
  readonly #schedule: (epoch: number, learningRate: number) => number;
  readonly #verbose: number;

  /** @throws ValueError for a schedule that is no function. */
  constructor(schedule: (epoch: number, learningRate: number) => number, verbose = 0) {
    super();
    if (typeof schedule !== 'function') {
      throw new KerasValueError(
        `LearningRateScheduler: the schedule must be a function of the epoch and the learning rate. Received: ${showValue(schedule)}`,
      );
    }
    this.#schedule = schedule;
    this.#verbose = verbose;
  }

  override async onEpochBegin(epoch: number): Promise<void> {
    const rate = this.#schedule(epoch, rateOf(this.trained));
    if (typeof rate !== 'number' || Number.isNaN(rate)) {
      throw new KerasValueError(`The output of the \`schedule\` function should be a float. Received: ${rate}`);
    }
    setRate(this.trained, rate);
    if (this.#verbose > 0) this.say(`Epoch ${epoch + 1}: LearningRateScheduler setting learning rate to ${rate}.`);
  }

  override async onEpochEnd(_epoch: number, logs: CallbackLogs = {}): Promise<void> {
    Object.assign(logs, { learning_rate: rateOf(this.trained) });
  }
}
