// Layers of this package in models of TensorFlow.js: which of Keras's rules hold under the executor of tf.model(), and which
// need model() of this package (docs/keras.md). Both kinds are made of the same layers and run side by side.

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { SGD } from '../../src/layers/optimizers/gradientDescent.js';
import * as own from '../../src/layers.js';
import { useBackend } from '../support/backends.js';

type Symbolic = tf.SymbolicTensor;
interface Graph {
  readonly inputs: Symbolic;
  readonly outputs: Symbolic;
}

const words = () => tf.input({ shape: [5], dtype: 'int32' });
const wordValues = () => tf.tensor([1, 2, 3, 0, 0, 4, 5, 0, 0, 0], [2, 5], 'int32');
const numberValues = () => tf.tensor([-1, -0.7, -0.4, -0.1, 0.2, 0.5, 0.8, 1], [2, 4]);
const call = (layer: tf.layers.Layer, x: Symbolic | Symbolic[]) => layer.apply(x) as Symbolic;
const embed = (x: Symbolic) => call(own.embedding({ inputDim: 9, outputDim: 4, maskZero: true }), x);

/** Each line is a rule of Keras that holds in predict() of tf.model(). */
const masked: Readonly<Record<string, (x: Symbolic) => Symbolic>> = {
  'a recurrent layer leaves masked steps out': (x) => call(own.lstm({ units: 3 }), embed(x)),
  'a layer without masks stops them': (x) =>
    call(own.lstm({ units: 3 }), call(own.conv1d({ filters: 4, kernelSize: 2, padding: 'same' }), embed(x))),
  'a mask belongs to its branch': (x) => {
    const unmasked = call(own.embedding({ inputDim: 9, outputDim: 4 }), x);
    return call(own.concatenate(), [call(own.gru({ units: 2 }), embed(x)), call(own.gru({ units: 2 }), unmasked)]);
  },
  'attention leaves masked positions out': (x) => {
    const e = embed(x);
    return call(own.globalAveragePooling1d(), call(own.attention(), [e, e]));
  },
  'pooling over time counts what is not masked': (x) => call(own.globalAveragePooling1d(), embed(x)),
  'both directions see the mask': (x) => call(own.bidirectional({ layer: own.simpleRNN({ units: 2 }) }), embed(x)),
};

function both(make: (x: Symbolic) => Symbolic, inputs: Symbolic): { ours: tf.LayersModel; theirs: tf.LayersModel } {
  const graph: Graph = { inputs, outputs: make(inputs) };
  return { ours: own.model(graph), theirs: tf.model(graph) };
}

const valuesOf = (model: tf.LayersModel, x: tf.Tensor) => Array.from((model.predict(x) as tf.Tensor).dataSync());

/** The loss of one step on a model of each kind, which have the same weights. */
async function stepLoss(model: tf.LayersModel, x: tf.Tensor, y: tf.Tensor): Promise<number> {
  model.compile({ optimizer: new SGD({ learningRate: 0.1 }), loss: 'meanSquaredError' });
  return [await model.trainOnBatch(x, y)].flat()[0] as number;
}

describe('layers of this package in tf.model()', () => {
  useBackend('convnet-cpu');

  for (const [rule, make] of Object.entries(masked)) {
    it(`holds: ${rule}`, () => {
      const { ours, theirs } = both(make, words());
      tf.tidy(() => {
        expect(valuesOf(theirs, wordValues())).to.deep.equal(valuesOf(ours, wordValues()));
      });
      ours.dispose();
    });
  }

  it('holds: random layers draw in training alone', () => {
    const { ours, theirs } = both((x) => call(own.dropout({ rate: 0.5 }), x), tf.input({ shape: [4] }));
    tf.tidy(() => {
      const x = tf.ones([2, 4]);
      expect(valuesOf(theirs, x)).to.deep.equal(new Array(8).fill(1));
      const drawn = Array.from((theirs.apply(x, { training: true }) as tf.Tensor).dataSync());
      expect(drawn.every((value) => value === 0 || value === 2)).to.equal(true);
    });
    ours.dispose();
  });

  it('holds: a frozen normalization keeps its statistics in fit()', async () => {
    const norm = own.batchNormalization();
    const { ours, theirs } = both((x) => call(own.dense({ units: 1 }), call(norm, x)), tf.input({ shape: [4] }));
    norm.trainable = false;
    const [x, y] = [numberValues(), tf.ones([2, 1])];
    const before = norm.getWeights().map((weight) => Array.from(weight.dataSync()));
    await stepLoss(theirs, x, y);
    expect(norm.getWeights().map((weight) => Array.from(weight.dataSync()))).to.deep.equal(before);
    tf.dispose([x, y]);
    ours.dispose();
  });

  it('does not hold: TensorFlow.js gives no mask to the loss', async () => {
    const make = (x: Symbolic) => call(own.dense({ units: 1, useBias: false }), embed(x));
    const { ours, theirs } = both(make, words());
    const [x, y] = [wordValues(), tf.ones([2, 5, 1])];
    // The outputs are 1, and 3 where a word is masked.
    const rows = Array.from({ length: 9 }, (_, word) => new Array<number>(4).fill(word === 0 ? 0.75 : 0.25));
    const weights = [tf.tensor2d(rows), tf.ones([4, 1])];
    ours.setWeights(weights);
    const found = await stepLoss(theirs, x, y);
    ours.setWeights(weights);
    const wanted = await stepLoss(ours, x, y);
    tf.dispose([x, y, weights]);
    expect(found).to.be.closeTo((5 * 2 ** 2) / 10, 1e-6);
    expect(wanted).to.be.closeTo(0, 1e-6);
    ours.dispose();
  });
});
