// Models made in JavaScript, with TensorFlow.js's own layers and with those of this package.

import * as tf from '@tensorflow/tfjs';
import { conv2d } from '../../../src/layers/conv/conv2d.js';

type Symbol = tf.SymbolicTensor;

/** A tf.sequential of TensorFlow.js's own layers. */
function tfjsSequential(): tf.LayersModel {
  const model = tf.sequential({ name: 'tfjs' });
  model.add(tf.layers.conv2d({ filters: 4, kernelSize: 3, inputShape: [8, 8, 3], activation: 'relu', name: 'conv' }));
  model.add(tf.layers.batchNormalization({ name: 'norm' }));
  model.add(tf.layers.depthwiseConv2d({ kernelSize: 3, padding: 'same', name: 'depthwise' }));
  model.add(tf.layers.maxPooling2d({ poolSize: 2, name: 'pool' }));
  model.add(tf.layers.leakyReLU({ alpha: 0.2, name: 'leaky' }));
  model.add(tf.layers.dropout({ rate: 0.3, name: 'dropout' }));
  model.add(tf.layers.flatten({ name: 'flat' }));
  model.add(tf.layers.dense({ units: 5, activation: 'softmax', name: 'scores' }));
  return model;
}

/** A graph with TensorFlow.js's own merge layers and two outputs. */
function tfjsGraph(): tf.LayersModel {
  const image = tf.input({ shape: [6, 6, 2], name: 'image' });
  const left = tf.layers.separableConv2d({ filters: 4, kernelSize: 3, padding: 'same', name: 'left' }).apply(image);
  const right = tf.layers
    .conv2dTranspose({ filters: 4, kernelSize: 2, padding: 'same', name: 'right' })
    .apply(image) as Symbol;
  const sum = tf.layers.add({ name: 'sum' }).apply([left as Symbol, right]);
  const joined = tf.layers.concatenate({ name: 'joined' }).apply([sum as Symbol, right]);
  const up = tf.layers.upSampling2d({ size: [2, 2], name: 'up' }).apply(joined);
  const pooled = tf.layers.globalAveragePooling2d({ name: 'pooled' }).apply(joined);
  const padded = tf.layers.zeroPadding2d({ padding: 1, name: 'padded' }).apply(up);
  return tf.model({ inputs: image, outputs: [pooled as Symbol, padded as Symbol], name: 'graph' });
}

/** Recurrent layers of tfjs, with an activation that computes the same in Keras 3. */
function tfjsRecurrent(): tf.LayersModel {
  const steps = tf.input({ shape: [5, 3], name: 'steps' });
  const gates = { recurrentActivation: 'sigmoid' } as const;
  const lstm = tf.layers.lstm({ units: 4, returnSequences: true, name: 'lstm', ...gates }).apply(steps);
  const gru = tf.layers.gru({ units: 3, name: 'gru', ...gates }).apply(lstm);
  const simple = tf.layers.simpleRNN({ units: 2, name: 'simple' }).apply(steps);
  return tf.model({ inputs: steps, outputs: [gru as Symbol, simple as Symbol], name: 'recurrent_here' });
}

/** Grouped convolution, LoRA that changes the output, and a compilation that Keras has names for. */
function grouped(): tf.LayersModel {
  const x = tf.input({ shape: [6, 6, 4], name: 'x' });
  const first = conv2d({ filters: 8, kernelSize: 3, groups: 2, activation: 'gelu', name: 'grouped' });
  const second = conv2d({ filters: 4, kernelSize: 1, dilationRate: 2, kernelRegularizer: 'l2', name: 'adapted' });
  const y = second.apply(first.apply(x) as Symbol) as Symbol;
  const model = tf.model({ inputs: x, outputs: y, name: 'grouped_here' });
  second.enableLora(2, { bInitializer: 'ones' });
  model.compile({ optimizer: tf.train.momentum(1, 0.5), loss: 'meanSquaredError', metrics: ['mae'] });
  return model;
}

export const javascriptModels: Readonly<Record<string, () => tf.LayersModel>> = {
  tfjsSequential,
  tfjsGraph,
  tfjsRecurrent,
  grouped,
};
