// The optimizers whose share of a training step is measured.

import * as tf from '@tensorflow/tfjs';
import { Adam } from '../../src/layers/optimizers/adam.js';
import { SGD } from '../../src/layers/optimizers/gradientDescent.js';

export const trainedOptimizers: Readonly<Record<string, () => tf.Optimizer>> = {
  Adam: () => new Adam({ learningRate: 1e-4 }),
  'SGD with momentum': () => new SGD({ learningRate: 1e-4, momentum: 0.9 }),
  'tf.train.adam': () => tf.train.adam(1e-4),
};
