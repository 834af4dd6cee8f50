// activation(x w + b) for matrices as one kernel, on every backend. Every backend's tf.fused.matMul has six
// activations; the others run as operations of their own.

import { fused, type Tensor, type Tensor1D, type Tensor2D } from '@tensorflow/tfjs-core';
import type { ActivationFunction } from '../activations/activations.js';

type TfjsFusedActivation = 'linear' | 'relu' | 'relu6' | 'elu' | 'sigmoid' | 'leakyrelu';

const tfjsFusedActivations: ReadonlySet<string> = new Set(['linear', 'relu', 'relu6', 'elu', 'sigmoid', 'leakyrelu']);

/** The operands of `fusedMatMul`. */
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

/** Whether every backend's tf.fused.matMul has the activation. */
export function isFusable(activation: ActivationFunction): boolean {
  return activation.fused !== undefined && tfjsFusedActivations.has(activation.fused.activation);
}

/** Gives [rows, columns]. An activation that is not fusable must be elementwise or work along the columns. */
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
