// The best classes of a batch of scores.

import { Tensor } from '@tensorflow/tfjs-core';
import { check } from '../core/errors.js';
import { parseLabels } from '../pictures/labels.js';
import { type RankedClass, topClasses } from '../pictures/modelOutputs.js';

export interface DecodeOptions {
  /** How many classes for each example. Default 5. */
  readonly top?: number;
  /**
   * The names of the classes: a list, or the text of a file of labels: JSON (a list, or an object by index as Keras's
   * imagenet_class_index.json), or one name a line. Default: the classes have no names.
   */
  readonly labels?: readonly string[] | string;
}

/**
 * The classes with the highest scores of each example, the best first. Does not dispose of the predictions.
 *
 * @param predictions float32 [batch, classes], or the scores of one example.
 * @throws Error for another shape, and for another number of labels than of classes.
 * Source: decode_predictions of https://keras.io/api/applications/
 */
export async function decodePredictions(
  predictions: Tensor | ArrayLike<number>,
  { top = 5, labels }: DecodeOptions = {},
): Promise<RankedClass[][]> {
  const where = 'decodePredictions';
  check(Number.isInteger(top) && top > 0, where, 'top must be a whole number above 0', { top });
  const names = typeof labels === 'string' ? parseLabels(labels) : labels;
  if (!(predictions instanceof Tensor)) return [topClasses(predictions, top, names)];
  const { shape } = predictions;
  check(shape.length === 1 || shape.length === 2, where, 'predictions must be [batch, classes]', { shape });
  const classes = shape[shape.length - 1];
  const values = await predictions.data();
  const examples = shape.length === 2 ? shape[0] : 1;
  return Array.from({ length: examples }, (_, i) =>
    topClasses(values.slice(i * classes, (i + 1) * classes), top, names),
  );
}
