// What runs while a program is spoilt: predictions of real networks, and the training of a small one.

import * as tf from '@tensorflow/tfjs';
import { esrganX2, nsfwInceptionV3Small, nsfwMobilenetV2, type ReadFile } from '../support/models/index.js';
import { randomValues } from '../support/randomCases.js';

/**
 * Runs a scenario once. Undefined if it has stopped half way because `isNoticed` said that the fault is known, which
 * spares the rest of a long run.
 */
export type Run = (isNoticed: () => boolean) => Promise<Float32Array | undefined>;

export interface Scenario {
  readonly name: string;
  /** How many times it runs while a program is spoilt. */
  readonly runs: number;
  /** How much a right result may differ from that of other programs, as a part of the largest value. */
  readonly tolerance: number;
  /** Loads what it needs. */
  prepare(readFile: ReadFile): Promise<Run>;
}

type Load = (readFile: ReadFile) => Promise<tf.LayersModel>;

function prediction(name: string, load: Load, [height, width]: readonly [number, number], brightest: number): Scenario {
  return {
    ...{ name, runs: 3, tolerance: 2e-3 },
    async prepare(readFile) {
      const model = await load(readFile);
      const values = randomValues(height * width * 3, 5).map((value) => brightest * (value / 2 + 0.5));
      const x = tf.tensor4d(values, [1, height, width, 3]);
      return async () => {
        const y = tf.tidy(() => model.predict(x) as tf.Tensor);
        const result = (await y.data()) as Float32Array;
        y.dispose();
        return result;
      };
    },
  };
}

/** Operations of every family, on images of a few pixels. */
export const smallNetwork: Scenario = {
  ...{ name: 'small network', runs: 3, tolerance: 2e-3 },
  async prepare() {
    const image = tf.tensor4d(randomValues(2 * 11 * 13 * 3, 1), [2, 11, 13, 3]);
    const weights = [
      [3, 3, 3, 9],
      [3, 3, 9, 1],
      [1, 1, 9, 9],
      [18, 5],
    ].map((shape, i) => tf.tensor(randomValues(tf.util.sizeFromShape(shape), 10 + i), shape));
    const [first, depthwise, pointwise] = weights as tf.Tensor4D[];
    return async () => {
      const y = tf.tidy(() => {
        const x = tf.maxPool(tf.relu(tf.conv2d(tf.add(image, 0.5) as tf.Tensor4D, first, 1, 'same')), 2, 2, 'same');
        const separable = tf.conv2d(tf.depthwiseConv2d(x, depthwise, 1, 'same'), pointwise, 1, 'same');
        const sum = tf.pad(tf.sigmoid(tf.add(separable, x)) as tf.Tensor4D, [[0, 0], [1, 1], [1, 1], [0, 0]]); // biome-ignore format: one row
        const large = tf.image.resizeBilinear(sum, [16, 18]);
        const both = tf.concat([large, tf.mul(large, large)], 3);
        return tf.softmax(tf.matMul(tf.mean(both, [1, 2]), weights[3] as tf.Tensor2D));
      });
      const result = (await y.data()) as Float32Array;
      y.dispose();
      return result;
    };
  },
};

/** Steps of gradient descent on a small network; its result is all weights. */
export function training(steps: number): Scenario {
  return {
    ...{ name: `training, ${steps} steps`, runs: 1, tolerance: 2e-2 },
    async prepare() {
      const x = tf.tensor4d(randomValues(2 * 12 * 14 * 3, 1), [2, 12, 14, 3]);
      const label = tf.tensor2d(randomValues(2 * 3, 2), [2, 3]);
      const shapes = [[3, 3, 3, 9], [9], [3, 3, 9, 1], [1, 1, 9, 10], [3, 3, 10, 8], [8, 3]];
      const values = shapes.map((shape, i) => {
        return randomValues(tf.util.sizeFromShape(shape), 10 + i).map((value) => value / 3);
      });
      return async (isNoticed) => {
        const weights = shapes.map((shape, i) => tf.variable(tf.tensor(values[i], shape)));
        const optimizer = tf.train.sgd(0.02);
        let step = 0;
        for (; step < steps && !isNoticed(); step++) {
          optimizer.minimize(() => {
            const [w0, b, depthwise, pointwise, strided, dense] = weights;
            const first = tf.relu(tf.add(tf.conv2d(x, w0 as tf.Tensor4D, 1, 'same'), b)) as tf.Tensor4D;
            const pooled = tf.maxPool(first, 2, 2, 'same');
            const separable = tf.separableConv2d(pooled, depthwise as tf.Tensor4D, pointwise as tf.Tensor4D, 1, 'same');
            const last = tf.tanh(tf.conv2d(separable, strided as tf.Tensor4D, 2, 'same'));
            return tf.losses.meanSquaredError(label, tf.matMul(tf.mean(last, [1, 2]), dense as tf.Tensor2D));
          });
        }
        const results = await Promise.all(weights.map((weight) => weight.data()));
        tf.dispose(weights);
        if (step < steps) return undefined;
        return Float32Array.from(results.flatMap((result) => [...result]));
      };
    },
  };
}

export const scenarios: readonly Scenario[] = [
  prediction('ESRGAN slim x2', esrganX2, [24, 20], 255),
  prediction('MobileNetV2', nsfwMobilenetV2, [224, 224], 1),
  prediction('Inception v3', nsfwInceptionV3Small, [171, 171], 1),
  training(50),
];
