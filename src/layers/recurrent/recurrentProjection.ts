// The products of a dense cell's inputs and states with its kernels. `gates` matrices lie side by side in each kernel.

import { add, concat, matMul, mul, reshape, type Tensor, tensor1d, tidy } from '@tensorflow/tfjs-core';
import type { Initializer } from '../initializers/initializers.js';
import { gateColumns } from './recurrentDropout.js';

/** The initializer of unit_forget_bias: the bias of the forget gate, the second of four, is 1. */
export function forgetBias(initializer: Initializer, units: number): Initializer {
  return {
    apply: (_shape, dtype) =>
      tidy(() =>
        concat([
          initializer.apply([units], dtype),
          tensor1d(new Float32Array(units).fill(1)),
          initializer.apply([2 * units], dtype),
        ]),
      ),
    serialize: () => initializer.serialize(),
  };
}

/** The operands of `projectSequence`. */
export interface Projection {
  /** [batch, time, inputs] */
  readonly sequence: Tensor;
  /** [inputs, gates*units] */
  readonly kernel: Tensor;
  readonly bias: Tensor | null;
  readonly gates: number;
  /** Dropout masks: none, one for all gates, or one for each. */
  readonly masks: readonly Tensor[];
}

/** Computes sequence * kernel + bias for all steps at once: [batch, time, gates*units]. */
export function projectSequence({ sequence, kernel, bias, gates, masks: given }: Projection): Tensor {
  const [batch, time, size] = sequence.shape;
  const masks = given.map((mask) => reshape(mask, [batch, 1, size]));
  const product = (x: Tensor, w: Tensor) => reshape(matMul(reshape(x, [batch * time, size]), w), [batch, time, -1]);
  const y =
    masks.length <= 1
      ? product(masks.length === 1 ? mul(sequence, masks[0]) : sequence, kernel)
      : concat(
          gateColumns(kernel, gates).map((w, i) => product(mul(sequence, masks[i]), w)),
          -1,
        );
  return bias ? add(y, bias) : y;
}

/** Computes state * kernel, with the dropout masks of the state: [batch, gates*units]. */
export function projectState(state: Tensor, kernel: Tensor, gates: number, masks: readonly Tensor[]): Tensor {
  if (masks.length === 0) return matMul(state, kernel);
  if (masks.length === 1) return matMul(mul(state, masks[0]), kernel);
  return concat(
    gateColumns(kernel, gates).map((w, i) => matMul(mul(state, masks[i]), w)),
    -1,
  );
}
