// The axes of normalization layers: their fields, checks against an input's shape, and the shape in which gamma and
// beta broadcast against the input.

import type { Shape } from '@tensorflow/tfjs-layers';
import type { Field } from '../base/fields.js';
import { KerasValueError, showValue } from '../base/kerasValueError.js';

export type Axes = number | readonly number[];

/** One axis. A list of one is accepted, since Keras 2 writes it. */
export function oneAxis(missing: number): Field<number> {
  return {
    parse(given, { where, key }) {
      const value = given === undefined ? missing : given;
      const axis = Array.isArray(value) && value.length === 1 ? value[0] : value;
      if (Number.isInteger(axis)) return axis;
      throw new KerasValueError(`${where}: \`${key}\` must be one integer. Received: ${key}=${showValue(given)}`);
    },
    serialize: (value) => value,
  };
}

/** An axis or a list of axes. */
export function someAxes(missing: Axes): Field<Axes> {
  return {
    parse(given, { where, key }) {
      const value = given === undefined ? missing : given;
      if (Number.isInteger(value)) return value as number;
      if (Array.isArray(value) && value.every(Number.isInteger)) return Object.freeze([...(value as number[])]);
      throw new KerasValueError(
        `${where}: expected an int or a list/tuple of ints for the argument \`${key}\`. Received: ${key}=${showValue(given)}`,
      );
    },
    serialize: (value) => value,
  };
}

/** A list of axes, given as one axis, a list or null, which is the empty list. */
export function axesOrNone(missing: Axes): Field<readonly number[]> {
  const { parse } = someAxes(missing);
  return {
    parse: (value, context) => [parse(value === null ? [] : value, context)].flat(),
    serialize: (value) => value,
  };
}

/** The axes from zero up, in the order given. Throws ValueError for an axis out of bounds. */
export function positiveAxes(axes: Axes, shape: Shape): number[] {
  const rank = shape.length;
  return [axes].flat().map((axis) => {
    if (axis < rank && axis >= -rank) return axis < 0 ? axis + rank : axis;
    throw new KerasValueError(
      `Axis ${axis} is out of bounds for input shape ${showValue(shape)}. Received: axis=${showValue(axes)}`,
    );
  });
}

/** The input's sizes along the axes. Throws ValueError if one is unknown. */
export function knownSizes(where: string, axes: readonly number[], shape: Shape): number[] {
  return axes.map((axis) => {
    const size = shape[axis];
    if (size != null) return size;
    throw new KerasValueError(
      `Axis ${axis} of the input of ${where} should have a defined dimension, but the layer received an input with shape ${showValue(shape)}.`,
    );
  });
}

/** The input's sizes along the axes and 1 elsewhere: [1, C, 1, 1] for axis 1 of an image batch. */
export function broadcastShape(axes: readonly number[], shape: readonly number[]): number[] {
  return shape.map((size, axis) => (axes.includes(axis) ? size : 1));
}
