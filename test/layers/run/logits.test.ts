// Crossentropies of a model's outputs are those of their logits, as in Keras on TensorFlow: an output of exactly 0 or 1 has
// a loss and a gradient. The values follow from the logits by hand; real Keras 3.15 and tf.keras 2.15 give the same.

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { ActivityLosses } from '../../../src/layers/base/activityLosses.js';
import { logitsOf } from '../../../src/layers/base/logits.js';
import { getLoss } from '../../../src/layers/losses/losses.js';
import { SGD } from '../../../src/layers/optimizers/gradientDescent.js';
import { getRegularizer } from '../../../src/layers/regularizers/regularizers.js';
import type { KerasModel } from '../../../src/layers/run/models.js';
import {
  activation,
  conv2d,
  dense,
  Input,
  model as makeModel,
  reshape,
  sequential,
  softmax,
  timeDistributed,
} from '../../../src/layers.js';
import { ownBackends, useBackend } from '../../support/backends.js';

type Layers = () => tf.layers.Layer[];

/** Two outputs of which softmax makes 1 and 0: the logits of x are 30 x and -30 x. */
const two = (name: string | null) => ({ units: 2, useBias: false, activation: name as 'softmax', inputShape: [1] });
const softmaxes: Readonly<Record<string, Layers>> = {
  'the activation of a layer': () => [dense(two('softmax'))],
  'a layer Activation': () => [dense(two(null)), activation({ activation: 'softmax' })],
  'a layer Softmax': () => [dense(two(null)), softmax()],
  'a nested model': () => [sequential({ layers: [dense(two('softmax'))] as never })],
};

function compiled(layers: Layers, kernel: tf.Tensor, loss: ReturnType<typeof getLoss>): KerasModel {
  const found = sequential({ layers: layers() as never });
  found.setWeights([kernel]);
  kernel.dispose();
  found.compile({ optimizer: new SGD({ learningRate: 0.1 }), loss: loss as never });
  return found;
}

async function lossesOf(found: KerasModel, x: tf.Tensor, y: tf.Tensor): Promise<number[]> {
  const tested = found.evaluate(x, y) as tf.Scalar;
  const steps = [await found.trainOnBatch(x, y), await found.trainOnBatch(x, y)] as number[];
  const losses = [tested.dataSync()[0], ...steps];
  tf.dispose([tested, x, y]);
  found.optimizer.dispose();
  found.dispose();
  return losses;
}

function expectLosses(found: readonly number[], wanted: readonly number[]): void {
  wanted.forEach((value, i) => {
    expect(found[i], found.join()).to.be.closeTo(value, 1e-4);
  });
}

for (const backend of ownBackends) {
  describe(`losses of outputs that are 0 or 1, ${backend}`, () => {
    useBackend(backend);
    const kernel = () => tf.tensor2d([[30, -30]]);
    const inputs = () => tf.tensor2d([[1], [2]]);
    // Logits 60 and 120 apart, of the wrong class; the first step takes 0.15 off each weight.
    const wanted = [90, 90, 89.55];

    for (const [title, layers] of Object.entries(softmaxes)) {
      it(`softmax: ${title}`, async () => {
        const loss = getLoss('SparseCategoricalCrossentropy');
        expectLosses(await lossesOf(compiled(layers, kernel(), loss), inputs(), tf.tensor2d([[1], [1]])), wanted);
      });
    }

    it('softmax, classes as vectors, and a loss that takes the output for logits', async () => {
      for (const args of [{}, { from_logits: true }]) {
        const found = compiled(softmaxes['a layer Softmax'], kernel(), getLoss('CategoricalCrossentropy', args));
        expectLosses(
          await lossesOf(
            found,
            inputs(),
            tf.tensor2d([
              [0, 1],
              [0, 1],
            ]),
          ),
          wanted,
        );
      }
    });

    it('sigmoid of a dense layer, and of a convolution that could compute it itself', async () => {
      const one = { useBias: false, activation: 'sigmoid' } as const;
      const sizes: readonly (readonly [Layers, number[]])[] = [
        [() => [dense({ ...one, units: 1, inputShape: [1] })], [1]],
        [() => [conv2d({ ...one, filters: 1, kernelSize: 1, inputShape: [1, 1, 1] })], [1, 1, 1]],
      ];
      for (const [layers, shape] of sizes) {
        const found = compiled(
          layers,
          tf.fill(shape.length === 1 ? [1, 1] : [1, ...shape], 60),
          getLoss('BinaryCrossentropy'),
        );
        const [x, y] = [tf.tensor([1, 2], [2, ...shape]), tf.zeros([2, ...shape])];
        expectLosses(await lossesOf(found, x, y), [90, 90, 90 - 0.15 * 1.5]);
      }
    });

    it('what another layer reads is clipped, as in Keras', async () => {
      const layers = () => [dense(two('softmax')), reshape({ targetShape: [2] })];
      const found = compiled(layers, kernel(), getLoss('CategoricalCrossentropy'));
      const [clipped] = await lossesOf(
        found,
        inputs(),
        tf.tensor2d([
          [0, 1],
          [0, 1],
        ]),
      );
      expect(clipped).to.be.closeTo(-Math.log(1e-7), 1e-3);
    });
  });
}

describe('logits of outputs', () => {
  useBackend('convnet-cpu');

  it('are kept for a step alone', async () => {
    const x = Input({ shape: [2, 1] });
    const y = timeDistributed({ layer: dense(two('softmax')) }).apply(x) as tf.SymbolicTensor;
    const found = makeModel({ inputs: x, outputs: y });
    const input = tf.ones([1, 2, 1]);
    const made = found.predict(input) as tf.Tensor;
    expect(logitsOf(made, 'softmax')).to.equal(undefined);
    tf.dispose([input, made]);
    found.dispose();
  });

  it('sparse crossentropy clips outputs before it scales them: values of Keras 3.15 on TensorFlow', () => {
    tf.tidy(() => {
      const outputs = tf.tensor2d([
        [0.2, -0.1, 0.5],
        [0.3, 0.4, 2],
        [-0.2, -0.3, 0.1],
        [0.1, 0.2, 0.7],
      ]);
      const found = getLoss('SparseCategoricalCrossentropy')(tf.tensor1d([1, 0, 2, 2]), outputs).dataSync();
      expectLosses([...found], [15.76142, 1.734601, 2.0265559e-6, 0.35667497]);
    });
  });

  it('activity regularization is divided by the number of examples where tf.keras wrote the model', () => {
    const sumOf = (kerasVersion: string, kerasMajor: 2 | 3) =>
      tf.tidy(() => {
        const losses = new ActivityLosses(getRegularizer({ class_name: 'L2', config: { l2: 1 } }) as never, {
          kerasVersion,
          kerasMajor,
        });
        losses.note([tf.ones([4, 1])]);
        return losses.take()[0].dataSync()[0];
      });
    expect(sumOf('2.15.0', 2)).to.equal(1);
    expect(sumOf('2.15.0', 3)).to.equal(1); // saved here
    expect(sumOf('3.6.0', 3)).to.equal(4);
  });
});
