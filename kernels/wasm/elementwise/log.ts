// ln x. x = 2^e (1 + f) with 1 + f between sqrt(1/2) and sqrt(2), so ln x = e ln 2 + f - f^2/2 + f^3 P(f). P is a
// minimax fit. Its error is below 6e-9 times f^2. Compare: S. Moshier, Cephes, logf.

import { type Fn, splat, type V128 } from '../emit/index.js';
import { bits, constant, horner, type Unary } from './vector.js';

const ln2High = 0.693145751953125;
const ln2Low = 1.428606765330187e-6;
const rootBits = 0x3f3504f3; // sqrt(1/2)
/** P */
const polynomial = [
  0.33333316445350647, -0.25000810623168945, 0.2000228613615036, -0.16624553501605988, 0.14181192219257355,
  -0.13128754496574402, 0.12881647050380707, -0.07859611511230469,
];
const leastNormal = 2 ** -126;

/** A positive normal number as e, f, f^2 and f^3 P(f), to which `low` is added. Adds `exponent` to e. */
export function logParts(fn: Fn) {
  const root = bits(fn, rootBits);
  const coefficients = polynomial.map((c) => constant(fn, c));
  const unit = constant(fn, 1);
  return (argument: V128, exponent?: V128, low: V128 = splat(0)) => {
    const x = fn.v128('x', argument);
    const shift = fn.v128('shift', x.subI(root).shrI(23));
    const f = fn.v128('f', x.subI(shift.shlI(23)).sub(unit));
    const plain = shift.toFloats();
    const e = fn.v128('e', exponent ? plain.add(exponent) : plain);
    const square = fn.v128('square', f.mul(f));
    const tail = fn.madd(square.mul(f), horner(fn, f, coefficients), low);
    return { e, f, square, tail };
  };
}

/** ln x of positive normal numbers. Adds `exponent` to e, and `low` to the small terms before the large ones. */
function logOfNormal(fn: Fn): (x: V128, exponent?: V128, low?: V128) => V128 {
  const parts = logParts(fn);
  const [ln2a, ln2b, half] = [ln2High, ln2Low, 0.5].map((c) => constant(fn, c));
  return (x, exponent, low) => {
    const { e, f, square, tail } = parts(x, exponent, low);
    const small = fn.nmadd(square, half, fn.madd(e, ln2b, tail));
    return fn.madd(e, ln2a, f.add(small));
  };
}

/** The logarithm where u is 0, infinite, negative or NaN; elsewhere `value`. */
function special(fn: Fn): (u: V128, value: V128) => V128 {
  const [infinity, minusInfinity] = [Infinity, -Infinity].map((c) => constant(fn, c));
  return (u, value) => {
    const finite = u.eq(infinity).choose(infinity, value);
    return u
      .eq(splat(0))
      .choose(minusInfinity, finite)
      .or(u.ge(splat(0)).not());
  };
}

/** ln x for any x: -Infinity at 0, NaN below. */
export function log(fn: Fn): Unary {
  const ln = logOfNormal(fn);
  const finish = special(fn);
  const [least, scale, exponent] = [leastNormal, 2 ** 23, -23].map((c) => constant(fn, c));
  return (argument) => {
    const x = fn.v128('x', argument);
    const isSmall = fn.v128('isSmall', x.lt(least));
    const value = fn.v128('value', ln(isSmall.choose(x.mul(scale), x), isSmall.and(exponent)));
    return finish(x, value);
  };
}

/**
 * ln(1 + x). The rounding error of u = 1 + x is added again as (x - (u - 1)) / u. It has the sign of x, which the sum loses
 * at -0.
 */
export function log1p(fn: Fn): Unary {
  const ln = logOfNormal(fn);
  const finish = special(fn);
  const one = constant(fn, 1);
  const sign = bits(fn, 0x80000000 | 0);
  return (argument) => {
    const x = fn.v128('x', argument);
    const u = fn.v128('u', x.add(one));
    const lost = fn.v128('lost', x.sub(u.sub(one)).div(u));
    const value = fn.v128('value', ln(u, undefined, lost));
    return finish(u, value).or(x.and(sign));
  };
}

/**
 * ln(1 + z) for z from 0 to 1. It does not divide the rounding error by u, which would change the result too little.
 */
export function log1pOfFraction(fn: Fn): Unary {
  const ln = logOfNormal(fn);
  const one = constant(fn, 1);
  return (argument) => {
    const z = fn.v128('z', argument);
    const u = fn.v128('u', z.add(one));
    return ln(u, undefined, z.sub(u.sub(one)));
  };
}
