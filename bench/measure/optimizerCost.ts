// What an optimizer costs of a training step: the time of the gradients and that of the update, step by step.

import * as tf from '@tensorflow/tfjs';
import { type TrainedNetwork, trainedClasses } from '../tables/training.js';
import { randomValues } from './randomValues.js';
import { median } from './turns.js';

export interface OptimizerCost {
  readonly network: string;
  readonly variables: number;
  /** Milliseconds in a step: medians. */
  readonly gradientsMs: number;
  readonly optimizerMs: number;
  /** The part of a step that the optimizer takes: the median over steps. */
  readonly share: number;
  /** Kernels that the optimizer runs in a step. */
  readonly kernels: number;
}

interface Sample {
  readonly gradients: number;
  readonly optimizer: number;
}

/** Steps until caches are full and the code is compiled. */
const WARM_UP = 8;

type Clock = () => number;

/** Leaves nothing behind. The current backend computes. */
export async function optimizerCost(
  { name, batch, size, channels, make }: TrainedNetwork,
  optimizer: tf.Optimizer,
  steps: number,
  clock: Clock,
): Promise<OptimizerCost> {
  const model = make();
  const shape: [number, number, number, number] = [batch, size, size, channels];
  const x = tf.tensor4d(randomValues(1, [0, 1])(shape), shape);
  const labels = tf.tidy(() =>
    tf.oneHot(tf.range(0, batch, 1, 'int32').mod(tf.scalar(trainedClasses, 'int32')), trainedClasses),
  );
  const variables = model.trainableWeights.map((weight) => weight.read() as tf.Variable);
  const loss = () =>
    tf.losses.softmaxCrossEntropy(labels, model.apply(x, { training: true }) as tf.Tensor) as tf.Scalar;
  const step = async (): Promise<Sample> => {
    const start = clock();
    const { value, grads } = optimizer.computeGradients(loss, variables);
    await lastOf(Object.values(grads)); // a device draws in order: what was queued last is done last
    const middle = clock();
    optimizer.applyGradients(grads);
    await lastOf(variables);
    const end = clock();
    tf.dispose([value, grads]);
    return { gradients: middle - start, optimizer: end - middle };
  };
  try {
    for (let i = 0; i < WARM_UP; i++) await step();
    const samples: Sample[] = [];
    for (let i = 0; i < steps; i++) samples.push(await step());
    return {
      network: name,
      variables: variables.length,
      gradientsMs: median(samples.map((sample) => sample.gradients)),
      optimizerMs: median(samples.map((sample) => sample.optimizer)),
      share: median(samples.map((sample) => sample.optimizer / (sample.gradients + sample.optimizer))),
      kernels: await kernelsOf(optimizer, loss, variables),
    };
  } finally {
    optimizer.dispose();
    model.dispose();
    tf.dispose([x, labels]);
  }
}

async function kernelsOf(optimizer: tf.Optimizer, loss: () => tf.Scalar, variables: tf.Variable[]): Promise<number> {
  const { value, grads } = optimizer.computeGradients(loss, variables);
  const { kernels } = await tf.profile(() => {
    optimizer.applyGradients(grads);
    return tf.scalar(0);
  });
  tf.dispose([value, grads]);
  return kernels.length;
}

async function lastOf(tensors: readonly tf.Tensor[]): Promise<void> {
  await tensors[tensors.length - 1].data();
}
