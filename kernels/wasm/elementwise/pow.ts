// x^p for x >= 0. With x = 2^e (1 + f) it is 2^(e p + p log2(1 + f)). The product e p is exact for the first twelve bits of p,
// so that no rounding error of a large logarithm is magnified: its whole part goes to the exponent, and what is left is
// small. Compare: S. Moshier, Cephes, powf.

import { type Fn, splat, type V128, type V128Var } from '../emit/index.js';
import { expOfRest, magic, power, twoPowers } from './exp.js';
import { logParts } from './log.js';
import { bits, constant, type Unary } from './vector.js';

const leastNormal = 2 ** -126;
/** 2^n is 0 or infinite beyond. */
const mostExponent = 250;
/** The largest power p with a result of an exponent of 126 at most, 128 p and what the fraction adds. */
const mostPlain = 0.98;

/** x^p for x and p of 0 at least. What depends on p alone is set where this is called. x^0 is 1. */
export function powOfPositive(fn: Fn, p: V128Var): Unary {
  const parts = logParts(fn);
  const e = expOfRest(fn);
  const powers = twoPowers(fn);
  const [ln2, half, shift, least, scale, exponent] = [Math.LN2, 0.5, magic, leastNormal, 2 ** 23, -23].map((c) =>
    constant(fn, c),
  );
  const [low, high, one, infinity] = [-mostExponent, mostExponent, 1, Infinity].map((c) => constant(fn, c));
  const first = fn.v128('first', p.and(bits(fn, 0xfffff000)));
  const second = fn.v128('second', p.sub(first));
  const perLn2 = fn.v128('perLn2', p.mul(constant(fn, Math.LOG2E)));
  const isConstant = fn.v128('isConstant', p.eq(splat(0)));
  const scaleOf = power(fn);
  const isLarge = fn.v128('isLarge', p.gt(constant(fn, mostPlain)));
  /** Normal numbers to a power whose exponent fits into one float. */
  const ofNormal = (x: V128Var): V128 => {
    const found = parts(x);
    const ln = fn.nmadd(found.square, half, found.tail).add(found.f);
    const exact = fn.v128('exact', first.mul(found.e));
    const small = fn.v128('small', fn.madd(second, found.e, perLn2.mul(ln)));
    const t = fn.v128('t', exact.add(small).add(shift));
    const r = fn.v128('r', exact.sub(t.sub(shift)).add(small).mul(ln2));
    return e(r).add(one).mul(scaleOf(t));
  };
  const ofAny = (x: V128Var): V128 => {
    const isSmall = fn.v128('isSmall', x.lt(least));
    const found = parts(isSmall.choose(x.mul(scale), x), isSmall.and(exponent));
    const ln = fn.nmadd(found.square, half, found.tail).add(found.f);
    const exact = fn.v128('exact', first.mul(found.e));
    const small = fn.v128('small', fn.madd(second, found.e, perLn2.mul(ln)));
    const t = fn.v128('t', exact.add(small).pmax(low).pmin(high).add(shift));
    const r = fn.v128('r', exact.sub(t.sub(shift)).add(small).mul(ln2));
    const [a, b] = powers(t);
    const finite = fn.v128('finite', e(r).add(one).mul(a).mul(b));
    // 0, infinity and NaN stay what they are, but for the power 0.
    const isItself = x.eq(splat(0)).or(x.lt(infinity).not()).andNot(isConstant);
    return isItself.choose(x, finite);
  };
  return (base) => {
    const x = fn.v128('x', base);
    const result = fn.v128('power', splat(0));
    const isRare = x.lt(least).or(x.lt(infinity).not()).or(isLarge).anyTrue();
    fn.if(
      isRare,
      () => fn.set(result, ofAny(x)),
      () => fn.set(result, ofNormal(x)),
    );
    return result;
  };
}
