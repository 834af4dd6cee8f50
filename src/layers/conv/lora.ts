// Low-rank adaptation of a kernel: kernel + alpha/rank * (a b), where only a and b are trained. The factor b starts at
// zero, so that enabling LoRA does not change the outputs.
// Sources: https://arxiv.org/abs/2106.09685,
// `enable_lora` in https://keras.io/api/layers/convolution_layers/convolution2d/

import { add, matMul, mul, reshape, type Tensor } from '@tensorflow/tfjs-core';
import type { LayerVariable } from '@tensorflow/tfjs-layers';
import type { InitializerLike } from '../base/identifiers.js';
import { assignUnconstrained } from '../base/variables.js';
import type { Initializer } from '../initializers/initializers.js';

/** Options of `enableLora`. */
export interface LoraOptions {
  /**
   * Initializer of the factor a [...kernel axes but the last, rank]: a name, serialized or instance. Default
   * 'he_uniform'.
   */
  aInitializer?: InitializerLike;
  /** Initializer of the factor b [rank, filters]. Default 'zeros'. */
  bInitializer?: InitializerLike;
  /** The product is scaled by alpha / rank. Default: rank. */
  alpha?: number | null;
}

/** LoRA of one kernel. */
export interface LoraFactors {
  readonly rank: number;
  readonly alpha: number;
  /** [kernelH, kernelW, inC / groups, rank] */
  readonly a: LayerVariable;
  /** [rank, filters] */
  readonly b: LayerVariable;
  readonly aInitializer: Initializer;
}

/** Computes the merged kernel, kernel + alpha/rank * (a b). */
export function mergeLora(kernel: Tensor, { a, b, alpha, rank }: LoraFactors): Tensor {
  const rows = reshape(a.read(), [-1, rank]);
  const product = reshape(matMul(rows, b.read()), kernel.shape);
  return add(kernel, mul(product, alpha / rank));
}

/**
 * Resets the correction to zero after a merged kernel was loaded. Keras sets both factors to zero here, after which
 * both gradients stay zero. A new `a` gives the same outputs and can be trained.
 */
export function restartLora({ a, b, aInitializer }: LoraFactors): void {
  const start = aInitializer.apply([...(a.shape as number[])], 'float32');
  const zero = mul(b.read(), 0);
  assignUnconstrained(a, start);
  assignUnconstrained(b, zero);
  start.dispose();
  zero.dispose();
}
