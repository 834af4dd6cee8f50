// The resolved epilogue of a convolution: bias, activation, and how both are broadcast over the output.

import type { Activation } from './activation.js';

/**
 * The strides of an operand that is broadcast over the output (bias, PReLU weights): its value for y[n, oy, ox, oc] is
 * at n*strideN + oy*strideY + ox*strideX + oc*strideC. A stride of 0 repeats a value along that dimension.
 */
export interface Broadcast {
  readonly strideN: number;
  readonly strideY: number;
  readonly strideX: number;
  readonly strideC: number;
}

/** y = activation(sum + bias), applied to the sums of products. */
export interface Epilogue {
  readonly activation: Activation;
  /** Slope of `leakyrelu` below zero. The others do not read it. */
  readonly leakyAlpha: number;
  /** Present when there is a bias tensor. */
  readonly bias?: Broadcast;
  /** Present exactly when `activation` is `prelu`. */
  readonly prelu?: Broadcast;
}
