// Output modes of the layers that give categories: the indices themselves, or a row with a place for each category.
//
//   int        the index                          x
//   one_hot    a row for each index               [...x, depth]; an axis of length 1 at the end is dropped
//   multi_hot  1 where an index occurs            [...x without its second axis, depth]; of one axis: [depth]
//   count      how often it occurs                the same
//   tf_idf     the count times the index's weight the same
// Source: `output_mode` in https://keras.io/api/layers/preprocessing_layers/categorical/category_encoding/

import { type Tensor, tensor } from '@tensorflow/tfjs-core';
import type { Shape } from '@tensorflow/tfjs-layers';
import type { Field } from '../../base/fields.js';
import { KerasValueError, showValue } from '../../base/kerasValueError.js';
import { nameOf } from './lookupFields.js';

export type CategoryMode = 'int' | 'one_hot' | 'multi_hot' | 'count' | 'tf_idf';

/** The argument output_mode: one of the modes, in Keras's words. */
export function categoryMode<T extends CategoryMode>(modes: readonly T[], missing: T): Field<T> {
  return {
    parse(value, { where }) {
      const given = value ?? missing;
      const mode = nameOf(given, modes);
      if (mode !== undefined) return mode;
      throw new KerasValueError(
        `Unknown value for \`output_mode\` argument of ${where}. Allowed values are: ${showValue(modes)}. Received: output_mode=${showValue(value)}`,
      );
    },
    serialize: (value) => value,
  };
}

/** The shape of the output for an input of this shape. */
export function categoryShape(shape: Shape, mode: CategoryMode, depth: number | null): Shape {
  if (mode === 'int') return shape;
  if (mode !== 'one_hot') return [...shape.slice(0, 1), ...shape.slice(2), depth].slice(shape.length > 1 ? 0 : -1);
  if (shape.length === 0) return [1, depth];
  return [...(shape.length > 1 && shape.at(-1) === 1 ? shape.slice(0, -1) : shape), depth];
}

export interface Categories {
  /** Row-major. An index outside of [0, depth) is in no category. */
  readonly indices: readonly number[];
  /** The shape of the indices. */
  readonly shape: readonly number[];
  readonly mode: CategoryMode;
  readonly depth: number;
  /** tf_idf: a weight for each category. */
  readonly idfWeights?: readonly number[] | null;
  /** count: a weight for each index. */
  readonly countWeights?: ArrayLike<number>;
}

/** Encodes indices: int32 in mode 'int', else float32. */
export function encodeCategories(given: Categories): Tensor {
  const { indices, mode, depth, idfWeights, countWeights } = given;
  const shape = [...given.shape];
  const outputShape = categoryShape(shape, mode, depth) as number[];
  if (mode === 'int') return tensor(Int32Array.from(indices), shape, 'int32');
  const rowOf = rowNumbers(shape, mode);
  const values = new Float32Array(outputShape.reduce((a, b) => a * b, 1));
  indices.forEach((index, i) => {
    if (index < 0 || index >= depth) return;
    const at = rowOf(i) * depth + index;
    if (mode === 'one_hot' || mode === 'multi_hot') values[at] = 1;
    else values[at] += countWeights ? countWeights[i] : 1;
  });
  if (mode === 'tf_idf') {
    const weights = Float32Array.from(idfWeights ?? []);
    for (let i = 0; i < values.length; i++) values[i] *= weights[i % depth];
  }
  return tensor(values, outputShape);
}

/** The row of the output to which an index belongs: all indices along the second axis share one. */
function rowNumbers(shape: readonly number[], mode: CategoryMode): (i: number) => number {
  if (mode === 'one_hot') return (i) => i;
  if (shape.length < 2) return () => 0;
  const inner = shape.slice(2).reduce((a, b) => a * b, 1);
  const outer = shape[1] * inner;
  return (i) => Math.floor(i / outer) * inner + (i % inner);
}

/** @throws ValueError for `sparse: true`, since TensorFlow.js has no sparse tensors in models. */
export function notSparse(): Field<boolean> {
  return {
    parse(value, { where }) {
      if (value === undefined || value === null || value === false) return false;
      throw new KerasValueError(
        `${where}: \`sparse\` must be False: sparse tensors are not supported. Received: sparse=${showValue(value)}`,
      );
    },
    serialize: (value) => value,
  };
}
