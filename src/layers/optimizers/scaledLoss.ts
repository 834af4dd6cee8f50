// The gradients of a loss that is multiplied before they are computed, so that small ones do not vanish in 16 bits.

import { clone, keep, mul, type NamedTensorMap, type Scalar, tidy } from '@tensorflow/tfjs-core';

interface LossAndGradients {
  value: Scalar;
  grads: NamedTensorMap;
}

/** The loss as it is, which is finite where its multiple is not, with the gradients of the multiple. */
export function ofScaledLoss(
  f: () => Scalar,
  factor: number,
  compute: (scaled: () => Scalar) => LossAndGradients,
): LossAndGradients {
  const losses: Scalar[] = [];
  try {
    const { value, grads } = compute(() => {
      const loss = f();
      losses.push(tidy(() => keep(clone(loss))));
      return mul(loss, factor);
    });
    value.dispose();
    return { value: clone(losses[0]), grads };
  } finally {
    for (const loss of losses) loss.dispose();
  }
}
