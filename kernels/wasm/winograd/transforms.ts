// The one-dimensional transforms of Winograd's minimal filtering F(m, r), applied to the rows and then to the columns:
//
//   y = AT ((G g) * (BT d))      d: n = m + r - 1 inputs, g: r weights, y: m outputs, * element by element
//
// This takes n multiplications instead of r*m. A. Lavin, S. Gray, https://arxiv.org/abs/1509.09308. The matrices follow
// from n - 1 points and infinity by the construction of Cook and Toom.
//
// F(2, 5) has the points of F(4, 3), and therefore the same BT.

import { winogradPoints } from '../../winograd.js';
import { type Fn, splat, type V128, type V128Var } from '../emit/index.js';

export interface Transforms {
  /** Outputs of a tile, along one axis. */
  readonly m: number;
  /** Weights of a filter, along one axis. */
  readonly r: number;
  /** Inputs of a tile. */
  readonly n: number;
  /** BT d: calls put(i, value) for each of n results, in any order. */
  input(fn: Fn, d: readonly V128[], constants: Constants, put: Put): void;
  /** G g */
  filter(fn: Fn, g: readonly V128[], constants: Constants, put: Put): void;
  /** AT p */
  output(fn: Fn, p: readonly V128[], constants: Constants, put: Put): void;
}

type Put = (i: number, value: V128) => void;

/** A vector of one number, set once at the start of a function. */
export type Constants = (value: number) => V128;

/** Declares a function's constants. Call it before the loops, with all numbers that they use. */
export function declareConstants(fn: Fn, values: readonly number[]): Constants {
  const vectors = new Map<number, V128Var>(values.map((value, i) => [value, fn.v128(`const${i}_`, splat(value))]));
  return (value) => {
    const vector = vectors.get(value);
    if (!vector) throw new Error(`winograd: a constant must be announced; received ${value}`);
    return vector;
  };
}

const { a, b } = winogradPoints;

export const inputConstants = [2.5, 2, 0.5, a, b];
export const outputConstants = [0.5, 2, a, b, a / 2, 2 * b];
export const filterConstants = [0.25, 0.5, 2, 4, a, b, -2 / 3, 1 / 6];

export const f43: Transforms = {
  m: 4,
  r: 3,
  n: 6,
  input(fn, d, c, put) {
    put(0, fn.nmadd(d[2], c(2.5), d[0].add(d[4])));
    put(5, fn.nmadd(d[3], c(2.5), d[1].add(d[5])));
    const even = fn.v128('even', fn.nmadd(d[2], c(2), d[4]));
    const odd = fn.v128('odd', fn.nmadd(d[1], c(2), d[3]));
    put(1, fn.madd(odd, c(a), even));
    put(2, fn.nmadd(odd, c(a), even));
    fn.set(even, fn.nmadd(d[2], c(0.5), d[4]));
    fn.set(odd, fn.nmadd(d[1], c(0.5), d[3]));
    put(3, fn.madd(odd, c(b), even));
    put(4, fn.nmadd(odd, c(b), even));
  },
  filter(fn, g, c, put) {
    put(0, g[0]);
    put(5, g[2]);
    const even = fn.v128('even', fn.madd(g[2], c(0.5), g[0]));
    const odd = fn.v128('odd', g[1].mul(c(a)));
    put(1, even.add(odd).mul(c(-2 / 3)));
    put(2, even.sub(odd).mul(c(-2 / 3)));
    fn.set(even, fn.madd(g[2], c(2), g[0]));
    fn.set(odd, g[1].mul(c(b)));
    put(3, even.add(odd).mul(c(1 / 6)));
    put(4, even.sub(odd).mul(c(1 / 6)));
  },
  output(fn, p, c, put) {
    const sumA = fn.v128('sumA', p[1].add(p[2]));
    const differenceA = fn.v128('differenceA', p[1].sub(p[2]));
    const sumB = fn.v128('sumB', p[3].add(p[4]));
    const differenceB = fn.v128('differenceB', p[3].sub(p[4]));
    put(0, p[0].add(sumA).add(sumB));
    put(1, fn.madd(differenceB, c(b), differenceA.mul(c(a))));
    put(2, fn.madd(sumB, c(2), sumA.mul(c(0.5))));
    put(3, fn.madd(differenceB, c(2 * b), fn.madd(differenceA, c(a / 2), p[5])));
  },
};

/** Points 0, 1, -1: more exact than a plain sum, with 2.25 times fewer multiplications (F(4, 3) has 4 times fewer). */
export const f23: Transforms = {
  m: 2,
  r: 3,
  n: 4,
  input(_fn, d, _c, put) {
    put(0, d[0].sub(d[2]));
    put(1, d[1].add(d[2]));
    put(2, d[2].sub(d[1]));
    put(3, d[3].sub(d[1]));
  },
  filter(fn, g, c, put) {
    put(0, g[0]);
    put(3, g[2]);
    const even = fn.v128('even', g[0].add(g[2]).mul(c(0.5)));
    const odd = fn.v128('odd', g[1].mul(c(0.5)));
    put(1, even.add(odd));
    put(2, even.sub(odd));
  },
  output(_fn, p, _c, put) {
    put(0, p[0].add(p[1]).add(p[2]));
    put(1, p[1].sub(p[2]).add(p[3]));
  },
};

/** For 5x5 filters, 2.78 times fewer multiplications. */
export const f25: Transforms = {
  m: 2,
  r: 5,
  n: 6,
  input: f43.input,
  filter(fn, g, c, put) {
    put(0, g[0]);
    put(5, g[4]);
    const even = fn.v128('even', fn.madd(g[4], c(0.25), fn.madd(g[2], c(0.5), g[0])));
    const odd = fn.v128('odd', fn.madd(g[3], c(0.5), g[1]).mul(c(a)));
    put(1, even.add(odd).mul(c(-2 / 3)));
    put(2, even.sub(odd).mul(c(-2 / 3)));
    fn.set(even, fn.madd(g[4], c(4), fn.madd(g[2], c(2), g[0])));
    fn.set(odd, fn.madd(g[3], c(2), g[1]).mul(c(b)));
    put(3, even.add(odd).mul(c(1 / 6)));
    put(4, even.sub(odd).mul(c(1 / 6)));
  },
  output(fn, p, c, put) {
    put(0, p[0].add(p[1]).add(p[2]).add(p[3]).add(p[4]));
    put(1, fn.madd(p[3].sub(p[4]), c(b), fn.madd(p[1].sub(p[2]), c(a), p[5])));
  },
};
