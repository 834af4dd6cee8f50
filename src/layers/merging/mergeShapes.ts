// Input and output shapes of merging layers. Source: https://keras.io/api/layers/merging_layers/

import type { Shape } from '@tensorflow/tfjs-layers';
import { KerasValueError, showValue } from '../base/kerasValueError.js';

/** The inputs' shapes as a list. TensorFlow.js passes the shape itself if there is one input. */
export function shapeList(inputShape: Shape | Shape[]): Shape[] {
  return Array.isArray(inputShape[0]) ? (inputShape as Shape[]) : [inputShape as Shape];
}

/** The inputs' shapes as a list. Throws ValueError if their batch sizes differ. */
export function checkShapes(where: string, inputShape: Shape | Shape[]): Shape[] {
  const shapes = shapeList(inputShape);
  const batches = new Set(shapes.map(([batch]) => batch).filter((batch) => batch !== null));
  if (batches.size > 1) {
    throw new KerasValueError(
      `Cannot merge tensors with different batch sizes in layer ${where}. Received tensors with shapes ${showValue(shapes)}`,
    );
  }
  return shapes;
}

/** The shape to which all broadcast; an unknown size stays unknown. Throws ValueError if there is none. */
export function mergedShape(shapes: readonly Shape[]): Shape {
  const batch = shapes.map((shape) => shape[0]).find((size) => size !== null) ?? null;
  const inner = shapes.map((shape) => shape.slice(1)).reduce((a, b) => broadcast(a, b, shapes));
  return [batch, ...inner];
}

function broadcast(a: Shape, b: Shape, all: readonly Shape[]): Shape {
  const [long, short] = a.length < b.length ? [b, a] : [a, b];
  const missing = long.length - short.length;
  return long.map((size, i) => {
    const other = i < missing ? 1 : short[i - missing];
    if (i < missing) return size;
    if (size === null || other === null) return null;
    if (size === 1) return other;
    if (other === 1 || other === size) return size;
    throw new KerasValueError(`Inputs have incompatible shapes. Received shapes ${showValue(all)}`);
  });
}
