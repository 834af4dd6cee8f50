// e^x, and functions that follow from it. With x = n ln 2 + r and |r| <= ln(2)/2, e^x = 2^n e^r. A polynomial gives
// e^r - 1.
//
// An addition rounds to n: 1.5*2^23 + x/ln 2 has no bits for a fraction, and n in its lowest bits. n ln 2 is subtracted
// in two parts. The first part of ln 2 has so few bits that n times it is exact (W. Cody, W. Waite, Software Manual for
// the Elementary Functions, 1980). The polynomial is a minimax fit with a relative error below 1.4e-8.

import type { Fn, V128, V128Var } from '../emit/index.js';
import { bits, constant, horner, type Unary } from './vector.js';

const ln2High = 0.693145751953125;
const ln2Low = 1.428606765330187e-6;
export const magic = 12582912;
const magicBits = 0x4b400000;
const oneBits = 0x3f800000;
/** (e^r - 1 - r) / r^2 */
const polynomial = [0.5, 0.1666654348373413, 0.04166628047823906, 0.00836661085486412, 0.001394649618305266];
/** e^x is subnormal below `tiny`, infinite from `high` on and 0 below `zero`; e^x - 1 is -1 below `minusOne`. */
const tiny = -87.33654;
const high = 89;
const zero = -104;
const minusOne = -18;

interface Reduced {
  /** e^r - 1 */
  readonly p: V128Var;
  /** n in the lowest nine bits, as two's complement. */
  readonly t: V128Var;
}

/** e^r - 1 for |r| up to ln(2)/2. */
export function expOfRest(fn: Fn): (r: V128Var) => V128 {
  const coefficients = polynomial.map((c) => constant(fn, c));
  return (r) => fn.madd(r.mul(r), horner(fn, r, coefficients), r);
}

function reduction(fn: Fn): (x: V128) => Reduced {
  const perLn2 = constant(fn, Math.LOG2E);
  const shift = constant(fn, magic);
  const [ln2a, ln2b] = [ln2High, ln2Low].map((c) => constant(fn, c));
  const rest = expOfRest(fn);
  return (argument) => {
    const x = fn.v128('x', argument);
    const t = fn.v128('t', fn.madd(x, perLn2, shift));
    const n = fn.v128('n', t.sub(shift));
    const r = fn.v128('r', fn.nmadd(n, ln2b, fn.nmadd(n, ln2a, x)));
    return { p: fn.v128('p', rest(r)), t };
  };
}

/** 2^n for n from -126 to 127, in the lowest nine bits of t. */
export function power(fn: Fn): (t: V128) => V128 {
  const one = bits(fn, oneBits);
  return (t) => t.shlI(23).addI(one);
}

/**
 * 2^n as two factors, for n in the lowest bits of t, to which 1.5*2^23 is added: 2^n itself may be too large or too
 * small for a float.
 */
export function twoPowers(fn: Fn): (t: V128) => [V128, V128] {
  const base = bits(fn, magicBits);
  const scale = power(fn);
  return (t) => {
    const n = fn.v128('nInt', t.subI(base));
    const half = fn.v128('half', n.shrI(1));
    return [scale(half), scale(n.subI(half))];
  };
}

/** e^x for any x, with subnormal results, too. */
export function exp(fn: Fn): Unary {
  const reduce = reduction(fn);
  const powers = twoPowers(fn);
  const [least, most, one] = [zero, high, 1].map((c) => constant(fn, c));
  return (x) => {
    const { p, t } = reduce(x.pmax(least).pmin(most));
    const [a, b] = powers(t);
    return p.add(one).mul(a).mul(b);
  };
}

/** e^x for x <= 0, where results below 1.2e-38 become 0. */
export function expOfNegative(fn: Fn): Unary {
  const reduce = reduction(fn);
  const scale = power(fn);
  const [least, one] = [tiny, 1].map((c) => constant(fn, c));
  return (argument) => {
    const x = fn.v128('x', argument);
    const { p, t } = reduce(x);
    return p.add(one).mul(scale(t)).andNot(x.lt(least));
  };
}

/** e^x - 1 for x <= 0, without the cancellation near 0. */
export function expm1OfNegative(fn: Fn): Unary {
  const reduce = reduction(fn);
  const scale = power(fn);
  const [least, one] = [minusOne, 1].map((c) => constant(fn, c));
  return (x) => {
    const { p, t } = reduce(x.pmax(least));
    const s = fn.v128('s', scale(t));
    return fn.madd(p, s, s.sub(one));
  };
}

const signBit = 0x80000000 | 0;

/** e^x - 1 = 2^a (2^h (e^r - 1) + 2^h - 2^-a), n = h + a, for any x. It has the sign of x, which the sum loses at -0. */
export function expm1(fn: Fn): Unary {
  const reduce = reduction(fn);
  const powers = twoPowers(fn);
  const [least, most, one] = [minusOne, high, 1].map((c) => constant(fn, c));
  const sign = bits(fn, signBit);
  return (argument) => {
    const x = fn.v128('x', argument);
    const { p, t } = reduce(x.pmax(least).pmin(most));
    const [first, second] = powers(t);
    const s = fn.v128('s', first);
    const a = fn.v128('a', second);
    return fn
      .madd(p, s, s.sub(one.div(a)))
      .mul(a)
      .or(x.and(sign));
  };
}

/** -|x| */
export function minusAbs(fn: Fn): Unary {
  const sign = bits(fn, signBit);
  return (x) => x.or(sign);
}

/** 1 / (1 + e^-x). The sum cancels nowhere, and is infinite for x of -88.8 and less. */
export function sigmoid(fn: Fn): Unary {
  const reduce = reduction(fn);
  const scale = power(fn);
  const [least, most, one] = [tiny, high, 1].map((c) => constant(fn, c));
  return (x) => {
    const { p, t } = reduce(x.neg().pmax(least).pmin(most));
    return one.div(p.add(one).mul(scale(t)).add(one)); // 2^128 has the bits of infinity
  };
}

/** tanh |x| = -t / (t + 2) with t = e^(-2|x|) - 1, and the sign of x. */
export function tanh(fn: Fn): Unary {
  const e = expm1OfNegative(fn);
  const negative = minusAbs(fn);
  const two = constant(fn, 2);
  const sign = bits(fn, signBit);
  return (argument) => {
    const x = fn.v128('x', argument);
    const minus = fn.v128('minus', negative(x));
    const t = fn.v128('t', e(minus.add(minus)));
    return t.div(t.add(two)).abs().or(x.and(sign));
  };
}
