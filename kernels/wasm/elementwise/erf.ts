// The error function: x + x P(x^2) for |x| < 1, else 1 - e^(-x Q(x)) with the sign of x. P and Q are minimax fits.
// Their relative errors are 1.3e-9 and 2.5e-9.

import type { Fn } from '../emit/index.js';
import { expOfNegative } from './exp.js';
import { bits, constant, horner, type Unary } from './vector.js';

const near = [
  0.12837916612625122, -0.3761262595653534, 0.1128358542919159, -0.026853812858462334, 0.005188327748328447,
  -0.0008010193705558777, 7.853860734030604e-5,
];
const far = [
  1.128480076789856, 0.6358314752578735, 0.1051161140203476, -0.0227984469383955, 0.0031869413796812296,
  -0.00021064255270175636,
];
/** erf(4) is 1 in float32. */
const end = 4;
const signBit = 0x80000000 | 0;

export function erf(fn: Fn): Unary {
  const e = expOfNegative(fn);
  const p = near.map((c) => constant(fn, c));
  const q = far.map((c) => constant(fn, c));
  const [one, most] = [1, end].map((c) => constant(fn, c));
  const sign = bits(fn, signBit);
  return (argument) => {
    const x = fn.v128('x', argument);
    const s = fn.v128('s', x.mul(x));
    const small = fn.v128('small', fn.madd(x, horner(fn, s, p), x));
    const t = fn.v128('t', x.abs().pmin(most));
    const large = fn.v128('large', one.sub(e(t.mul(horner(fn, t, q)).neg())).or(x.and(sign)));
    return t.lt(one).choose(small, large);
  };
}
