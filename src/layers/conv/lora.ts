// Low-rank adaptation of a convolution kernel: kernel + alpha/rank * (a b), where only a and b are trained. The factor b
// starts at zero, so that enabling changes no output.
// Sources: https://arxiv.org/abs/2106.09685 and `enable_lora` in https://keras.io/api/layers/convolution_layers/convolution2d/

import { add, matMul, mul, reshape, type Tensor } from '@tensorflow/tfjs-core';
import type { LayerVariable, layers } from '@tensorflow/tfjs-layers';
import { assignUnconstrained } from '../base/variables.js';
import type { Initializer } from '../initializers/initializers.js';

export interface LoraOptions {
  /** Of the factor [kernelH, kernelW, inC / groups, rank]: name, object or instance. Default 'he_uniform'. */
  aInitializer?: unknown;
  /** Of the factor [rank, filters]. Default 'zeros'. */
  bInitializer?: unknown;
  /** The product is scaled by alpha / rank. Default: rank. */
  alpha?: number | null;
}

export interface LoraFactors {
  readonly rank: number;
  readonly alpha: number;
  /** [kernelH, kernelW, inC / groups, rank] */
  readonly a: LayerVariable;
  /** [rank, filters] */
  readonly b: LayerVariable;
  readonly aInitializer: Initializer;
}

/** The kernel that the layer works with. */
export function mergeLora(kernel: Tensor, { a, b, alpha, rank }: LoraFactors): Tensor {
  const rows = reshape(a.read(), [-1, rank]);
  const product = reshape(matMul(rows, b.read()), kernel.shape);
  return add(kernel, mul(product, alpha / rank));
}

/**
 * After a merged kernel was loaded: no correction, ready to be trained again. Keras zeroes both factors here, which leaves
 * both gradients at zero for ever; a new `a` gives the same outputs and can be trained.
 */
export function restartLora({ a, b, aInitializer }: LoraFactors): void {
  const start = aInitializer.apply([...(a.shape as number[])], 'float32');
  const zero = mul(b.read(), 0);
  assignUnconstrained(a, start);
  assignUnconstrained(b, zero);
  start.dispose();
  zero.dispose();
}

/**
 * Takes a weight of the layer out of training for good. Its flag alone does not last: Sequential.compile() sets the flags of
 * all weights in a layer's list of trainable ones again.
 */
export function freezeWeight(layer: layers.Layer, weight: LayerVariable): void {
  const lists = layer as unknown as { _trainableWeights: LayerVariable[]; _nonTrainableWeights: LayerVariable[] };
  weight.trainable = false;
  lists._trainableWeights = lists._trainableWeights.filter((other) => other !== weight);
  lists._nonTrainableWeights.push(weight);
}
