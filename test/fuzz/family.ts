// A family of random cases: what is drawn, how TensorFlow.js computes it, and what a float64 reference expects.

import type { Tensor } from '@tensorflow/tfjs';
import type { Draw } from './draw.js';

/** One output. NaN and infinities are expected as they are. */
export interface Expected {
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: ArrayLike<number>;
  /** How far each value may be off. Infinity: the value is not compared. */
  readonly tolerance: (i: number) => number;
}

export interface Problem {
  /** The case in words and numbers, for the report. */
  readonly title: string;
  /** Computes the outputs on the active backend, in a scope that disposes of the rest. */
  readonly run: () => Tensor[];
  readonly expected: readonly Expected[];
}

export interface Family {
  readonly name: string;
  /** Undefined where the drawn numbers make no valid case. */
  readonly problem: (draw: Draw) => Problem | undefined;
}

export const epsilon = 2 ** -23;

/** The tolerance of a sum in float32: rounding grows with the sum of the absolute terms, and with their number. */
export function sumTolerance(magnitude: ArrayLike<number>, slack = 16): (i: number) => number {
  return (i) => slack * epsilon * magnitude[i] + 1e-30;
}

/** The tolerance of a function that is accurate to some units in the last place. */
export function relativeTolerance(values: ArrayLike<number>, units: number): (i: number) => number {
  return (i) => units * epsilon * Math.abs(values[i]) + 1e-30;
}

export const exact = (): number => 0;

export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

/** Calls `visit` with each index of a shape, in the order of memory. The array is reused. */
export function forEachIndex(shape: readonly number[], visit: (index: readonly number[], at: number) => void): void {
  const index = shape.map(() => 0);
  const size = sizeOf(shape);
  for (let at = 0; at < size; at++) {
    visit(index, at);
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      if (++index[axis] < shape[axis]) break;
      index[axis] = 0;
    }
  }
}

/** The position of an index in memory. */
export function positionOf(shape: readonly number[], index: readonly number[]): number {
  return shape.reduce((at, size, axis) => at * size + index[axis], 0);
}
