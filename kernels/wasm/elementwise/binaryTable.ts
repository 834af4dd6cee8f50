// The table of functions of two values. binaryProgram.ts makes a program of each.

import { type Fn, splat } from '../emit/index.js';
import type { Binary } from './vector.js';

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
  greater: bool((a, b) => a.gt(b)),
  greaterEqual: bool((a, b) => a.ge(b)),
  less: bool((a, b) => a.lt(b)),
  lessEqual: bool((a, b) => a.le(b)),
  equal: bool((a, b) => a.eq(b)),
  notEqual: bool((a, b) => a.ne(b)),
  notEqualInts: bool((a, b) => a.eqI(b).not()),
  addInts: value((a, b) => a.addI(b)),
  subInts: value((a, b) => a.subI(b)),
  maxInts: value((a, b) => a.maxI(b)),
  minInts: value((a, b) => a.minI(b)),
} as const satisfies Record<string, BinaryFunction>;

export type BinaryName = keyof typeof binaryFunctions;
