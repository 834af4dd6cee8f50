// Adam and its kin. Sources: https://keras.io/api/optimizers/adam/, https://arxiv.org/abs/1412.6980 (Adam),
// https://arxiv.org/abs/1711.05101 (AdamW), https://openreview.net/forum?id=ryQu7f-RZ (amsgrad)

import type { Variable } from '@tensorflow/tfjs-core';
import { flag, num } from '../serialization/params.js';
import type { OptimizerArgs } from './commonArgs.js';
import type { Formula } from './formula.js';
import { KerasOptimizer, type OptimizerSpec, type Step } from './kerasOptimizer.js';

/** The arguments of optimizers with a first and a second moment. */
export interface MomentsArgs extends OptimizerArgs {
  /** What the mean of the gradients keeps of itself in a step. Default 0.9. */
  readonly beta1?: number;
  /** What the mean of their squares keeps of itself. Default 0.999. */
  readonly beta2?: number;
  /** Added to denominators. Default 1e-7. */
  readonly epsilon?: number;
}

/** The arguments of Adam and AdamW. */
export interface AdamArgs extends MomentsArgs {
  /** Whether the largest mean of squares so far is used. Default false. */
  readonly amsgrad?: boolean;
}

export const momentsParams = { beta_1: num(0.9), beta_2: num(0.999), epsilon: num(1e-7) };
const params = { ...momentsParams, amsgrad: flag(false) };

const spec: OptimizerSpec<typeof params> = {
  params,
  learningRate: 0.001,
  slots: ({ amsgrad }) => [
    [{ name: 'momentum' }, { name: 'velocity' }],
    ...(amsgrad ? [[{ name: 'velocity_hat' }]] : []),
  ],
};

/**
 * What a mean that keeps `beta` of itself has taken from so many steps: 1 - beta ** steps. Keras computes it in float32:
 * 0.999 is rounded there, which makes the first one 1.3e-5 smaller and the step 6e-6.
 */
export function takenAfter(beta: number, steps: number): number {
  return 1 - Math.fround(Math.fround(beta) ** steps);
}

/**
 * Adam: steps along the mean of the gradients, each element scaled by the root of its mean square. Learning rate 0.001.
 * Source: https://keras.io/api/optimizers/adam/
 */
export class Adam extends KerasOptimizer<typeof params> {
  static override readonly className: string = 'Adam';

  constructor(args: AdamArgs = {}, own = spec) {
    super(own, args);
  }

  protected override formulaOf(_variable: Variable, { rate, number }: Step): Formula {
    const { beta_1, beta_2, epsilon, amsgrad } = this.values;
    const alpha = (rate * Math.sqrt(takenAfter(beta_2, number))) / takenAfter(beta_1, number);
    return {
      rule: amsgrad ? 'amsgrad' : 'adam',
      scalars: { take1: 1 - beta_1, take2: 1 - beta_2, alpha, epsilon },
    };
  }
}

/**
 * Adam with a weight decay of 0.004 that does not go through the moments. Learning rate 0.001.
 * Source: https://keras.io/api/optimizers/adamw/
 */
export class AdamW extends Adam {
  static override readonly className = 'AdamW';

  constructor(args: AdamArgs = {}) {
    super(args, { ...spec, weightDecay: 0.004 });
  }
}
