// The table of activations that a convolution can fuse. The position of a name is its code in a program.
// `linear relu relu6 elu prelu leakyrelu sigmoid` are the names of tf.fused.conv2d, the others those of Keras
// (https://keras.io/api/layers/activations/), where `gelu_approximate` is gelu with approximate=True.

export const activations = [
  'linear',
  'relu',
  'relu6',
  'elu',
  'prelu',
  'leakyrelu',
  'sigmoid',
  'selu',
  'gelu',
  'gelu_approximate',
  'silu',
  'tanh',
  'softplus',
  'softsign',
  'exponential',
  'hard_sigmoid',
  'hard_silu',
  'mish',
] as const;

export type Activation = (typeof activations)[number];

/** The code of an activation in a program. */
export function activationCode(name: Activation): number {
  return activations.indexOf(name);
}

export function isActivation(name: unknown): name is Activation {
  return (activations as readonly unknown[]).includes(name);
}

/** selu(x) = scale*x for x >= 0, scale*alpha*(e^x - 1) below: https://arxiv.org/abs/1706.02515, section 2. */
export const seluAlpha = 1.6732632423543772;
export const seluScale = 1.0507009873554805;

/**
 * erf(x) for x >= 0 is 1 - (a1 t + ... + a5 t^5) e^(-x^2) with t = 1/(1 + p x): Abramowitz and Stegun, formula 7.1.26.
 * The absolute error is below 1.5e-7, about one unit in the last place of a float32 near 1. All devices use this
 * formula, since GLSL has no erf, and gelu must be the same on all.
 */
export const erf = {
  p: 0.3275911,
  a: [0.254829592, -0.284496736, 1.421413741, -1.453152027, 1.061405429],
} as const;
