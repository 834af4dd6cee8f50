// The weights of a dense cell and the products with them. `gates` matrices lie side by side in each kernel.

import { add, concat, matMul, mul, reshape, type Tensor, tensor1d, tidy } from '@tensorflow/tfjs-core';
import type { Initializer } from '../initializers/initializers.js';
import { gateColumns } from './recurrentDropout.js';

/** [bias, ones of the forget gate, bias]: what unit_forget_bias starts with. */
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

export interface Projection {
  /** [batch, time, inputs] */
  readonly sequence: Tensor;
  /** [inputs, gates*units] */
  readonly kernel: Tensor;
  readonly bias: Tensor | null;
  readonly gates: number;
  /** Of dropout: none, one for all gates or one for each. */
  readonly masks: readonly Tensor[];
}

/** sequence * kernel + bias for all steps at once. */
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

/** state * kernel, with a dropout mask for each gate where there is one. */
export function projectState(state: Tensor, kernel: Tensor, gates: number, masks: readonly Tensor[]): Tensor {
  if (masks.length === 0) return matMul(state, kernel);
  if (masks.length === 1) return matMul(mul(state, masks[0]), kernel);
  return concat(
    gateColumns(kernel, gates).map((w, i) => matMul(mul(state, masks[i]), w)),
    -1,
  );
}
