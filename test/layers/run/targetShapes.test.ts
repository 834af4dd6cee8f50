// Targets of other shapes than the output: squeezed and broadcast as in Keras (targetShapes.py), and refused where Keras refuses.

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { getLoss } from '../../../src/layers/losses/losses.js';
import { fitsOutput } from '../../../src/layers/losses/targetRule.js';
import { SGD } from '../../../src/layers/optimizers/gradientDescent.js';
import { dense, sequential } from '../../../src/layers.js';
import { useBackend } from '../../support/backends.js';
import measured from './targetMetrics.json' with { type: 'json' };
import cases from './targetShapes.json' with { type: 'json' };

function compiled(kernel: tf.Tensor, loss: unknown, inputShape: number[]) {
  const [, units] = kernel.shape;
  const net = sequential({ layers: [dense({ units, useBias: false, inputShape })] as never });
  net.setWeights([kernel]);
  net.compile({ optimizer: new SGD({ learningRate: 0.1 }), loss: loss as never });
  return net;
}

const shapeOf = (values: unknown): string =>
  Array.isArray(values) ? [values.length, shapeOf(values[0])].filter((size) => size !== '').join('x') : '';
const tensorOf = (values: unknown) => tf.tensor(values as number[]);

function tensorShape(values: unknown): number[] {
  return Array.isArray(values) ? [values.length, ...tensorShape(values[0])] : [];
}

describe('targets of other shapes than the output', () => {
  useBackend('convnet-cpu');

  for (const one of cases) {
    const [x, kernel, y] = [one.x, one.kernel, one.y];
    it(`${one.loss}: ${shapeOf(y)} for inputs of ${shapeOf(x)}`, async () => {
      const tensors = [x, kernel, y].map(tensorOf);
      const [inputs, weights, targets] = tensors;
      const net = compiled(weights, getLoss(one.loss), inputs.shape.slice(1));
      const tested = net.evaluate(inputs, targets) as tf.Scalar;
      expect(tested.dataSync()[0]).to.be.closeTo(one.losses[0], 1e-5);
      for (const loss of one.losses) expect(await net.trainOnBatch(inputs, targets)).to.be.closeTo(loss, 1e-5);
      tf.dispose([...tensors, tested]);
      net.optimizer.dispose();
      net.dispose();
    });
  }

  for (const { loss, metrics, x, y, weights, found } of measured) {
    const how = weights ? ' with weights' : '';
    it(`${loss} and ${metrics}: ${shapeOf(y)} for outputs of ${shapeOf(x)}${how}`, () => {
      const net = sequential({
        layers: [dense({ units: 1, activation: 'sigmoid', inputShape: tensorShape(x).slice(1) })],
      });
      tf.tidy(() => {
        net.setWeights([tf.tensor2d([[0.2]]), tf.tensor1d([-0.4])]);
        net.compile({ optimizer: 'sgd', loss, metrics, weightedMetrics: metrics });
        const more = weights ? { sampleWeight: tf.tensor1d(weights) } : {};
        const values = [net.evaluate(tensorOf(x), tensorOf(y), { batchSize: 3, ...more })].flat();
        const named = Object.fromEntries(net.metricsNames.map((name, i) => [name, values[i].dataSync()[0]]));
        expect(Object.keys(named)).to.have.members(Object.keys(found));
        for (const [name, value] of Object.entries(found))
          expect(named[name], name).to.be.closeTo(value as number, 1e-5);
      });
      net.optimizer.dispose();
      net.dispose();
    });
  }

  it('a function of targets and predictions takes targets of any shape', async () => {
    const [x, kernel, y] = [tf.ones([2, 3]), tf.ones([3, 2]), tf.ones([2, 4, 5])];
    const net = compiled(
      kernel,
      getLoss((target: tf.Tensor, output: tf.Tensor) => tf.add(tf.mean(output, -1), tf.mean(target, [1, 2]))),
      [3],
    );
    expect(await net.trainOnBatch(x, y)).to.be.closeTo(4, 1e-6);
    tf.dispose([x, kernel, y]);
    net.optimizer.dispose();
    net.dispose();
  });

  it('shapes that neither squeeze nor broadcast are refused', () => {
    expect(fitsOutput([3, 2], [null, 3], 'broadcasts')).to.equal(false);
    expect(fitsOutput([3, 1], [null, 3], 'squeezed')).to.equal(false);
    expect(fitsOutput([3, 5], [null, 5, 2], 'broadcasts')).to.equal(false);
    expect(fitsOutput([3, 1, 5], [null, 4, 5], 'broadcasts')).to.equal(true);
    const [x, kernel, y] = [tf.ones([2, 3]), tf.ones([3, 3]), tf.ones([2, 1])];
    const net = compiled(kernel, getLoss('categorical_crossentropy'), [3]);
    expect(() => net.evaluate(x, y)).to.throw();
    tf.dispose([x, kernel, y]);
    net.optimizer.dispose();
    net.dispose();
  });
});
