// activation(x w + b) for matrices as one kernel, on every backend. tf.fused.matMul knows six activations everywhere; the
// others follow as operations of their own.

import { fused, type Tensor, type Tensor1D, type Tensor2D } from '@tensorflow/tfjs-core';
import type { ActivationFunction } from '../activations/activations.js';

type TfjsFusedActivation = 'linear' | 'relu' | 'relu6' | 'elu' | 'sigmoid' | 'leakyrelu';

const tfjsFusedActivations: ReadonlySet<string> = new Set(['linear', 'relu', 'relu6', 'elu', 'sigmoid', 'leakyrelu']);

export interface DenseCall {
  /** [rows, depth] */
  readonly x: Tensor;
  /** [depth, columns] */
  readonly w: Tensor;
  /** [columns] */
  readonly bias?: Tensor;
  /** Default: linear. */
  readonly activation?: ActivationFunction;
}

/** Whether `fusedMatMul` leaves nothing of the activation to be done. */
export function isFusable(activation: ActivationFunction): boolean {
  return activation.fused !== undefined && tfjsFusedActivations.has(activation.fused.activation);
}

/** [rows, columns]. An activation that is not fusable must be elementwise or work along the columns. */
export function fusedMatMul({ x, w, bias, activation }: DenseCall): Tensor {
  const inside = activation && isFusable(activation) ? activation.fused : undefined;
  const y = fused.matMul({
    a: x as Tensor2D,
    b: w as Tensor2D,
    bias: bias as Tensor1D | undefined,
    activation: (inside?.activation ?? 'linear') as TfjsFusedActivation,
    leakyreluAlpha: inside?.leakyreluAlpha,
  });
  return activation && !inside ? activation.apply(y) : y;
}
