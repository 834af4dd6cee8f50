// setWeights() with what getWeights() gave: in TensorFlow.js those are the variables themselves, which are written one by one.

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { dense, model as functional, input, sequential } from '../../../src/layers.js';
import { ownBackends, useBackend } from '../../support/backends.js';

const layer = () => dense({ units: 2, useBias: false, inputShape: [2] });

/** Two layers with weights that differ. */
function models(): Record<string, tf.LayersModel> {
  const x = input({ shape: [2] });
  return {
    functional: functional({ inputs: x, outputs: layer().apply(layer().apply(x)) as tf.SymbolicTensor }),
    sequential: sequential({ layers: [layer(), layer()] }),
  };
}

const numbersOf = (weights: readonly tf.Tensor[]) => weights.map((weight) => weight.arraySync());

for (const backend of ownBackends) {
  describe(`weights of a layer or a model given to itself, on ${backend}`, () => {
    useBackend(backend);

    it('keeps the weights of a layer', () => {
      const model = sequential({ layers: [dense({ units: 2, inputShape: [2], biasInitializer: 'ones' })] });
      const [only] = model.layers;
      const before = numbersOf(only.getWeights());
      only.setWeights(only.getWeights());
      expect(numbersOf(only.getWeights())).to.deep.equal(before);
      tf.tidy(() => only.setWeights([tf.zeros([2, 2]), only.getWeights()[1]]));
      expect(numbersOf(only.getWeights())).to.deep.equal([
        [
          [0, 0],
          [0, 0],
        ],
        [1, 1],
      ]);
      model.dispose();
    });

    for (const kind of ['functional', 'sequential']) {
      it(`exchanges the weights of two layers of a ${kind} model`, () => {
        const all = models();
        const model = all[kind];
        const [first, second] = numbersOf(model.getWeights());
        expect(first).not.to.deep.equal(second);
        model.setWeights(model.getWeights().reverse());
        expect(numbersOf(model.getWeights())).to.deep.equal([second, first]);
        for (const made of Object.values(all)) made.dispose();
      });
    }

    it('leaves the weights of another layer alone', () => {
      const twoKernels = dense({ units: 2, inputShape: [2], kernelInitializer: 'ones' });
      const model = sequential({ layers: [twoKernels] });
      const other = sequential({ layers: [dense({ units: 2, inputShape: [2], kernelInitializer: 'zeros' })] });
      other.layers[0].setWeights(twoKernels.getWeights());
      tf.tidy(() => twoKernels.setWeights([tf.zeros([2, 2]), tf.ones([2])]));
      expect(numbersOf(other.getWeights())).to.deep.equal([
        [
          [1, 1],
          [1, 1],
        ],
        [0, 0],
      ]);
      model.dispose();
      other.dispose();
    });
  });
}
