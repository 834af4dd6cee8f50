// An op table lists functions of tf, each with its operands and the way to call it.

import type * as tf from '@tensorflow/tfjs';

/** Makes an operand of this shape with values in [low, high), -3 to 3 unless told; each call gives other values. */
export type Operand = <T extends tf.Tensor = tf.Tensor>(shape: readonly number[], low?: number, high?: number) => T;

export type Outcome = tf.Tensor | number | string | ArrayLike<number> | readonly Outcome[];

export type Run = (x: Operand) => Outcome | Promise<Outcome>;

export interface OpCase {
  readonly run: Run;
  /** How far values may be off, relative to the larger of 1 and the value. */
  readonly tolerance: number;
  /** The backend whose results are right: TensorFlow.js's own WebGL backend where it differs from `cpu`. */
  readonly judge: 'cpu' | 'webgl';
}

/** By name: `abs`, `image.resizeBilinear`, `Tensor.data`. */
export type OpTable = Readonly<Record<string, Run | OpCase>>;

export function caseOf(op: Run | OpCase): OpCase {
  return typeof op === 'function' ? { run: op, tolerance: 2e-4, judge: 'cpu' } : op;
}

/** For functions that TensorFlow.js computes differently on its backends. */
export const asOnWebgl = (run: Run): OpCase => ({ run, tolerance: 0, judge: 'webgl' });

/** Batches, odd sizes, a tail of channels; the last is small enough for TensorFlow.js to compute on the CPU. */
export const shapes = [
  [2, 3, 5, 6],
  [5, 7, 3],
  [3, 10],
] as const;

export const unary = (f: (x: tf.Tensor) => tf.Tensor, low?: number, high?: number): Run => {
  return (x) => shapes.map((shape) => f(x(shape, low, high)));
};

type Range = readonly [low: number, high: number];

/** Operands of the same shape, broadcast along channels, broadcast along both. */
export const binary = (f: (a: tf.Tensor, b: tf.Tensor) => tf.Tensor, a: Range = [-3, 3], b: Range = a): Run => {
  return (x) => [
    ...shapes.map((shape) => f(x(shape, ...a), x(shape, ...b))),
    f(x([2, 3, 5, 6], ...a), x([6], ...b)),
    f(x([2, 1, 5, 6], ...a), x([3, 1, 1], ...b)),
  ];
};
