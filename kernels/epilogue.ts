// What follows the sums of a convolution, resolved: bias, activation, and how both are broadcast over the output.

import type { Activation } from './activation.js';

/**
 * Where an operand that is broadcast over the output (bias, PReLU weights) finds the value for y[n, oy, ox, oc]:
 * at n*strideN + oy*strideY + ox*strideX + oc*strideC. A stride of 0 repeats the value along that dimension.
 */
export interface Broadcast {
  readonly strideN: number;
  readonly strideY: number;
  readonly strideX: number;
  readonly strideC: number;
}

/** What follows the sum of products: y = activation(sum + bias). */
export interface Epilogue {
  readonly activation: Activation;
  /** Slope of `leakyrelu` below zero; not read by the others. */
  readonly leakyAlpha: number;
  /** Present when there is a bias tensor. */
  readonly bias?: Broadcast;
  /** Present exactly when `activation` is `prelu`. */
  readonly prelu?: Broadcast;
}
