// Keyword arguments of calls: tensors by name, and names that a layer does not know.

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import * as layers from '../../../src/layers.js';
import { useBackend } from '../../support/backends.js';

const ramp = (shape: number[]) => tf.div(tf.reshape(tf.range(0, tf.util.sizeFromShape(shape)), shape), 10);
const ones = { kernelInitializer: 'ones', recurrentInitializer: 'ones' } as const;

/** How each class takes its second tensor by name, with a call that has it in the list. */
const cases = {
  GRU: {
    make: () => layers.gru({ units: 2, ...ones }),
    name: 'initialState',
    shapes: [
      [2, 3, 2],
      [2, 2],
    ],
  },
  SimpleRNN: {
    make: () => layers.simpleRNN({ units: 2, ...ones }),
    name: 'initial_state',
    shapes: [
      [2, 3, 2],
      [2, 2],
    ],
  },
  MultiHeadAttention: {
    make: () => layers.multiHeadAttention({ numHeads: 1, keyDim: 2, kernelInitializer: 'ones' }),
    name: 'value',
    shapes: [
      [2, 3, 2],
      [2, 4, 2],
    ],
  },
  CategoryEncoding: {
    make: () => layers.categoryEncoding({ numTokens: 9, outputMode: 'count' }),
    name: 'countWeights',
    shapes: [
      [2, 3],
      [2, 3],
    ],
  },
} as const;

describe('keyword arguments of calls', () => {
  useBackend('cpu');

  for (const [className, { make, name, shapes }] of Object.entries(cases)) {
    it(`${className} takes '${name}' as a tensor`, () => {
      tf.tidy(() => {
        const layer = make();
        const [x, y] = shapes.map((shape) => ramp([...shape]));
        const byList = layer.apply([x, y]) as tf.Tensor;
        const wanted = byList.dataSync();
        expect((layer.apply(x, { [name]: y }) as tf.Tensor).dataSync()).to.deep.equal(wanted);
        const inputs = shapes.map(([, ...shape]) => layers.input({ shape }));
        const outputs = layer.apply(inputs[0], { [name]: inputs[1] }) as tf.SymbolicTensor;
        const model = layers.model({ inputs, outputs });
        expect((model.predict([x, y]) as tf.Tensor).dataSync()).to.deep.equal(wanted);
        model.dispose();
        layer.dispose();
      });
    });
  }

  it('two states of an LSTM by name, and none', () => {
    const [x, h, c] = [[3, 2], [2], [2]].map((shape) => layers.input({ shape }));
    const layer = layers.lstm({ units: 2 });
    const y = layer.apply(x, { initialState: [h, c] }) as tf.SymbolicTensor;
    expect(y.sourceLayer.inboundNodes[0].inputTensors).to.have.length(3);
    const alone = layer.apply(x, { initialState: null }) as tf.SymbolicTensor;
    expect(alone.sourceLayer.inboundNodes[1].inputTensors).to.have.length(1);
    for (const weight of layer.weights) weight.dispose();
  });

  it('a symbolic call refuses names that would be dropped, with what the layer takes', () => {
    const [x, state] = [[3, 2], [2]].map((shape) => layers.input({ shape }));
    const dense = layers.dense({ units: 2 });
    const gru = layers.gru({ units: 2 });
    expect(() => dense.apply(x, { trainig: true })).to.throw(/unexpected keyword argument 'trainig'.*training/);
    expect(() => gru.apply([x, state], { initialState: state })).to.throw('each once');
    const attention = layers.multiHeadAttention({ numHeads: 1, keyDim: 2 });
    expect(() => attention.apply(x, { key: x })).to.throw(/first of its arguments.*query.*value.*key/);
    expect(() => attention.apply(x, { value: x, useCausalMask: true, training: true })).to.not.throw();
    expect(() => dense.apply(x, { constants: null, initial_state: null })).to.not.throw();
    for (const { weights } of [dense, gru, attention]) for (const weight of weights) weight.dispose();
  });

  it('a call on values refuses names that nobody would read, as Keras does', () => {
    tf.tidy(() => {
      const x = ramp([2, 3, 2]);
      const calls: [tf.layers.Layer, Record<string, unknown>, RegExp][] = [
        [layers.dense({ units: 2 }), { foo: x }, /Dense 'dense.*' *: .*argument 'foo'.*mask.*training/],
        [layers.dropout({ rate: 0.5 }), { trainig: true }, /Dropout.*'trainig'/],
        [layers.gru({ units: 2 }), { initalState: ramp([2, 2]) }, /GRU.*'initalState'.*initial_state/],
        [layers.gru({ units: 2 }), { constants: x }, /GRU.*'constants'/],
        [layers.gru({ units: 2 }), { initialState: [[1, 2]] }, /GRU.*tensors as 'initialState'/],
        [layers.multiHeadAttention({ numHeads: 1, keyDim: 2 }), { causal: true }, /'causal'.*use_causal_mask.*query/],
        [layers.timeDistributed({ layer: layers.dense({ units: 2 }) }), { initialState: x }, /'initialState'/],
        [
          layers.sequential({ layers: [layers.dense({ units: 2, inputShape: [3, 2] })] }),
          { trainig: true },
          /Sequential.*'trainig'/,
        ],
      ];
      for (const [layer, kwargs, message] of calls) {
        expect(() => layer.apply(x, kwargs), String(message)).to.throw(message);
        for (const weight of layer.weights) weight.dispose();
      }
      const dense = layers.dense({ units: 2 });
      expect(() => dense.apply(x, { foo: null, training: true, mask: null })).to.not.throw();
      const inputs = layers.input({ shape: [2] });
      const model = layers.model({ inputs, outputs: layers.reLU().apply(inputs) as tf.SymbolicTensor });
      expect(() => model.apply(ramp([2, 2]), { trainig: true })).to.throw(/Model.*'trainig'/);
      expect(() => model.apply(inputs, { trainig: true })).to.throw(/Model.*'trainig'/);
      expect(() => model.apply(ramp([2, 2]), { training: true, mask: null })).to.not.throw();
      for (const layer of [dense, model]) layer.dispose();
    });
  });

  // Measured with Keras 3.0.5, 3.6.0 and 3.15.1, in models.
  const numbers = [-1.5, -0.5, 0.2, 0.5, 0.7, 0.99, 1, 1.5, 1.99, 2, 2.5, 3.2, -0.2, 300.5];
  for (const [dtype, outputMode, wanted] of [
    ['float32', 'int', [0, 1, 1, 2, 2, 2, 3, 3, 3, 3, 4, 4, 1, 4]],
    ['int32', 'int', [0, 1, 1, 1, 1, 1, 3, 3, 3, 3, 3, 4, 1, 4]],
    ['int64', 'multi_hot', [1, 1, 0, 1, 1]],
    ['int32', 'count', [1, 6, 0, 5, 2]],
  ] as const) {
    it(`Discretization of dtype ${dtype}, ${outputMode}, casts floats first`, () => {
      tf.tidy(() => {
        const inputs = layers.input({ shape: [14] });
        const layer = layers.discretization({ binBoundaries: [-0.5, 0.5, 1, 2.5], dtype, outputMode });
        const model = layers.model({ inputs, outputs: layer.apply(inputs) as tf.SymbolicTensor });
        const y = model.predict(tf.tensor2d([numbers])) as tf.Tensor;
        expect([...y.dataSync()]).to.deep.equal(wanted);
      });
    });
  }

  // Measured with Keras 3.6.0 and 3.15.1.
  for (const [dtype, wanted] of [
    ['float32', [0.5, 3.75, 0, -1.9, 0, 300.7, 0.9, 0]],
    ['int32', [0, 3, 0, -1, 0, 300, 0, 0]],
  ] as const) {
    it(`CategoryEncoding of dtype ${dtype} counts weights of that dtype`, () => {
      tf.tidy(() => {
        const [a, b] = ['int32', 'float32'].map((type) => layers.input({ shape: [4], dtype: type as 'int32' }));
        const layer = layers.categoryEncoding({ numTokens: 4, outputMode: 'count', dtype });
        const outputs = layer.apply(a, { countWeights: b }) as tf.SymbolicTensor;
        const x = tf.tensor2d([0, 1, 1, 3, 2, 2, 2, 1], [2, 4], 'int32');
        const weights = tf.tensor2d([0.5, 1.5, 2.25, -1.9, 0.2, 0.3, 0.4, 300.7], [2, 4]);
        const y = layers.model({ inputs: [a, b], outputs }).predict([x, weights]) as tf.Tensor;
        for (const [i, value] of [...y.dataSync()].entries()) expect(value).to.be.closeTo(wanted[i], 1e-4);
      });
    });
  }
});
