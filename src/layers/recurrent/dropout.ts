// Dropout within recurrent cells: masks that stay the same over all steps of a sequence, for the inputs and for the states.
// As in Keras the gates share one mask, unless states are dropped too.

import { cast, greaterEqual, mul, split, type Tensor } from '@tensorflow/tfjs-core';
import type { RandomSource } from '../regularization/randomSource.js';

export interface DropoutRates {
  readonly dropout: number;
  readonly recurrentDropout: number;
}

export interface CellDropout {
  /** None, one or one per gate: zeros, and 1/(1 - rate) elsewhere. */
  inputMasks(shape: readonly number[]): Tensor[];
  stateMasks(shape: readonly number[]): Tensor[];
}

const noDropout: CellDropout = { inputMasks: () => [], stateMasks: () => [] };

/**
 * @param gates how many masks there are where they are not shared.
 * @param isShared whether one mask of the inputs serves all gates.
 */
export function cellDropout(
  { dropout, recurrentDropout }: DropoutRates,
  { gates, isShared, training }: { gates: number; isShared: boolean; training: boolean },
  random: RandomSource,
): CellDropout {
  if (!training) return noDropout;
  const isActive = (rate: number) => rate > 0 && rate < 1;
  const draw = (rate: number, count: number, shape: readonly number[]) =>
    Array.from({ length: isActive(rate) ? count : 0 }, () => {
      const isKept = cast(greaterEqual(random.uniform(shape), rate), 'float32');
      return mul(isKept, 1 / (1 - rate));
    });
  return {
    inputMasks: (shape) => draw(dropout, isShared ? 1 : gates, shape),
    stateMasks: (shape) => draw(recurrentDropout, gates, shape),
  };
}

/** The matrix of each gate, of a kernel that holds them side by side. */
export function gateColumns(kernel: Tensor, gates: number): Tensor[] {
  return split(kernel, gates, kernel.rank - 1);
}
