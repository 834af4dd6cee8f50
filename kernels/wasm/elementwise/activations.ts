// The activations of more than one instruction, in float32. The formulas are those of kernels/js/activations.ts.

import { erf as erfFit, seluAlpha, seluScale } from '../../activation.js';
import type { Fn, V128 } from '../emit/index.js';
import { expm1OfNegative, expOfNegative, minusAbs, sigmoid } from './exp.js';
import { log1pOfFraction } from './log.js';
import { constant, horner, type Unary } from './vector.js';

/** min(max(x, 0), 6), NaN where x is. */
export function clip06(fn: Fn): Unary {
  const [low, high] = [0, 6].map((c) => constant(fn, c));
  return (x) => x.pmax(low).pmin(high);
}

export function elu(fn: Fn): Unary {
  const e = expm1OfNegative(fn);
  const zero = constant(fn, 0);
  return (argument) => {
    const x = fn.v128('x', argument);
    const below = fn.v128('below', e(x));
    return x.lt(zero).choose(below, x);
  };
}

export function selu(fn: Fn): Unary {
  const e = expm1OfNegative(fn);
  const [zero, scale, scaleAlpha] = [0, seluScale, seluScale * seluAlpha].map((c) => constant(fn, c));
  return (argument) => {
    const x = fn.v128('x', argument);
    const below = fn.v128('below', e(x).mul(scaleAlpha));
    return x.lt(zero).choose(below, x.mul(scale));
  };
}

/** max(x, 0) + ln(1 + e^-|x|) */
export function softplus(fn: Fn): Unary {
  const e = expOfNegative(fn);
  const ln = log1pOfFraction(fn);
  const negative = minusAbs(fn);
  const zero = constant(fn, 0);
  return (argument) => {
    const x = fn.v128('x', argument);
    return x.pmax(zero).add(ln(e(negative(x))));
  };
}

export function softsign(fn: Fn): Unary {
  const one = constant(fn, 1);
  return (argument) => {
    const x = fn.v128('x', argument);
    return x.div(x.abs().add(one));
  };
}

export function silu(fn: Fn): Unary {
  const s = sigmoid(fn);
  return (argument) => {
    const x = fn.v128('x', argument);
    return s(x).mul(x); // the bits of a product with the sigmoid, as in gradients
  };
}

/** 1 - erf(z) = t (a1 + a2 t + ...) e^(-z^2) with z = |x| / sqrt 2, as in kernels/js, so that all devices agree. */
export function gelu(fn: Fn): Unary {
  const e = expOfNegative(fn);
  const a = erfFit.a.map((c) => constant(fn, c));
  const [zero, root, p, one, two, half] = [0, Math.SQRT1_2, erfFit.p, 1, 2, 0.5].map((c) => constant(fn, c));
  return (argument) => {
    const x = fn.v128('x', argument);
    const z = fn.v128('z', x.abs().mul(root));
    const t = fn.v128('t', one.div(fn.madd(z, p, one)));
    const tail = fn.v128('tail', t.mul(horner(fn, t, a)).mul(e(z.mul(z).neg())));
    return x.mul(half).mul(x.lt(zero).choose(tail, two.sub(tail)));
  };
}

/** 0.5 x (1 + tanh u) = x sigmoid(2u) with u = sqrt(2/pi) (x + 0.044715 x^3), which does not cancel below 0. */
export function geluApproximate(fn: Fn): Unary {
  const s = sigmoid(fn);
  const twice = 2 * Math.sqrt(2 / Math.PI);
  const [first, third] = [twice, twice * 0.044715].map((c) => constant(fn, c));
  return (argument) => {
    const x = fn.v128('x', argument);
    const u = x.mul(fn.madd(x.mul(x), third, first));
    return s(u).mul(x);
  };
}

function overSix(fn: Fn): Unary {
  const clip = clip06(fn);
  const [three, sixth] = [3, 1 / 6].map((c) => constant(fn, c));
  return (x) => clip(x.add(three)).mul(sixth);
}

export function hardSigmoid(fn: Fn): Unary {
  return overSix(fn);
}

export function hardSilu(fn: Fn): Unary {
  const gate = overSix(fn);
  return (argument) => {
    const x = fn.v128('x', argument);
    return gate(x).mul(x);
  };
}

/** x m / (m + d) with e = e^-|x|: m = e^2 + 2e, d = 2 below 0; m = 1 + 2e, d = 2e^2 above. */
export function mish(fn: Fn): Unary {
  const exponential = expOfNegative(fn);
  const negative = minusAbs(fn);
  const [zero, one] = [0, 1].map((c) => constant(fn, c));
  return (argument) => {
    const x = fn.v128('x', argument);
    const e = fn.v128('e', exponential(negative(x)));
    const square = fn.v128('square', e.mul(e));
    const isBelow = fn.v128('isBelow', x.lt(zero));
    const m = fn.v128('m', isBelow.choose(square, one).add(e).add(e));
    const d: V128 = isBelow.choose(one, square);
    return x.mul(m).div(m.add(d).add(d));
  };
}
