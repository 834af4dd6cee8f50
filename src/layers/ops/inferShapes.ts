// Infers the output shape of an operation by running it on zeros. Unknown sizes are tried with two numbers; output axes
// that differ between the two runs are unknown. So no list of shape rules must be kept in step with the operations.

import * as tf from '@tensorflow/tfjs-core';
import type { Shape } from '@tensorflow/tfjs-layers';
import { checkTrialTensor, TrialLimitError } from '../base/loadLimits.js';
import { withTrialKernels } from './trialKernels.js';

/**
 * Pairs of sizes for the batch and for other unknown axes, the cheapest first. Later pairs serve operations that need
 * large sizes (a window, a slice) or divisible ones.
 */
const trials = [
  { batch: [2, 3], other: [2, 3] },
  { batch: [2, 4], other: [12, 24] },
  { batch: [2, 4], other: [240, 480] },
] as const;

/** Sizes for operations that allow only one: a broadcast or reshape to a shape with a fixed batch. */
const onlySizes = [1, 2, 3, 4, 5, 6, 7, 8, 16, 32];

/** Trials with more values than this are skipped. */
const mostValues = 1 << 24;

/** Axes of trial results whose size depends on the values, such as the number of different values. */
const axesByValue = new WeakMap<tf.Tensor, readonly number[]>();

/** Marks axes of a trial's result whose size depends on the inputs' values. */
export function withUnknownSizes<T extends tf.Tensor>(x: T, axes: readonly number[]): T {
  axesByValue.set(x, axes);
  return x;
}

/**
 * @param run runs the operation; gives a tensor per output.
 * @throws the operation's error if it fails for all sizes.
 */
export function inferShapes(shapes: readonly Shape[], run: (inputs: tf.Tensor[]) => tf.Tensor[]): Shape[] {
  if (shapes.every((shape) => shape.every((size) => size !== null))) return runOnZeros(shapes as number[][], run);
  let firstError: unknown;
  for (const { batch, other } of trials) {
    const filled = [0, 1].map((which) =>
      shapes.map((shape) => shape.map((size, axis) => size ?? (axis === 0 ? batch : other)[which])),
    );
    if (filled[1].some((shape) => tf.util.sizeFromShape(shape) > mostValues)) break;
    try {
      const [small, large] = filled.map((sizes) => runOnZeros(sizes, run));
      if (!isEmpty(small) && !isEmpty(large)) return small.map((shape, i) => unite(shape, large[i]));
    } catch (error) {
      if (error instanceof TrialLimitError && firstError === undefined) throw error; // the first sizes are the smallest
      firstError ??= error;
    }
  }
  for (const size of onlySizes) {
    const only = shapes.map((shape) => shape.map((known) => known ?? size));
    try {
      return runOnZeros(only, run);
    } catch (error) {
      firstError ??= error;
    }
  }
  throw firstError ?? new Error('the operation gives an empty tensor for every size that was tried');
}

/** The shapes of what the operation gives for zeros of these shapes; null for sizes that hang on values. */
export function runOnZeros(shapes: readonly number[][], run: (inputs: tf.Tensor[]) => tf.Tensor[]): Shape[] {
  let outputs: Shape[] = [];
  shapes.forEach(checkTrialTensor);
  tf.tidy(() => {
    outputs = withTrialKernels(() => run(shapes.map((shape) => tf.zeros(shape)))).map((output) => {
      const unknown = axesByValue.get(output) ?? [];
      return output.shape.map((size, axis) => (unknown.includes(axis) ? null : size));
    });
  });
  return outputs;
}

/** Whether an output is empty. A slice of a small size may be, though that of a larger size is not. */
function isEmpty(shapes: readonly Shape[]): boolean {
  return shapes.some((shape) => shape.includes(0));
}

/** The sizes in which both agree. */
export function unite(small: Shape, large: Shape): Shape {
  return small.map((size, axis) => (size === large[axis] ? size : null));
}

/** The shape to which all broadcast; null if they do not. */
export function broadcastShapes(shapes: readonly Shape[]): Shape | null {
  const rank = shapes.reduce((most, { length }) => Math.max(most, length), 0);
  const padded = shapes.map((shape) => [...Array<number>(rank - shape.length).fill(1), ...shape]);
  const result: Shape = [];
  for (let axis = 0; axis < rank; axis++) {
    const sizes = new Set(padded.map((shape) => shape[axis]).filter((size) => size !== 1));
    const known = [...sizes].filter((size) => size !== null);
    if (known.length > 1) return null;
    result.push(known[0] ?? (sizes.has(null) ? null : 1));
  }
  return result;
}
