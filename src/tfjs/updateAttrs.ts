// What the kernels of optimizers take: FusedUpdate, an update of a variable and of what an optimizer keeps for it, and
// SumSquares, which has the inputs and attributes of Sum.

import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { NormLimit, UpdateSpec } from '../../kernels/update.js';

export const UPDATE_KERNEL = 'FusedUpdate';
export const SUM_SQUARES_KERNEL = 'SumSquares';

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
