// Output shapes that values of the graph decide: tf.reshape(x, [tf.shape(x)[0], tf.shape(x)[1] * 4]). What is computed
// from shapes alone has known values once the unknown sizes are given, so an operation that is told sizes is tried with
// several of them. Sizes that differ between these are unknown, as in inferShapes.ts.

import { type Tensor, tensor, tidy } from '@tensorflow/tfjs-core';
import type { layers, Shape, SymbolicTensor } from '@tensorflow/tfjs-layers';
import { runOnZeros, unite } from './inferShapes.js';
import type { OpValue } from './opValues.js';

type Dtype = 'bool' | 'int32' | 'float32';

/** Numbers of a small tensor, as lists within lists. */
export interface Known {
  readonly values: OpValue;
  readonly dtype: Dtype;
}

/** A layer whose output may be computed from shapes alone. */
export interface SizedOp extends layers.Layer {
  /** What the operation gives for the shape of its input, if it reads nothing else. */
  readonly readsShape?: (shape: readonly number[]) => number | number[];
}

/** Sizes of the batch and of other unknown axes. They are far apart, so that a half or a limit of them differs too. */
const sizes = [
  { batch: 2, other: 3 },
  { batch: 5, other: 30 },
  { batch: 24, other: 240 },
] as const;

type Sizes = (typeof sizes)[number];

const mostValues = 64;
const mostInTrial = 1 << 24;

const found = new WeakMap<SymbolicTensor, Map<Sizes, Known | null>>();

const filled = (shape: Shape, { batch, other }: Sizes): number[] =>
  shape.map((size, axis) => size ?? (axis === 0 ? batch : other));

/**
 * The output shapes of an operation on tensors of which some have known values; null if none has, or if it fails so.
 * @param run runs the operation on tensors of zeros and on known values.
 */
export function inferKnownShapes(
  inputs: readonly SymbolicTensor[],
  run: (inputs: readonly OpValue[]) => Tensor[],
): Shape[] | null {
  if (inputs.every((input) => knownValues(input, sizes[0]) === null)) return null;
  try {
    // Also where all shapes are known: the values may hang on sizes that are not, as in tf.range(tf.shape(x)[1]).
    const results = sizes.map((given) => shapesFor(inputs, given, run));
    return results.reduce((all, shapes) => all.map((shape, i) => unite(shape, shapes[i])));
  } catch {
    return null; // sizes that are too small for a slice, or too large: the values count as unknown then
  }
}

function shapesFor(
  inputs: readonly SymbolicTensor[],
  given: Sizes,
  run: (inputs: readonly OpValue[]) => Tensor[],
): Shape[] {
  const known = inputs.map((input) => knownValues(input, given));
  const shapes = inputs.map(({ shape }) => filled(shape, given));
  if (shapes.some((shape) => product(shape) > mostInTrial)) throw new Error('too large for a trial');
  return runOnZeros(shapes, (zeros) => run(zeros.map((x, i) => known[i]?.values ?? x)));
}

/** The values of the tensor for these sizes; null if they hang on more than shapes. */
function knownValues(symbol: SymbolicTensor, given: Sizes): Known | null {
  const before = found.get(symbol) ?? new Map<Sizes, Known | null>();
  found.set(symbol, before);
  const known = before.get(given);
  if (known !== undefined) return known;
  const computed = compute(symbol, given);
  before.set(given, computed);
  return computed;
}

function compute(symbol: SymbolicTensor, given: Sizes): Known | null {
  const { shape, inputs, sourceLayer, outputTensorIndex } = symbol;
  if (inputs.length === 0 || !('readsShape' in sourceLayer) || shape.includes(null)) return null;
  if (product(shape as number[]) > mostValues) return null;
  const { readsShape } = sourceLayer as SizedOp;
  if (readsShape) return { values: readsShape(filled(inputs[0].shape, given)), dtype: 'int32' };
  const known = inputs.map((input) => knownValues(input, given));
  if (!known.every((each) => each !== null)) return null;
  let result: Known | null = null;
  tidy(() => {
    const tensors = known.map(({ values, dtype }) => tensor(values as number[], undefined, dtype));
    const outputs = [sourceLayer.call(tensors, {})].flat();
    const y = outputs[outputTensorIndex ?? 0];
    if (y.dtype !== 'complex64') result = { values: y.arraySync() as OpValue, dtype: y.dtype as Dtype };
  });
  return result;
}

function product(shape: readonly number[]): number {
  return shape.reduce((a, b) => a * b, 1);
}
