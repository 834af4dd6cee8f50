// Dropout in recurrent cells. The masks of inputs and states are the same in all steps of a sequence. As in Keras the
// gates share one mask of the inputs unless recurrentDropout is set. Source:
// https://keras.io/api/layers/recurrent_layers/lstm/

import { cast, greaterEqual, mul, type Tensor } from '@tensorflow/tfjs-core';
import { split } from '../base/parts.js';
import type { RandomSource } from '../random/randomSource.js';

export interface DropoutRates {
  readonly dropout: number;
  readonly recurrentDropout: number;
}

/** No mask, one for all gates, or one per gate. A mask holds 0 with probability `rate` and 1/(1 - rate) otherwise. */
export interface CellMasks {
  readonly inputs: readonly Tensor[];
  readonly states: readonly Tensor[];
}

export interface MaskShapes {
  readonly input: readonly number[];
  readonly state: readonly number[];
  /** Number of masks if they are not shared. */
  readonly gates: number;
  /** Whether one mask of the inputs serves all gates. */
  readonly isShared: boolean;
}

/** Draws the masks of a sequence; none outside of training. */
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

/** Splits a kernel into the matrices of its gates, which lie side by side. */
export function gateColumns(kernel: Tensor, gates: number): Tensor[] {
  return split(kernel, gates, kernel.rank - 1);
}
