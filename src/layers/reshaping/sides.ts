// Shapes of layers that change the sides of their input and leave batch and channels alone.

import type { Shape } from '@tensorflow/tfjs-layers';
import type { KerasDataFormat } from '../base/fields.js';

/** The axis of the first side. */
export function firstSide(dataFormat: KerasDataFormat): 1 | 2 {
  return dataFormat === 'channels_last' ? 1 : 2;
}

/** The shape with each known side changed; `f` gets the side and its number from 0. */
export function mapSides(
  shape: Shape,
  sides: number,
  dataFormat: KerasDataFormat,
  f: (size: number, side: number) => number,
): Shape {
  const first = firstSide(dataFormat);
  return shape.map((size, axis) => {
    const side = axis - first;
    return side < 0 || side >= sides || size === null ? size : f(size, side);
  });
}
