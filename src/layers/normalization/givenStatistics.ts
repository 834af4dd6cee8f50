// The arguments mean and variance of Normalization: a number, nested lists, a tensor, or an array as files hold it.
// Source: https://keras.io/api/layers/preprocessing_layers/numerical/normalization/

import { Tensor } from '@tensorflow/tfjs-core';
import type { Shape } from '@tensorflow/tfjs-layers';
import { isKerasObject, type Json } from '../../core/json.js';
import type { Field } from '../base/fields.js';
import { KerasValueError, showValue } from '../base/kerasValueError.js';

/** A number or nested lists; null stays null. Reads a tensor back from its device. */
export function givenStatistics(): Field<Json> {
  return {
    parse(value, { where, key }) {
      const numbers = toNumbers(value);
      if (numbers === null || isRectangular(numbers)) return numbers;
      throw new KerasValueError(
        `${where}: \`${key}\` must be a number or nested lists of numbers of equal length. Received: ${key}=${showValue(value)}`,
      );
    },
    serialize: (value) => value,
  };
}

function toNumbers(value: unknown): Json {
  if (value === undefined || value === null) return null;
  if (value instanceof Tensor) return value.arraySync() as Json;
  if (ArrayBuffer.isView(value)) return Array.from(value as unknown as ArrayLike<number>);
  // {"class_name": "__numpy__" or "__tensor__", "config": {"value": [...], "dtype": ...}}
  if (isKerasObject(value)) return (value.config as { readonly value?: Json } | null)?.value ?? 'no values';
  return value as Json;
}

function isRectangular(value: Json): boolean {
  if (!Array.isArray(value)) return typeof value === 'number';
  return (
    value.length > 0 &&
    value.every((item) => isRectangular(item) && `${shapeOfNumbers(item)}` === `${shapeOfNumbers(value[0])}`)
  );
}

/** The shape of nested lists; [] for a number. */
export function shapeOfNumbers(value: Json): number[] {
  return Array.isArray(value) ? [value.length, ...shapeOfNumbers(value[0])] : [];
}

/**
 * The shape in which statistics broadcast against the input. Their dimensions lie along the last of the kept axes.
 * @throws ValueError if they do not broadcast.
 */
export function alignStatistics(own: readonly number[], kept: readonly number[], inputShape: Shape): number[] {
  const aligned = inputShape.map(() => 1);
  own.forEach((size, i) => {
    const axis = kept[kept.length - own.length + i];
    if (size !== 1 && size !== inputShape[axis]) {
      throw new KerasValueError(
        `\`mean\` and \`variance\` must broadcast to the sizes of \`axis\`. Received: mean shape ${showValue(own)} for axis ${showValue(kept)} of the input shape ${showValue(inputShape)}`,
      );
    }
    aligned[axis] = size;
  });
  return aligned;
}
