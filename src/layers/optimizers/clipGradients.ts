// Gradients that are too long are made shorter. Source: https://keras.io/api/optimizers/ (clipnorm, clipvalue,
// global_clipnorm)

import {
  addN,
  clipByValue,
  div,
  maximum,
  minimum,
  mul,
  sqrt,
  square,
  sub,
  sum,
  type Tensor,
} from '@tensorflow/tfjs-core';

export interface Limits {
  readonly clipnorm: number | null;
  readonly clipvalue: number | null;
  readonly global_clipnorm: number | null;
}

/** At most one of the limits is set; 0 is none. */
export function clipGradients(gradients: readonly Tensor[], limits: Limits): readonly Tensor[] {
  const { clipnorm, clipvalue, global_clipnorm: global } = limits;
  if (clipnorm) return gradients.map((gradient) => div(mul(gradient, clipnorm), maximum(normOf([gradient]), clipnorm)));
  if (clipvalue) return gradients.map((gradient) => clipByValue(gradient, -clipvalue, clipvalue));
  if (!global || gradients.length === 0) return gradients;
  const norm = normOf(gradients);
  // Infinity less itself is NaN, which tells of the gradients that went wrong instead of hiding them.
  const rest = sub(norm, norm);
  const scale = mul(global, minimum(div(1, norm), 1 / global));
  return gradients.map((gradient) => mul(gradient, sub(scale, rest)));
}

function normOf(tensors: readonly Tensor[]): Tensor {
  return sqrt(addN(tensors.map((tensor) => sum(square(tensor)))));
}
