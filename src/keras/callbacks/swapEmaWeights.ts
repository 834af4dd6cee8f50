// Source: https://keras.io/api/callbacks/swap_ema_weights/

import type { Variable } from '@tensorflow/tfjs-core';
import { checkOptionKeys, type OptionKeys } from '../../core/optionKeys.js';
import { KerasValueError } from '../../layers/base/kerasValueError.js';
import { variableOf } from '../../layers/base/variables.js';
import { Callback } from './callback.js';

/** The arguments of SwapEMAWeights. */
export interface SwapEMAWeightsArgs {
  /**
   * Whether the averages stay in the model from the end of an epoch to the beginning of the next, so that a
   * ModelCheckpoint after this callback in the list saves them. Default false.
   */
  readonly swapOnEpoch?: boolean;
}

/** The optimizers of this package; by its method, so that an app with this callback does not carry them all. */
interface ShowsAverages {
  showAverages?(variables: readonly Variable[], areShown: boolean): void;
}

/**
 * Puts the averages of an optimizer with `useEma` in the place of the weights while a fit() validates, and the trained
 * weights back afterwards. At the end of fit() the averages stay, as without this callback.
 * Source: https://keras.io/api/callbacks/swap_ema_weights/
 * @throws ValueError in fit(), where the optimizer keeps no averages.
 */
export class SwapEMAWeights extends Callback {
  readonly #swapOnEpoch: boolean;

  /** @throws Error for arguments that it does not have. */
  constructor(args: SwapEMAWeightsArgs = {}) {
    super();
    checkOptionKeys('SwapEMAWeights', args, { swapOnEpoch: true } satisfies OptionKeys<SwapEMAWeightsArgs>);
    this.#swapOnEpoch = args.swapOnEpoch ?? false;
  }

  override async onEpochBegin(): Promise<void> {
    this.#show(false);
  }

  override async onEpochEnd(): Promise<void> {
    if (this.#swapOnEpoch) this.#show(true);
  }

  override async onTestBegin(): Promise<void> {
    this.#show(true);
  }

  override async onTestEnd(): Promise<void> {
    this.#show(false);
  }

  #show(areShown: boolean): void {
    const optimizer = this.trained.optimizer as ShowsAverages;
    if (!optimizer.showAverages) {
      const { name } = optimizer.constructor;
      throw new KerasValueError(`SwapEMAWeights: the optimizer must be one with useEma. Received: ${name}`);
    }
    optimizer.showAverages(this.trained.trainableWeights.map(variableOf), areShown);
  }
}
