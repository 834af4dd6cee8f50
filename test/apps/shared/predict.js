// What the apps that are ES modules do: a prediction of a Keras file on one backend, reported as every app reports.

import * as tf from '@tensorflow/tfjs';
import 'tfjs-backend-convnet';
import { loadKerasModel } from 'tfjs-backend-convnet/keras';

/** @param {import('tfjs-backend-convnet/keras').KerasSource} source @param {string} backend */
export async function predict(source, backend) {
  tf.env().set('SOFTWARE_WEBGL_ENABLED', true); // the machine that runs the apps has no GPU
  if (!(await tf.setBackend(backend))) throw new Error(`${backend} does not start`);
  const model = await loadKerasModel(source);
  const x = tf
    .range(0, 8 * 8 * 3)
    .div(8 * 8 * 3)
    .reshape([1, 8, 8, 3]);
  return Array.from(await model.predict(x).data());
}

/** The runner reads this from the standard output or the console. */
export function report(where, values) {
  console.log(`prediction ${where} ${JSON.stringify(values)}`);
}
