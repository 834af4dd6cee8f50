// x^p for x >= 0. With x = 2^e (1 + f) it is 2^(e p) e^(p ln(1 + f)). The product e p is exact for the first twelve bits of p:
// its whole part is the exponent, and the rest is small, so that the exponential magnifies no rounding error of a large
// logarithm. Compare: S. Moshier, Cephes, powf.

import { type Fn, splat } from '../emit/index.js';
import { exp, magic, twoPowers } from './exp.js';
import { logParts } from './log.js';
import { type Binary, bits, constant } from './vector.js';

const leastNormal = 2 ** -126;
/** 2^n is 0 or infinite beyond. */
const mostExponent = 250;

/** x^p for x and p of 0 at least. 0^0 is 1. */
export function powOfPositive(fn: Fn): Binary {
  const parts = logParts(fn);
  const e = exp(fn);
  const powers = twoPowers(fn);
  const firstBits = bits(fn, 0xfffff000);
  const [ln2, half, shift, least, scale, exponent] = [Math.LN2, 0.5, magic, leastNormal, 2 ** 23, -23].map((c) =>
    constant(fn, c),
  );
  const [low, high, one, infinity] = [-mostExponent, mostExponent, 1, Infinity].map((c) => constant(fn, c));
  return (base, power) => {
    const [x, p] = [fn.v128('x', base), fn.v128('p', power)];
    const isSmall = fn.v128('isSmall', x.lt(least));
    const found = parts(isSmall.choose(x.mul(scale), x), isSmall.and(exponent));
    const first = fn.v128('first', p.and(firstBits));
    const exact = fn.v128('exact', first.mul(found.e).pmax(low).pmin(high));
    const t = fn.v128('t', exact.add(shift));
    const rest = fn.madd(p.sub(first), found.e, exact.sub(t.sub(shift)));
    const ln = fn.nmadd(found.square, half, found.tail).add(found.f);
    const value = e(fn.v128('argument', fn.madd(rest, ln2, p.mul(ln))));
    const [a, b] = powers(t);
    const finite = fn.v128('finite', value.mul(a).mul(b));
    const isZero = x.eq(splat(0)).or(x.eq(infinity));
    // 0 and infinity stay what they are, but for the power 0.
    const plain = fn.v128('plain', isZero.choose(x, finite));
    return p.eq(splat(0)).choose(one, plain).or(x.ne(x));
  };
}
