// Models whose inputs or outputs are vectors, which TensorFlow.js would make columns of.

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { useAllLayers } from '../../../src/layers/allLayers.js';
import { OpLayer } from '../../../src/layers/ops/opLayer.js';
import { dense, model } from '../../../src/layers.js';
import { useBackend } from '../../support/backends.js';

const sumOfRows = () =>
  new OpLayer({
    definition: {
      module: 'keras.src.ops.numpy',
      className: 'Sum',
      registeredName: 'Sum',
      config: { axis: [1], keepdims: false, name: 'sum' },
      args: [{ __input__: 0 }],
      kwargs: {},
    },
  });

function rowSums(): tf.LayersModel {
  const x = tf.input({ shape: [3] });
  const y = dense({ units: 1, useBias: false, kernelInitializer: 'ones' }).apply(x) as tf.SymbolicTensor;
  return model({ inputs: x, outputs: sumOfRows().apply(y) as tf.SymbolicTensor });
}

describe('models with vectors', () => {
  useBackend('convnet-cpu');
  before(useAllLayers);

  it('train towards a vector, evaluate, and refuse a column', async () => {
    const net = rowSums();
    const x = tf.tensor2d([1, 2, 3, 0, 1, 1], [2, 3]);
    const y = tf.tensor1d([5, 4]); // predicted: 6 and 2
    const column = tf.tensor2d([5, 4], [2, 1]);
    net.compile({ optimizer: tf.train.sgd(0.1), loss: 'meanSquaredError' });
    try {
      const loss = tf.tidy(() => (net.evaluate(x, y) as tf.Scalar).dataSync()[0]);
      expect(loss).to.be.closeTo(2.5, 1e-6);
      expect(await net.trainOnBatch(x, y)).to.be.closeTo(2.5, 1e-6);
      // The gradient of the kernel is (1 * [1, 2, 3] - 2 * [0, 1, 1]) = [1, 0, 1].
      expect([...net.getWeights()[0].dataSync()]).to.deep.equal([...Float32Array.of(0.9, 1, 0.9)]);
      await net.fit(x, y, { epochs: 1, verbose: 0 });
      const reason = await net.trainOnBatch(x, column).then(
        () => '',
        (error: Error) => error.message,
      );
      expect(reason).to.match(/target 0 must have the shape \(2,\). Received: shape=\(2, 1\)/);
    } finally {
      tf.dispose([x, y, column]);
      net.optimizer.dispose();
      net.dispose();
    }
  });

  it('vectors of labels stand beside a vector of numbers, as columns would', () => {
    const x = tf.input({ shape: [2] });
    const [number, classes] = [
      dense({ units: 1, useBias: false, kernelInitializer: 'ones' }).apply(x),
      dense({ units: 3, activation: 'softmax', kernelInitializer: 'zeros' }).apply(x),
    ] as tf.SymbolicTensor[];
    const net = model({ inputs: x, outputs: [number, classes] });
    net.compile({
      optimizer: 'sgd',
      loss: ['log_cosh', 'sparse_categorical_crossentropy'],
      metrics: ['mae', 'accuracy'],
    });
    tf.tidy(() => {
      const data = tf.tensor2d([1, 2, 0, 1], [2, 2]); // predicted: 3 and 1
      const [numbers, labels] = [tf.tensor1d([3, 1]), tf.tensor1d([0, 2])];
      const values = (targets: tf.Tensor[]) => [net.evaluate(data, targets)].flat().map((value) => value.dataSync()[0]);
      const found = values([numbers, labels]);
      expect(found[0]).to.be.closeTo(Math.log(3), 1e-6);
      expect(found).to.deep.equal(values([tf.expandDims(numbers, -1), tf.expandDims(labels, -1)]));
    });
    net.optimizer.dispose();
    net.dispose();
  });
});
