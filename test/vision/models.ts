// Small networks for the tests of vision.

import * as tf from '@tensorflow/tfjs';

/** A classifier of ten classes. */
export function makeModel(inputShape: number[]): tf.LayersModel {
  const { flatten, dense } = tf.layers;
  return tf.sequential({ layers: [flatten({ inputShape }), dense({ units: 10, activation: 'softmax' })] });
}

/** Two convolutions (a radius of 2 pixels) and an upsampling by 2. */
export function makeUpscaler(inputShape: (number | null)[] = [null, null, 3], filters = 4): tf.LayersModel {
  const { conv2d, upSampling2d } = tf.layers;
  const layer = (filters: number, seed: number) => ({
    ...{ filters, kernelSize: 3, padding: 'same' as const, activation: 'tanh' as const },
    kernelInitializer: tf.initializers.glorotUniform({ seed }),
  });
  return tf.sequential({
    layers: [conv2d({ inputShape, ...layer(filters, 1) }), conv2d(layer(3, 2)), upSampling2d({ size: [2, 2] })],
  });
}
