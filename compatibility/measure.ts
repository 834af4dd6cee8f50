// Loads one file and times predictions, in Node and in the page. The caller may use the model afterwards.

import * as tf from '@tensorflow/tfjs';
import '../src/index.js';
import { loadKerasModel } from '../src/keras.js';

export interface Request {
  readonly backend: string;
  /** Path or URL of the model. */
  readonly source: string;
  readonly inputShape: readonly number[];
  /** The number of predictions after the first. */
  readonly runs: number;
}

export interface Measured {
  readonly parameters: number;
  readonly loadMs: number;
  readonly firstMs: number;
  /** The median time of the later predictions. */
  readonly predictMs: number;
  readonly output: readonly number[];
}

/** Uses the model once it is measured. */
export type Use = (model: tf.LayersModel) => Promise<void>;

export async function measure(request: Request, input: Float32Array, use?: Use): Promise<Measured> {
  const { backend, source, inputShape, runs } = request;
  if (!(await tf.setBackend(backend)))
    throw new Error(`compatibility: tf.setBackend failed; received backend=${backend}`);
  const { result: model, ms: loadMs } = await time(() => loadKerasModel(source));
  const x = tf.tensor(input, [...inputShape]);
  const predict = () => time(() => predictOnce(model, x));
  const { result: output, ms: firstMs } = await predict();
  const times: number[] = [];
  for (let run = 0; run < runs; run++) times.push((await predict()).ms);
  await use?.(model);
  return { parameters: model.countParams(), loadMs, firstMs, predictMs: median(times), output: Array.from(output) };
}

async function predictOnce(model: tf.LayersModel, x: tf.Tensor): Promise<Float32Array> {
  const y = model.predict(x) as tf.Tensor;
  const values = await y.data<'float32'>();
  y.dispose();
  return values;
}

async function time<Result>(action: () => Promise<Result>): Promise<{ result: Result; ms: number }> {
  const start = performance.now();
  const result = await action();
  return { result, ms: performance.now() - start };
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1];
}
