// The table of functions of two values. binaryProgram.ts makes a program of each.

import { type Fn, floorQuotients, splat, splatI, type V128 } from '../emit/index.js';
import { type Binary, constant } from './vector.js';

/** `bool`: lanes of all ones, where a comparison holds, become bytes of 1. */
export type Output = 'value' | 'bool';

export interface BinaryFunction {
  readonly output: Output;
  readonly make: (fn: Fn) => Binary;
}

const value = (f: Binary): BinaryFunction => ({ output: 'value', make: () => f });
const bool = (f: Binary): BinaryFunction => ({ output: 'bool', make: () => f });

/** Functions of floats. A name that ends in Ints is a function of 32-bit integers. */
export const binaryFunctions = {
  add: value((a, b) => a.add(b)),
  sub: value((a, b) => a.sub(b)),
  mul: value((a, b) => a.mul(b)),
  div: value((a, b) => a.div(b)),
  /** NaN if either is. */
  max: value((a, b) => a.max(b)),
  min: value((a, b) => a.min(b)),
  squaredDifference: {
    output: 'value',
    make: (fn) => (a, b) => {
      const d = fn.v128('d', a.sub(b));
      return d.mul(d);
    },
  },
  /** a < 0 ? a*b : a */
  prelu: {
    output: 'value',
    make: (fn) => (argument, b) => {
      const a = fn.v128('a', argument);
      return a.lt(splat(0)).choose(a.mul(b), a);
    },
  },
  /** a where b > 0, and 0 elsewhere; NaN where b is. */
  reluGrad: {
    output: 'value',
    make: (fn) => {
      const zero = constant(fn, 0);
      return (a, argument) => {
        const b = fn.v128('b', argument);
        return a.and(b.gt(zero)).or(b.ne(b));
      };
    },
  },
  greater: bool((a, b) => a.gt(b)),
  greaterEqual: bool((a, b) => a.ge(b)),
  less: bool((a, b) => a.lt(b)),
  lessEqual: bool((a, b) => a.le(b)),
  equal: bool((a, b) => a.eq(b)),
  notEqual: bool((a, b) => a.ne(b)),
  /** b is not read. */
  isNaN: { output: 'bool', make: (fn) => (x) => isNaNOf(fn.v128('x', x)) },
  isFinite: { output: 'bool', make: (fn) => (x) => isFiniteOf(fn.v128('x', x)) },
  isInfinite: { output: 'bool', make: () => (x) => x.abs().eq(splat(Infinity)) },
  greaterInts: bool((a, b) => a.gtI(b)),
  greaterEqualInts: bool((a, b) => a.ltI(b).not()),
  lessInts: bool((a, b) => a.ltI(b)),
  lessEqualInts: bool((a, b) => a.gtI(b).not()),
  equalInts: bool((a, b) => a.eqI(b)),
  notEqualInts: bool((a, b) => a.eqI(b).not()),
  /** For integers 0 and 1. */
  orInts: bool((a, b) => a.or(b).gtI(splatI(0))),
  andInts: bool((a, b) => a.and(b).gtI(splatI(0))),
  bitAndInts: value((a, b) => a.and(b)),
  addInts: value((a, b) => a.addI(b)),
  subInts: value((a, b) => a.subI(b)),
  mulInts: value((a, b) => a.mulI(b)),
  squaredDifferenceInts: {
    output: 'value',
    make: (fn) => (a, b) => {
      const d = fn.v128('d', a.subI(b));
      return d.mulI(d);
    },
  },
  /** Rounds down; 0 where b is 0. */
  floorDivInts: { output: 'value', make: (fn) => (a, b) => floorDivInts(fn, fn.v128('a', a), fn.v128('b', b)) },
  /** a - b*floor(a / b); 0 where b is 0. */
  modInts: {
    output: 'value',
    make: (fn) => (left, right) => {
      const [a, b] = [fn.v128('a', left), fn.v128('b', right)];
      return b
        .eqI(splatI(0))
        .not()
        .and(a.subI(b.mulI(floorDivInts(fn, a, b))));
    },
  },
  maxInts: value((a, b) => a.maxI(b)),
  minInts: value((a, b) => a.minI(b)),
} as const satisfies Record<string, BinaryFunction>;

function isNaNOf(x: V128): V128 {
  return x.ne(x);
}

/** What is not finite leaves NaN. */
function isFiniteOf(x: V128): V128 {
  return x.sub(x).eq(splat(0));
}

function floorDivInts(fn: Fn, a: V128, b: V128): V128 {
  const half = (lanes: readonly [number, number, number, number]) =>
    floorQuotients(a.shuffle(a, lanes), b.shuffle(b, lanes));
  const quotient = fn.v128('quotient', half([0, 1, 0, 1]).shuffle(half([2, 3, 2, 3]), [0, 1, 4, 5]));
  // -2^31 / -1 does not fit, and wraps around.
  const isLeast = a.eqI(splatI(-(2 ** 31))).and(b.eqI(splatI(-1)));
  return b.eqI(splatI(0)).not().and(isLeast.choose(a, quotient));
}

export type BinaryName = keyof typeof binaryFunctions;
