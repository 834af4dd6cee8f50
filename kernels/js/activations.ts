// activation(x) on one number, in double precision. The formulas stay finite for any x.

import { type Activation, erf, seluAlpha, seluScale } from '../activation.js';

export type Scalar = (x: number) => number;

/** The function of that name. PReLU is not one of them, since its slopes are a tensor: see epilogue.ts. */
export function scalarActivation(name: Exclude<Activation, 'prelu'>, leakyAlpha: number): Scalar {
  return name === 'leakyrelu' ? (x) => (x < 0 ? leakyAlpha * x : x) : table[name];
}

const sigmoid: Scalar = (x) => 1 / (1 + Math.exp(-x));
const clip: Scalar = (x) => Math.min(Math.max(x, 0), 6);
const eluOf = (x: number, alpha: number) => (x < 0 ? alpha * Math.expm1(x) : x);

function gelu(x: number): number {
  const z = Math.abs(x) * Math.SQRT1_2;
  const t = 1 / (1 + erf.p * z);
  const [a1, a2, a3, a4, a5] = erf.a;
  const tail = t * (a1 + t * (a2 + t * (a3 + t * (a4 + t * a5)))) * Math.exp(-z * z); // 1 - erf(z)
  return x < 0 ? 0.5 * x * tail : 0.5 * x * (2 - tail);
}

/** x tanh(log(1 + e^x)), with the logarithm and the tanh cancelled out. */
function mish(x: number): number {
  const e = Math.exp(-Math.abs(x));
  return x < 0 ? (x * (e * e + 2 * e)) / (e * e + 2 * e + 2) : (x * (1 + 2 * e)) / (1 + 2 * e + 2 * e * e);
}

const table: Record<Exclude<Activation, 'prelu' | 'leakyrelu'>, Scalar> = {
  linear: (x) => x,
  relu: (x) => Math.max(x, 0),
  relu6: clip,
  elu: (x) => eluOf(x, 1),
  sigmoid,
  selu: (x) => seluScale * eluOf(x, seluAlpha),
  gelu,
  gelu_approximate: (x) => 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x))),
  silu: (x) => x * sigmoid(x),
  tanh: Math.tanh,
  softplus: (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))),
  softsign: (x) => x / (1 + Math.abs(x)),
  exponential: Math.exp,
  hard_sigmoid: (x) => clip(x + 3) / 6,
  hard_silu: (x) => (x * clip(x + 3)) / 6,
  mish,
};
