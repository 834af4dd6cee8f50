// What the kernels of optimizers take: FusedUpdate, an update of a variable and of what an optimizer keeps for it, and
// SumSquares, which has the inputs and attributes of Sum; and AdafactorUpdate, a whole step of Adafactor, of the CPU engine
// alone.

import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { NormLimit, UpdateSpec } from '../../kernels/update.js';

export const UPDATE_KERNEL = 'FusedUpdate';
export const SUM_SQUARES_KERNEL = 'SumSquares';
export const ADAFACTOR_KERNEL = 'AdafactorUpdate';

/**
 * `w`, `g` and the slots of the rule, all of one shape; its measures, of one value each; `squares`, a number, is the sum of
 * squares that is limited.
 */
export type UpdateInputs = Readonly<Record<string, TensorInfo>>;

export interface UpdateAttrs extends UpdateSpec {
  readonly norm: NormLimit;
  /** All that `scalarsOf` names, and `clipnorm`, where a norm is limited. */
  readonly scalars: Readonly<Record<string, number>>;
  /** Those of them that are not in `scalars`: to merge objects takes longer than a small update. Default: none. */
  readonly common?: Readonly<Record<string, number>> | undefined;
}

/** A variable of floats, its gradient and slots; `r` and `c`, the means of rows and columns, where it has both. */
export interface AdafactorInputs {
  readonly w: TensorInfo;
  readonly g: TensorInfo;
  readonly r?: TensorInfo | undefined;
  readonly c?: TensorInfo | undefined;
  readonly velocity: TensorInfo;
}

/** The numbers of a step. */
export interface AdafactorAttrs {
  /** What the means of squares keep of themselves, and 1 less that. */
  readonly kept: number;
  readonly take: number;
  /** Added to squares. */
  readonly epsilon: number;
  readonly rate: number;
  /** The least root mean square of the variable that counts, and the largest one of the step. */
  readonly smallest: number;
  readonly threshold: number;
}
