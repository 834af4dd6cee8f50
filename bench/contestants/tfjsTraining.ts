// Steps of training on a TensorFlow.js backend, of TensorFlow.js's own layers. Adam is this package's on our backends, one
// kernel for each variable, and TensorFlow.js's on the others. They weigh epsilon differently, so that losses differ soon.

import * as tf from '@tensorflow/tfjs';
import { Adam } from '../../src/keras.js';
import type { Task } from '../measure/turns.js';
import type { TrainedNetwork } from '../tables/training.js';
import { useBackend } from './tfjsBackend.js';
import { trainingTensors } from './trainingData.js';

/** Each network's first weights in this process or page: all contestants begin with them. */
const firstWeights = new Map<string, readonly Weight[]>();

type Weight = { readonly values: tf.TypedArray; readonly shape: number[] };

/** Steps whose losses are checked: from the second on they tell of the gradients. */
const CHECKED_STEPS = 3;

/** Whose Adam a contestant has. */
export type Optimizer = 'ours' | 'tfjs';

export const optimizerOf = (contestant: string): Optimizer => (contestant.startsWith('convnet') ? 'ours' : 'tfjs');

/** A run is a step of `trainOnBatch`, and ends when the loss is in JavaScript. */
export async function tfjsTrainingTask(
  contestant: string,
  network: TrainedNetwork,
  adam = optimizerOf(contestant),
): Promise<Task> {
  await useBackend(contestant);
  const model = network.make();
  const first = firstWeights.get(network.name) ?? (await Promise.all(model.getWeights().map(copyOf)));
  firstWeights.set(network.name, first);
  tf.tidy(() => model.setWeights(first.map(({ values, shape }) => tf.tensor(values, shape))));
  const optimizer = adam === 'ours' ? new Adam() : 'adam';
  model.compile({ optimizer, loss: 'categoricalCrossentropy' });
  const [x, y] = trainingTensors(network);
  const step = async () => (await model.trainOnBatch(x, y)) as number;
  return {
    enter: () => useBackend(contestant),
    run: async () => void (await step()),
    async read() {
      const losses: number[] = [];
      while (losses.length < CHECKED_STEPS) losses.push(await step());
      return Float32Array.from(losses);
    },
    dispose: () => [x, y, model].forEach((one) => void one.dispose()),
  };
}

const copyOf = async (weight: tf.Tensor): Promise<Weight> => ({ values: await weight.data(), shape: weight.shape });
