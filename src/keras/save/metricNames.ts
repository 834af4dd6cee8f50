// Metrics of tf.keras that Keras 3 does not know by name: `crossentropy` and `ce` are one of three by the shapes of outputs
// and targets. Files have the class, under the name that logs show.
// Source: https://keras.io/api/metrics/ and what tf.keras 2.15 writes into .h5 files

import type { LayersModel } from '@tensorflow/tfjs-layers';
import { isJsonArray, isKerasObject, type Json, kerasObject } from '../../core/json.js';

interface Compiled {
  readonly outputs?: readonly { readonly shape: readonly (number | null)[] }[];
  readonly outputNames?: readonly string[];
  readonly lossFunctions?: readonly unknown[];
  /** A chain keeps these in its inner model. */
  readonly model?: Compiled;
}

const isUnknown = (value: Json) => value === 'crossentropy' || value === 'ce';

/** The metrics as Keras 3 reads them. */
export function metricsForKeras3(metrics: Json | null, model: LayersModel): Json | null {
  const given = model as unknown as Compiled;
  const { outputs = [], outputNames = [], lossFunctions = [] } = given.model ?? given;
  const classOf = (output: number): string => {
    if (outputs[output]?.shape.at(-1) === 1) return 'BinaryCrossentropy';
    const loss = lossFunctions[output] as { readonly takesLabels?: boolean } | null | undefined;
    return loss?.takesLabels ? 'SparseCategoricalCrossentropy' : 'CategoricalCrossentropy';
  };
  const write = (value: Json, output: number): Json => {
    if (isUnknown(value)) return kerasObject('keras.metrics', classOf(output), { name: value });
    if (isJsonArray(value)) return value.map((item) => write(item, output));
    if (value === null || typeof value !== 'object' || isKerasObject(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, write(item as Json, output)]));
  };
  if (metrics === null || typeof metrics !== 'object' || isKerasObject(metrics)) return metrics && write(metrics, 0);
  if (isJsonArray(metrics)) {
    const isByOutput = outputs.length > 1 && metrics.some((one) => one === null || isJsonArray(one));
    return metrics.map((one, i) => write(one, isByOutput ? i : 0));
  }
  const entries = Object.entries(metrics) as [string, Json][];
  return Object.fromEntries(entries.map(([name, one]) => [name, write(one, Math.max(0, outputNames.indexOf(name)))]));
}
