// Source: https://keras.io/api/callbacks/early_stopping/

import { clone, dispose, keep, type Tensor, tidy } from '@tensorflow/tfjs-core';
import { checkOptionKeys, type OptionKeys } from '../../core/optionKeys.js';
import { type CallbackLogs, readNumber } from './callback.js';
import { type MonitorArgs, MonitorCallback, monitorKeys } from './monitor.js';

/** The arguments of EarlyStopping. */
export interface EarlyStoppingArgs extends MonitorArgs {
  /** After how many epochs without improvement the training ends. Default 0. */
  readonly patience?: number;
  /** Above 0: says what it does. Default 0. */
  readonly verbose?: number;
  /** A value that must be improved upon. Default: none. */
  readonly baseline?: number | null;
  /** Whether the model gets the weights of its best epoch at the end. Default false: those of the last. */
  readonly restoreBestWeights?: boolean;
  /** The first epoch that counts. Default 0. */
  readonly startFromEpoch?: number;
}

const known: OptionKeys<EarlyStoppingArgs> = {
  ...monitorKeys,
  patience: true,
  verbose: true,
  baseline: true,
  restoreBestWeights: true,
  startFromEpoch: true,
};

/**
 * Ends the training when a value stops improving.
 * Source: https://keras.io/api/callbacks/early_stopping/
 */
export class EarlyStopping extends MonitorCallback {
  /** The epoch after which training ended; 0 where it went through. */
  stoppedEpoch = 0;
  bestEpoch = 0;
  best: number | null = null;
  readonly #args: EarlyStoppingArgs;
  #wait = 0;
  #bestWeights: Tensor[] | null = null;

  /** @throws Error for arguments that it does not have. */
  constructor(args: EarlyStoppingArgs = {}) {
    super(args);
    checkOptionKeys('EarlyStopping', args, known);
    this.#args = args;
  }

  override async onTrainBegin(): Promise<void> {
    this.release();
    this.#wait = 0;
    this.stoppedEpoch = 0;
    this.bestEpoch = 0;
    this.best = null;
  }

  override async onEpochEnd(epoch: number, logs?: CallbackLogs): Promise<void> {
    const { patience = 0, baseline = null, restoreBestWeights = false, startFromEpoch = 0 } = this.#args;
    const current = await readNumber(logs, this.monitor);
    if (current === undefined) this.warnMissing(logs);
    if (current === undefined || epoch < startFromEpoch) return;
    if (restoreBestWeights && !this.#bestWeights) this.#keepWeights(epoch);
    this.#wait++;
    if (this.isBetter(current, this.best)) {
      this.best = current;
      this.bestEpoch = epoch;
      if (restoreBestWeights) this.#keepWeights(epoch);
      if (baseline === null || this.isBetter(current, baseline)) this.#wait = 0;
      return;
    }
    if (this.#wait < patience || epoch === 0) return;
    this.stoppedEpoch = epoch;
    this.trained.stopTraining = true;
  }

  #keepWeights(epoch: number): void {
    const weights = tidy(() => this.trained.getWeights().map((weight) => keep(clone(weight))));
    this.release();
    this.#bestWeights = weights;
    this.bestEpoch = epoch;
  }

  override async onTrainEnd(): Promise<void> {
    const { verbose = 0, restoreBestWeights = false } = this.#args;
    if (this.stoppedEpoch > 0 && verbose > 0) this.say(`Epoch ${this.stoppedEpoch + 1}: early stopping`);
    if (restoreBestWeights && this.#bestWeights) {
      if (verbose > 0) this.say(`Restoring model weights from the end of the best epoch: ${this.bestEpoch + 1}.`);
      this.trained.setWeights(this.#bestWeights);
    }
    this.release();
  }

  override release(): void {
    dispose(this.#bestWeights ?? []);
    this.#bestWeights = null;
  }
}
