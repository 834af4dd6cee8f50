// Keras's optimizers in training of a network with a convolution, batch normalization and a dense layer: the weights after
// 20 steps beside real Keras's.

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import type { KerasOptimizer } from '../../../src/layers/optimizers/kerasOptimizer.js';
import { type AnyKerasOptimizer, getOptimizer } from '../../../src/layers/optimizers/optimizers.js';
import * as layers from '../../../src/layers.js';
import { isBrowser, tableBackends, useBackend } from '../../support/backends.js';
import goldens from './networks.json' with { type: 'json' };

interface Golden {
  readonly name: string;
  readonly arguments: Readonly<Record<string, unknown>>;
  readonly excluded?: readonly string[];
  readonly lossScale?: object;
  readonly serialized: { readonly class_name: string; readonly config: Readonly<Record<string, unknown>> };
  /** Those of the first step and of the last. */
  readonly losses: readonly number[];
  readonly weights: readonly number[][];
}

const rows = goldens as unknown as readonly Golden[];
/** One row of each class: what options do hangs on no backend, and `convnet-cpu` in Node runs all rows. */
const few = rows.filter(({ name }, i) => rows.findIndex((row) => row.name === name) === i);

const STEPS = 20;
const LABELS = [0, 1, 1, 0, 1, 0];

/** As networks.py makes weights and pictures. */
function sample(shape: number[], seed: number, modulus: number, scale: number): tf.Tensor {
  const size = tf.util.sizeFromShape(shape);
  const middle = Math.floor(modulus / 2);
  return tf.tensor(
    Array.from({ length: size }, (_, i) => (((i * 37 + seed * 13) % modulus) - middle) / scale),
    shape,
  );
}

function network(): tf.LayersModel {
  const model = layers.sequential({
    layers: [
      layers.conv2d({ filters: 2, kernelSize: 3, useBias: false, name: 'conv', inputShape: [4, 4, 2] }),
      layers.batchNormalization({ name: 'bn', momentum: 0.8 }),
      layers.activation({ activation: 'tanh', name: 'tanh' }),
      layers.flatten({ name: 'flatten' }),
      layers.dense({ units: 2, name: 'dense' }),
    ],
  });
  for (const [name, scale] of [
    ['conv', 100],
    ['dense', 120],
  ] as const) {
    tf.tidy(() => {
      const layer = model.getLayer(name);
      const [kernel, ...rest] = layer.getWeights();
      layer.setWeights([sample(kernel.shape, name.length, 101, scale), ...rest]);
    });
  }
  return model;
}

for (const backend of tableBackends) {
  describe(`optimizers of Keras train a network, ${backend}`, () => {
    useBackend(backend);

    for (const golden of !isBrowser && backend === 'convnet-cpu' ? rows : few) {
      const { name, arguments: args, excluded, lossScale, serialized } = golden;
      it(`${name} ${JSON.stringify({ ...args, excluded, lossScale })}`, async () => {
        const optimizer = getOptimizer(serialized) as AnyKerasOptimizer;
        if (excluded) (optimizer as KerasOptimizer).excludeFromWeightDecay([], excluded);
        const model = network();
        try {
          model.compile({ optimizer, loss: crossEntropyOfLogits });
          const losses: number[] = [];
          for (let step = 0; step < STEPS; step++) losses.push(await trainOnce(model, step));
          const tolerance = toleranceOf(golden);
          expectClose([losses[0], losses[STEPS - 1]], golden.losses, 'losses', tolerance);
          const weights = model.layers.flatMap((layer) => layer.weights); // in Keras's order
          weights.forEach((weight, i) => {
            expectClose([...weight.read().dataSync()], golden.weights[i], weight.name, tolerance);
          });
        } finally {
          optimizer.dispose();
          model.dispose();
        }
      });
    }
  });
}

const crossEntropyOfLogits = (labels: tf.Tensor, logits: tf.Tensor) => tf.losses.softmaxCrossEntropy(labels, logits);

async function trainOnce(model: tf.LayersModel, step: number): Promise<number> {
  const pictures = sample([LABELS.length, 4, 4, 2], step, 97, 40);
  const labels = tf.oneHot(LABELS, 2);
  try {
    return [await model.trainOnBatch(pictures, labels)].flat()[0] as number;
  } finally {
    tf.dispose([pictures, labels]);
  }
}

/** With this rate Muon's iterations make rounding so large that Keras's on JAX is 1.7e-5 from Keras's on TensorFlow. */
function toleranceOf({ name, arguments: args }: Golden): number {
  return name === 'Muon' && args.learning_rate === 0.1 ? 4e-5 : 1e-5;
}

function expectClose(found: readonly number[], wanted: readonly number[], title: string, tolerance: number): void {
  expect(found.length, title).to.equal(wanted.length);
  wanted.forEach((value, i) => {
    expect(found[i], `${title}, value ${i}`).to.be.closeTo(value, tolerance * Math.max(1, Math.abs(value)));
  });
}
