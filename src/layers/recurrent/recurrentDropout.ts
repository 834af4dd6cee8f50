// Dropout within recurrent cells: masks that stay the same over all steps of a sequence, for the inputs and for the states.
// As in Keras the gates share one mask, unless states are dropped too.

import { cast, greaterEqual, mul, split, type Tensor } from '@tensorflow/tfjs-core';
import type { RandomSource } from '../random/randomSource.js';

export interface DropoutRates {
  readonly dropout: number;
  readonly recurrentDropout: number;
}

/** None, one or one per gate: zeros, and 1/(1 - rate) elsewhere. */
export interface CellMasks {
  readonly inputs: readonly Tensor[];
  readonly states: readonly Tensor[];
}

export interface MaskShapes {
  readonly input: readonly number[];
  readonly state: readonly number[];
  /** How many masks there are where they are not shared. */
  readonly gates: number;
  /** Whether one mask of the inputs serves all gates. */
  readonly isShared: boolean;
}

/** Drawn when a sequence begins; none outside of training. */
export function drawMasks(
  { dropout, recurrentDropout }: DropoutRates,
  { input, state, gates, isShared }: MaskShapes,
  random: RandomSource,
  training: boolean,
): CellMasks {
  const draw = (rate: number, count: number, shape: readonly number[]) => {
    const isActive = training && rate > 0 && rate < 1;
    return Array.from({ length: isActive ? count : 0 }, () => {
      const isKept = cast(greaterEqual(random.drawUniform(shape), rate), 'float32');
      return mul(isKept, 1 / (1 - rate));
    });
  };
  return { inputs: draw(dropout, isShared ? 1 : gates, input), states: draw(recurrentDropout, gates, state) };
}

/** The matrix of each gate, of a kernel that holds them side by side. */
export function gateColumns(kernel: Tensor, gates: number): Tensor[] {
  return split(kernel, gates, kernel.rank - 1);
}
