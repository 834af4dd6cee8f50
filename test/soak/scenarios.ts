// What a soak run repeats: predictions, training steps and convolutions of ever new shapes.

import * as tf from '@tensorflow/tfjs';

export interface Scenario {
  readonly name: string;
  /** How often it is repeated unless --runs says otherwise. */
  readonly runs: number;
  /** Bytes by which tables for the shapes at hand may differ from sample to sample. Default 0. */
  readonly tableBytes?: number;
  /** Makes what is repeated. `run` gets 0, 1, 2, ... */
  prepare(): { run(i: number): void | Promise<void>; dispose(): void };
}

/** MobileNet with a quarter of its channels, whose layers are all there. */
function mobileNet(size: number): tf.LayersModel {
  const { conv2d, depthwiseConv2d, batchNormalization, reLU, globalAveragePooling2d, dense } = tf.layers;
  const strides = [1, 2, 1, 2, 1, 2, 1, 1, 1, 1, 1, 2, 1];
  const filters = [16, 32, 32, 64, 64, 128, 128, 128, 128, 128, 128, 256, 256];
  const after = () => [batchNormalization(), reLU({ maxValue: 6 })];
  const input = { inputShape: [size, size, 3], filters: 8, kernelSize: 3, strides: 2, padding: 'same', useBias: false };
  const layers = [
    ...[conv2d(input as Parameters<typeof conv2d>[0]), ...after()],
    ...filters.flatMap((count, i) => [
      ...[depthwiseConv2d({ kernelSize: 3, strides: strides[i], padding: 'same', useBias: false }), ...after()],
      ...[conv2d({ filters: count, kernelSize: 1, useBias: false }), ...after()],
    ]),
    ...[globalAveragePooling2d({}), dense({ units: 10, activation: 'softmax' })],
  ];
  return tf.sequential({ layers });
}

/** A network of each kind of layer that people train, small. */
function trained(): tf.LayersModel {
  const { conv2d, separableConv2d, batchNormalization, maxPooling2d, flatten, dropout, dense } = tf.layers;
  const model = tf.sequential({
    layers: [
      conv2d({ inputShape: [16, 16, 3], filters: 16, kernelSize: 3, padding: 'same', activation: 'relu' }),
      batchNormalization(),
      maxPooling2d({ poolSize: 2 }),
      separableConv2d({ filters: 24, kernelSize: 3, activation: 'relu' }),
      flatten(),
      dropout({ rate: 0.3 }),
      dense({ units: 4, activation: 'softmax' }),
    ],
  });
  model.compile({ optimizer: tf.train.adam(1e-3), loss: 'categoricalCrossentropy', metrics: ['accuracy'] });
  return model;
}

export const scenarios: readonly Scenario[] = [
  {
    name: 'predictions of a MobileNet',
    runs: 10_000,
    prepare() {
      const size = tf.getBackend() === 'convnet-webgl' ? 32 : 64; // a software renderer takes its time
      const model = mobileNet(size);
      return {
        async run(i) {
          const y = tf.tidy(() => model.predict(tf.fill([1, size, size, 3], (i % 10) / 10)) as tf.Tensor);
          if (i % 10 === 0) await y.data();
          y.dispose();
        },
        dispose: () => model.dispose(),
      };
    },
  },
  {
    name: 'training steps',
    runs: 2_000,
    prepare() {
      const model = trained();
      const [x, y] = [
        tf.randomUniform([8, 16, 16, 3]),
        tf.tidy(() => tf.oneHot([0, 1, 2, 3, 0, 1, 2, 3], 4).toFloat()),
      ];
      return {
        run: async () => void (await model.trainOnBatch(x, y)),
        dispose() {
          tf.dispose([x, y]);
          model.optimizer.dispose();
          model.dispose();
        },
      };
    },
  },
  {
    name: 'convolutions of different shapes',
    runs: 5_000,
    tableBytes: 2 ** 18, // the CPU engine keeps those of the latest 2048 shapes, which are of many sizes
    prepare: () => ({
      run(i) {
        // Each i has numbers of its own: the sizes repeat after 7 * 11 * 13 * 6 runs only.
        const [height, width, channels, filters] = [
          4 + (i % 7),
          4 + (i % 11),
          1 + (i % 13),
          1 + (Math.floor(i / 1001) % 6),
        ];
        tf.tidy(() => {
          const [x, w] = [tf.ones([1, height, width, channels]), tf.ones([3, 3, channels, filters])];
          tf.sum(tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, 1, 'same')).dataSync();
        });
      },
      dispose() {},
    }),
  },
];
