// Functions of four floats at a time, and the loop over memory that applies them.

import { type Fn, type I32, type I32Var, splat, splatI, type V128, type V128Var } from '../emit/index.js';

/** Computes four values. It may use its argument more than once: pass a local, or a load to be repeated. */
export type Unary = (x: V128) => V128;
export type Binary = (a: V128, b: V128) => V128;

/** Values of an item: enough to hide an item's overhead, few enough for threads to share a layer. */
export const chunk = 4096;

/**
 * The cost of a value, in operations of a convolution (0.025 ns each at 40 GFLOP/s). A value with an exponential takes
 * 0.8 ns. Plain arithmetic takes 0.1 to 0.4 ns, most of it waiting for memory, which a second thread does not speed up.
 */
export const costs = { light: 2, heavy: 32 } as const;

/** A vector constant in a local of its own. It is set where this is called, so call this in front of the loop. */
export function constant(fn: Fn, value: number): V128Var {
  return fn.v128(`${value < 0 ? 'minus' : 'c'}${Math.abs(value)}`, splat(value));
}

/** A vector of one 32-bit pattern, likewise. */
export function bits(fn: Fn, value: number): V128Var {
  return fn.v128(`bits${value >>> 0}`, splatI(value));
}

/** c0 + c1*x + c2*x^2 + ..., with one multiply-add per term. */
export function horner(fn: Fn, x: V128, coefficients: readonly V128[]): V128 {
  return coefficients.reduceRight((sum, c) => fn.madd(sum, x, c));
}

/** A pointer, and the bytes of one value there. */
export type Step = readonly [pointer: I32Var, bytes: number];

export interface Walk {
  readonly count: I32;
  readonly steps: readonly Step[];
  /** Vectors in a round of the main loop. */
  readonly unroll: number;
}

/** Loops over `count` values: `whole(n)` handles n vectors at the pointers, `rest(left)` the last 1 to 3 values. */
export function walk(
  fn: Fn,
  { count, steps, unroll }: Walk,
  whole: (vectors: number) => void,
  rest: (left: I32Var) => void,
): void {
  const left = fn.i32('left', count);
  const loop = (vectors: number) =>
    fn.while(left.ge(4 * vectors), () => {
      whole(vectors);
      for (const [pointer, bytes] of steps) fn.advance(pointer, 4 * vectors * bytes);
      fn.set(left, left.sub(4 * vectors));
    });
  loop(unroll);
  if (unroll > 1) loop(1);
  fn.if(left.gt(0), () => rest(left));
}

/** Emits code for 1, 2 and 3, of which one runs. */
export function eachRest(fn: Fn, left: I32, body: (count: number) => void): void {
  fn.if(
    left.eq(1),
    () => body(1),
    () =>
      fn.if(
        left.eq(2),
        () => body(2),
        () => body(3),
      ),
  );
}

/** Writes the first 1 to 3 lanes. */
export function storeRest(fn: Fn, address: I32, value: V128, left: I32): void {
  const result = fn.v128('result', value);
  eachRest(fn, left, (count) => fn.storeLanes(address, result, count));
}
