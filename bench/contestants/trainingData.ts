// What the networks of tables/training.ts are trained on: random pictures, and a class for each.

import * as tf from '@tensorflow/tfjs';
import { randomValues } from '../measure/randomValues.js';
import { type TrainedNetwork, trainedClasses } from '../tables/training.js';

/** The same in every process or page. */
export function trainingData({ batch, size, channels }: TrainedNetwork) {
  const images = randomValues(1, [0, 1])([batch, size, size, channels]);
  const labels = new Float32Array(batch * trainedClasses).map((_, at) =>
    Number(at % trainedClasses === Math.floor(at / trainedClasses) % trainedClasses),
  );
  return { images, labels };
}

/** On the current backend. */
export function trainingTensors(network: TrainedNetwork): readonly [x: tf.Tensor4D, y: tf.Tensor2D] {
  const { batch, size, channels } = network;
  const { images, labels } = trainingData(network);
  return [tf.tensor4d(images, [batch, size, size, channels]), tf.tensor2d(labels, [batch, trainedClasses])];
}
