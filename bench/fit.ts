// What fit() of this package's models costs beside fit() of TensorFlow.js's: `npx tsx bench/fit.ts [pairs]`. The same small
// network on convnet-cpu with one thread, turn by turn; the figures are processor time, and the median of the pairs.

import * as tf from '@tensorflow/tfjs';
import { conv2d, dense, flatten, sequential } from '../src/layers.js';
import { useBackend } from './contestants/tfjsBackend.js';
import { median } from './measure/turns.js';

const pairs = Number(process.argv[2] ?? 40);
const EXAMPLES = 512;
const BATCH = 16;
const CLASSES = 4;
const WARM_UP = 6;

type Shape = [number] | [number, number, number];

interface Network {
  readonly name: string;
  readonly shape: Shape;
  ours(): tf.layers.Layer[];
  tfjs(): tf.layers.Layer[];
}

/** So small that what a step costs besides its kernels shows. */
const networks: readonly Network[] = [
  {
    name: 'two dense layers',
    shape: [8],
    ours: () => [
      dense({ units: 16, activation: 'relu', inputShape: [8] }),
      dense({ units: CLASSES, activation: 'softmax' }),
    ],
    tfjs: () => [
      tf.layers.dense({ units: 16, activation: 'relu', inputShape: [8] }),
      tf.layers.dense({ units: CLASSES, activation: 'softmax' }),
    ],
  },
  {
    name: 'a convolution and a dense layer',
    shape: [12, 12, 1],
    ours: () => [
      conv2d({ filters: 8, kernelSize: 3, activation: 'relu', inputShape: [12, 12, 1] }),
      flatten(),
      dense({ units: CLASSES, activation: 'softmax' }),
    ],
    tfjs: () => [
      tf.layers.conv2d({ filters: 8, kernelSize: 3, activation: 'relu', inputShape: [12, 12, 1] }),
      tf.layers.flatten(),
      tf.layers.dense({ units: CLASSES, activation: 'softmax' }),
    ],
  },
];

async function timeOf(model: tf.LayersModel, x: tf.Tensor, y: tf.Tensor): Promise<number> {
  const before = process.cpuUsage();
  await model.fit(x, y, { epochs: 1, batchSize: BATCH, verbose: 0 });
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000 / (EXAMPLES / BATCH);
}

await useBackend('convnet-cpu');
for (const { name, shape, ours, tfjs } of networks) {
  const x = tf.randomNormal([EXAMPLES, ...shape]);
  const y = tf.tidy(() => tf.oneHot(tf.range(0, EXAMPLES, 1, 'int32').mod(tf.scalar(CLASSES, 'int32')), CLASSES));
  const models = [sequential({ layers: ours() }), tf.sequential({ layers: tfjs() })];
  const compiled = { loss: 'categoricalCrossentropy', metrics: ['accuracy'] };
  for (const model of models) model.compile({ optimizer: tf.train.sgd(1e-3), ...compiled });
  const turn = async (isReversed: boolean): Promise<readonly [number, number]> => {
    const [first, second] = isReversed ? [models[1], models[0]] : models;
    const found = [await timeOf(first, x, y), await timeOf(second, x, y)];
    return isReversed ? [found[1], found[0]] : [found[0], found[1]];
  };
  for (let i = 0; i < WARM_UP; i++) await turn(i % 2 === 1);
  const found: (readonly [number, number])[] = [];
  for (let i = 0; i < pairs; i++) found.push(await turn(i % 2 === 1));
  const [own, other] = [0, 1].map((i) => median(found.map((pair) => pair[i])));
  const ratio = median(found.map(([a, b]) => a / b));
  console.log(
    `${name}: ${own.toFixed(2)} ms a step, tfjs-layers ${other.toFixed(2)} ms; median of the pairs' ratios ${ratio.toFixed(2)}`,
  );
  for (const model of models) model.dispose();
  tf.dispose([x, y]);
}
