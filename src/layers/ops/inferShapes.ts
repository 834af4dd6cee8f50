// The output shape of an operation, from the operation itself: it is run on zeros of two sizes wherever a size is unknown,
// and the axes that come out differently are unknown too. So there is no second list of rules beside the operations.

import * as tf from '@tensorflow/tfjs-core';
import type { Shape } from '@tensorflow/tfjs-layers';

/**
 * Sizes for the batch and for other unknown axes, tried in turn: an operation may need many rows (a window, a slice) or a
 * number of them that divides. The first are the cheapest.
 */
const trials = [
  { batch: [2, 3], other: [2, 3] },
  { batch: [2, 4], other: [12, 24] },
  { batch: [2, 4], other: [240, 480] },
] as const;

/** For operations that allow one size only: a broadcast or reshape to a shape with a fixed batch. */
const onlySizes = [1, 2, 3, 4, 5, 6, 7, 8, 16, 32];

/** Beyond this many values a trial is not made. */
const mostValues = 1 << 24;

/** @param run as many tensors as the operation has outputs. */
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

function runOnZeros(shapes: readonly number[][], run: (inputs: tf.Tensor[]) => tf.Tensor[]): number[][] {
  let outputs: number[][] = [];
  tf.tidy(() => {
    outputs = run(shapes.map((shape) => tf.zeros(shape))).map((output) => output.shape);
  });
  return outputs;
}

/** A slice beyond the end of a small size, which a larger one has. */
function isEmpty(shapes: readonly number[][]): boolean {
  return shapes.some((shape) => shape.includes(0));
}

function unite(small: readonly number[], large: readonly number[]): Shape {
  return small.map((size, axis) => (size === large[axis] ? size : null));
}

/** The shape that all broadcast to; null where one of them cannot. */
export function broadcastShapes(shapes: readonly Shape[]): Shape | null {
  const rank = Math.max(...shapes.map(({ length }) => length));
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
