// The outer dimensions of a movement program, so that one program serves all ranks: up to four, each with a stride in
// either tensor.

import type { Fn, I32, I32Var } from '../emit/index.js';

/** A dimension with its stride, in values, in either tensor. A negative stride reverses; 0 repeats. */
export interface Dim {
  readonly size: number;
  readonly from: number;
  readonly to: number;
}

export const maxOuter = 4;

/** Sizes, and strides in bytes, outermost first. The outermost size follows from the number of items. */
export const outerArgs = {
  size1: 'i32',
  size2: 'i32',
  size3: 'i32',
  from0: 'i32',
  from1: 'i32',
  from2: 'i32',
  from3: 'i32',
  to0: 'i32',
  to1: 'i32',
  to2: 'i32',
  to3: 'i32',
} as const;

type OuterNames = keyof typeof outerArgs;

const single: Dim = { size: 1, from: 0, to: 0 };

/**
 * Dimension i, 0 to 3, of at most four: those that are missing are the outermost, of size 1. Callers spell the arguments
 * out, since spreading objects of this size takes 8 us, longer than to move some thousand values.
 */
export function outerDim(outer: readonly Dim[], i: number): Dim {
  return outer[outer.length - maxOuter + i] ?? single;
}

/** Advances p and q to position `rest` of the outer dimensions; `rest` changes. */
export function advanceOuter(fn: Fn, a: Record<OuterNames, I32>, rest: I32Var, p: I32Var, q: I32Var): void {
  const index = fn.i32('index');
  const inner = [
    [a.size3, a.from3, a.to3],
    [a.size2, a.from2, a.to2],
    [a.size1, a.from1, a.to1],
  ] as const;
  for (const [size, from, to] of inner) {
    fn.if(size.ne(1), () => {
      fn.set(index, rest.rem(size));
      fn.set(rest, rest.div(size));
      fn.advance(p, index.mul(from));
      fn.advance(q, index.mul(to));
    });
  }
  fn.advance(p, rest.mul(a.from0));
  fn.advance(q, rest.mul(a.to0));
}

export function countOf(dims: readonly Dim[]): number {
  return dims.reduce((product, { size }) => product * size, 1);
}
