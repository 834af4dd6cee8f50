// The networks whose training steps are timed. Each is small enough that what a step costs besides its convolutions shows.

import * as tf from '@tensorflow/tfjs';

export interface TrainedNetwork {
  readonly name: string;
  readonly batch: number;
  readonly size: number;
  readonly channels: number;
  make(): tf.LayersModel;
}

const CLASSES = 10;
const same = { padding: 'same', kernelInitializer: 'heNormal' } as const;

function conv(filters: number, strides = 1, activation?: 'relu'): tf.layers.Layer {
  return tf.layers.conv2d({ ...same, filters, kernelSize: 3, strides, activation });
}

function apply(layers: readonly tf.layers.Layer[], x: tf.SymbolicTensor): tf.SymbolicTensor {
  return layers.reduce((y, layer) => layer.apply(y) as tf.SymbolicTensor, x);
}

const normalized = (layer: tf.layers.Layer) => [layer, tf.layers.batchNormalization({}), tf.layers.reLU({})];

const head = () => [tf.layers.globalAveragePooling2d({}), tf.layers.dense({ units: CLASSES, activation: 'softmax' })];

function plain(x: tf.SymbolicTensor): tf.SymbolicTensor {
  const pool = () => tf.layers.maxPooling2d({ poolSize: 2 });
  const dense = (units: number, activation: 'relu' | 'softmax') => tf.layers.dense({ units, activation });
  return apply(
    [
      conv(16, 1, 'relu'),
      pool(),
      conv(32, 1, 'relu'),
      pool(),
      tf.layers.flatten(),
      dense(64, 'relu'),
      dense(CLASSES, 'softmax'),
    ],
    x,
  );
}

function residual(input: tf.SymbolicTensor): tf.SymbolicTensor {
  let x = apply(normalized(conv(16)), input);
  for (let block = 0; block < 2; block++) {
    const y = apply([...normalized(conv(16)), conv(16), tf.layers.batchNormalization({})], x);
    x = apply([tf.layers.reLU({})], tf.layers.add().apply([x, y]) as tf.SymbolicTensor);
  }
  return apply([...normalized(conv(32, 2)), ...normalized(conv(32)), ...head()], x);
}

function separable(x: tf.SymbolicTensor): tf.SymbolicTensor {
  const block = (filters: number, strides: number) => [
    ...normalized(tf.layers.depthwiseConv2d({ kernelSize: 3, strides, padding: 'same' })),
    ...normalized(tf.layers.conv2d({ ...same, filters, kernelSize: 1 })),
  ];
  return apply([...normalized(conv(16, 2)), ...block(32, 1), ...block(64, 2), ...block(64, 1), ...head()], x);
}

function network(
  name: string,
  [batch, size, channels]: readonly [number, number, number],
  body: (x: tf.SymbolicTensor) => tf.SymbolicTensor,
): TrainedNetwork {
  const make = () => {
    const inputs = tf.input({ shape: [size, size, channels] });
    return tf.model({ inputs, outputs: body(inputs) });
  };
  return { name, batch, size, channels, make };
}

export const trainedNetworks: readonly TrainedNetwork[] = [
  network('plain', [32, 28, 1], plain),
  network('residual', [16, 32, 3], residual),
  network('separable', [8, 64, 3], separable),
];

export const trainedClasses = CLASSES;
