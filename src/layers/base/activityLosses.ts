// The losses of a layer's outputs, by its activity regularizer, until they are summed up.

import { div, mul, type Scalar, type Tensor, tidy } from '@tensorflow/tfjs-core';
import { isBefore } from '../../core/kerasVersion.js';
import type { Regularizer } from '../regularizers/regularizers.js';
import { followsKeras2, type LayerContext } from './layerArgs.js';
import { isInLossRound, keepForRound } from './lossRound.js';

interface Noted {
  readonly output: Tensor;
  readonly loss?: Scalar;
}

export class ActivityLosses {
  #noted: Noted[] = [];

  /** Whether the number of examples divides the losses. Not in Keras 3.0 to 3.13. */
  readonly #isDivided: boolean;

  constructor(
    private readonly regularizer: Regularizer,
    context: LayerContext,
  ) {
    this.#isDivided = followsKeras2(context) || !isBefore(context.kerasVersion, 3, 14);
  }

  /** In a round the losses are computed at once, since an evaluation frees each output that no other layer reads. */
  note(outputs: readonly Tensor[]): void {
    const alive = this.#noted.filter(isAlive);
    const keepLoss = (output: Tensor) => keepForRound(tidy(() => this.#lossOf(output)));
    const more = outputs.map((output) => (isInLossRound() ? { output, loss: keepLoss(output) } : { output }));
    this.#noted = [...alive, ...more];
  }

  /** The losses of the calls since the last time. */
  take(): Scalar[] {
    const alive = this.#noted.filter(isAlive);
    this.#noted = [];
    return alive.map(({ output, loss }) => loss ?? this.#lossOf(output));
  }

  #lossOf(output: Tensor): Scalar {
    const loss = this.regularizer.apply(output);
    const { rank, shape } = output;
    if (rank === 0 || !this.#isDivided) return loss;
    return shape[0] > 0 ? div(loss, shape[0]) : mul(loss, 0);
  }
}

function isAlive({ output, loss }: Noted): boolean {
  return !(loss ?? output).isDisposed;
}
