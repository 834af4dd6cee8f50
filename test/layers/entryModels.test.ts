// Models of the entry `layers` alone: Input, Model and Sequential, predictions and losses as real Keras (entryModels.py).

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import {
  add,
  batchNormalization,
  conv2d,
  dense,
  depthwiseConv2d,
  embedding,
  flatten,
  Input,
  input,
  type KerasModel,
  LSTM,
  lstm,
  Model,
  maxPooling2d,
  model,
  sequential,
} from '../../src/layers.js';
import { tableBackends, useBackend } from '../support/backends.js';
import { expectNear, pattern } from '../support/layers/testConvGoldens.js';
import goldens from './entryModels.json' with { type: 'json' };

type Symbol = tf.SymbolicTensor;

function makeImages(): KerasModel {
  const x = Input({ shape: [6, 6, 4] });
  const conv = conv2d({
    filters: 4,
    kernelSize: 3,
    padding: 'same',
    groups: 2,
    activation: 'gelu',
    kernelRegularizer: 'l2',
  });
  const z = add().apply([conv.apply(x) as Symbol, depthwiseConv2d({ kernelSize: 1 }).apply(x) as Symbol]);
  const pooled = maxPooling2d().apply(batchNormalization().apply(z));
  const outputs = dense({ units: 2, activation: 'softmax' }).apply(flatten().apply(pooled)) as Symbol;
  return model({ inputs: x, outputs });
}

function makeSequences(): KerasModel {
  return sequential({
    layers: [
      embedding({ inputDim: 6, outputDim: 3, maskZero: true, inputShape: [5] }),
      lstm({ units: 4, returnSequences: true }),
      dense({ units: 2 }),
    ] as unknown as tf.layers.Layer[],
  });
}

const ids = [
  [1, 2, 3, 0, 0],
  [5, 4, 0, 0, 0],
  [1, 1, 2, 3, 4],
];

const cases = {
  images: { make: makeImages, x: () => pattern([3, 6, 6, 4], 0), target: () => pattern([3, 2], 9) },
  sequences: { make: makeSequences, x: () => tf.tensor2d(ids, [3, 5], 'int32'), target: () => pattern([3, 5, 2], 9) },
} as const;

/** The weights of entryModels.py, in Keras's order, which is that of the layers. */
function setPatterns(made: KerasModel): void {
  const weights = made.layers.flatMap((layer) => layer.weights);
  weights.forEach((weight, k) => {
    const isSpread = weight.name.includes('variance');
    const value = pattern(weight.shape as number[], k + 1, (v) => (isSpread ? Math.abs(v / 4) + 0.25 : v / 4));
    (weight.read() as tf.Variable).assign(value);
    value.dispose();
  });
}

for (const backend of tableBackends) {
  describe(`models of the entry \`layers\`, ${backend}`, () => {
    useBackend(backend);
    for (const name of ['images', 'sequences'] as const) {
      it(name, async () => {
        const { make, x, target } = cases[name];
        const others = new Set(Object.values(tf.engine().registeredVariables));
        const made = make();
        setPatterns(made);
        const [inputs, targets] = [x(), target()];
        const output = made.predict(inputs) as tf.Tensor;
        expectNear(output, goldens[name].output, 'output', 5);
        const optimizer = tf.train.sgd(0.1);
        made.compile({ optimizer, loss: 'meanSquaredError' });
        for (const wanted of goldens[name].losses) {
          const loss = [await made.trainOnBatch(inputs, targets)].flat()[0];
          expect(loss).to.be.closeTo(wanted, 1e-4 * Math.abs(wanted));
        }
        tf.dispose([inputs, targets, output]);
        made.dispose();
        optimizer.dispose();
        for (const variable of Object.values(tf.engine().registeredVariables)) {
          if (!others.has(variable)) variable.dispose();
        }
      });
    }
  });
}

describe('models of the entry, their classes and later calls', () => {
  useBackend('cpu');

  it('Model and LSTM are classes', () => {
    const x = input({ shape: [3, 2] });
    const made = new Model({ inputs: x, outputs: new LSTM({ units: 1 }).apply(x) as Symbol });
    expect(made.outputs[0].shape).to.deep.equal([null, 1]);
    made.dispose();
  });

  it('input and output: of a functional model its own, of a chain those of its first call', () => {
    const x = input({ shape: [3] });
    const functional = model({ inputs: x, outputs: dense({ units: 2 }).apply(x) as Symbol });
    const chain = sequential({ layers: [dense({ units: 2, inputShape: [3] })] as unknown as tf.layers.Layer[] });
    const [outer, later] = [input({ shape: [3] }), input({ shape: [3] })];
    const ofCall = chain.apply(outer);
    functional.apply(outer);
    for (const made of [functional, chain]) made.apply(later);
    expect([functional.input, functional.output]).to.deep.equal([functional.inputs[0], functional.outputs[0]]);
    expect(chain.input).to.equal(outer);
    expect(chain.output).to.equal(ofCall);
    tf.dispose([functional, chain].flatMap(({ weights }) => weights.map((weight) => weight.read())));
  });
});
