// The optimizers whose share of a training step is measured.

import * as tf from '@tensorflow/tfjs';
import { Adafactor } from '../../src/layers/optimizers/adafactor.js';
import { Adam, AdamW } from '../../src/layers/optimizers/adam.js';
import { Adadelta, Adagrad, RMSprop } from '../../src/layers/optimizers/adaptive.js';
import { Ftrl } from '../../src/layers/optimizers/ftrl.js';
import { Lion, SGD } from '../../src/layers/optimizers/gradientDescent.js';
import { LossScaleOptimizer } from '../../src/layers/optimizers/lossScale.js';
import { Adamax, Lamb, Nadam, ScheduleFreeAdamW } from '../../src/layers/optimizers/moments.js';
import { Muon } from '../../src/layers/optimizers/muon.js';

/** So small that the networks' losses stay finite for as many steps as are timed. */
const rate = { learningRate: 1e-4 };

export const trainedOptimizers: Readonly<Record<string, () => tf.Optimizer>> = {
  SGD: () => new SGD(rate),
  'SGD with momentum': () => new SGD({ ...rate, momentum: 0.9 }),
  RMSprop: () => new RMSprop(rate),
  Adam: () => new Adam(rate),
  'Adam with clipnorm': () => new Adam({ ...rate, clipnorm: 1 }),
  'Adam with globalClipnorm': () => new Adam({ ...rate, globalClipnorm: 1 }),
  'Adam with useEma': () => new Adam({ ...rate, useEma: true }),
  AdamW: () => new AdamW(rate),
  Adadelta: () => new Adadelta(rate),
  Adagrad: () => new Adagrad(rate),
  Adamax: () => new Adamax(rate),
  Adafactor: () => new Adafactor(rate),
  Nadam: () => new Nadam(rate),
  Ftrl: () => new Ftrl(rate),
  'Ftrl with learningRatePower': () => new Ftrl({ ...rate, learningRatePower: -0.7 }),
  Lion: () => new Lion(rate),
  Lamb: () => new Lamb(rate),
  Muon: () => new Muon(rate),
  ScheduleFreeAdamW: () => new ScheduleFreeAdamW(rate),
  'LossScaleOptimizer of Adam': () => new LossScaleOptimizer(new Adam(rate), { initialScale: 8 }),
  'tf.train.sgd': () => tf.train.sgd(1e-4),
  'tf.train.momentum': () => tf.train.momentum(1e-4, 0.9),
  'tf.train.rmsprop': () => tf.train.rmsprop(1e-4),
  'tf.train.adam': () => tf.train.adam(1e-4),
  'tf.train.adamax': () => tf.train.adamax(1e-4),
  'tf.train.adagrad': () => tf.train.adagrad(1e-4),
  'tf.train.adadelta': () => tf.train.adadelta(1e-4),
};
