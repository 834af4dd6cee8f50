// The names of Keras in compile(): TensorFlow.js knows others, in camelCase. A name that both know is Keras's.

import type { ModelCompileArgs } from '@tensorflow/tfjs-layers';
import { getLoss, lossClassOf } from '../losses/losses.js';
import { getMetric } from '../losses/metrics.js';

/** The names that TensorFlow.js has in camelCase or of itself. Its `hinge` does not make signs of targets, as Keras's does. */
const tfjsLosses: ReadonlySet<string> = new Set(
  (
    'meanSquaredError meanAbsoluteError meanAbsolutePercentageError meanSquaredLogarithmicError squaredHinge ' +
    'categoricalHinge categoricalCrossentropy sparseCategoricalCrossentropy binaryCrossentropy ' +
    'kullbackLeiblerDivergence cosineProximity'
  ).split(' '),
);
const tfjsMetrics: ReadonlySet<string> = new Set(
  'binaryAccuracy categoricalAccuracy categoricalCrossentropy sparseCategoricalCrossentropy cosine'.split(' '),
);

/** Losses with those of Keras in the places of its names. */
export function withKerasLosses(loss: ModelCompileArgs['loss']): ModelCompileArgs['loss'] {
  const found = (one: unknown): unknown =>
    typeof one === 'string' && !tfjsLosses.has(one) && lossClassOf(one) !== undefined ? getLoss(one) : one;
  if (Array.isArray(loss)) return loss.map(found) as string[];
  if (typeof loss !== 'object' || loss === null) return found(loss) as string;
  return Object.fromEntries(Object.entries(loss).map(([name, one]) => [name, found(one)])) as Record<string, string>;
}

/**
 * A metric of Keras in the place of its name.
 *
 * @throws ValueError for a name that nobody knows, and for that of a metric with state whose class is not imported.
 */
export function kerasMetric<T>(metric: T): T | ReturnType<typeof getMetric> {
  return typeof metric === 'string' && !tfjsMetrics.has(metric) ? getMetric(metric) : metric;
}
