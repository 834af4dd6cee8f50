// Recurrent layers in models: masks, states, dropout, models within layers, TensorFlow.js's own layers, errors.

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import type { Json, KerasObject } from '../../../src/core/json.js';
import { Masking } from '../../../src/layers/core/index.js';
import {
  Bidirectional,
  GRU,
  LSTM,
  LSTMCell,
  RNN,
  recurrentLayers,
  recurrentState,
  SimpleRNN,
  serializeRecurrentLayer,
  TimeDistributed,
} from '../../../src/layers/recurrent/index.js';
import { makeLayer, serializeLayer } from '../../../src/layers/registry.js';
import { sequential } from '../../../src/layers.js';
import { tableBackends, useBackend, valuesOf } from '../../support/backends.js';
import { pattern } from '../../support/layers/testConvGoldens.js';

type Layer = tf.layers.Layer;

function made(serialized: KerasObject, kerasMajor?: 2 | 3): Layer {
  return makeLayer(serialized, { kerasMajor, onUnknownKeys: () => {} });
}

function outputOf(layer: Layer, input: () => tf.Tensor, kwargs = {}): Float32Array {
  return valuesOf(() => layer.apply(input(), kwargs) as tf.Tensor)[0];
}

function expectSame(a: Float32Array, b: Float32Array): void {
  expect(a.length).to.equal(b.length);
  a.forEach((value, i) => {
    expect(value).to.be.closeTo(b[i], 1e-6);
  });
}

describe('recurrent: what is known', () => {
  useBackend('cpu');

  it('leaves other layers alone', () => {
    expect(serializeRecurrentLayer(tf.layers.flatten(), serializeLayer)).to.equal(null);
    expect(recurrentState(tf.layers.flatten())).to.equal(null);
  });

  it('reads configs of Keras 2 by its rules', () => {
    const gru = (config: Json, kerasMajor: 2 | 3) =>
      (made({ class_name: 'GRU', config }, kerasMajor) as GRU).getKerasConfig().reset_after;
    expect(gru({ units: 2 }, 2)).to.equal(false);
    expect(gru({ units: 2, reset_after: true }, 2)).to.equal(true);
    expect(gru({ units: 2 }, 3)).to.equal(true);
    const old = { units: 1, time_major: false, implementation: 1, recurrent_activation: 'hard_sigmoid' };
    const lstm = made({ class_name: 'LSTM', config: old }, 2) as LSTM;
    expect(lstm.config.recurrentActivation.keras2).to.equal(true);
    expect(() => made({ class_name: 'LSTM', config: { units: 1, time_major: true } }, 2)).to.throw(/time_major=True/);
  });

  const wrong: readonly (readonly [string, () => unknown, RegExp])[] = [
    ['no units', () => new LSTM({ units: 0 }), /units=0/],
    [
      'layers in one direction',
      () => new Bidirectional({ layer: new LSTM({ units: 1, goBackwards: true }) }),
      /different `go_backwards` value/,
    ],
    [
      'layers that differ',
      () =>
        new Bidirectional({
          layer: new LSTM({ units: 1 }),
          backwardLayer: new LSTM({ units: 1, goBackwards: true, returnState: true }),
        }),
      /same value for attribute "returnState"|return_state/,
    ],
    [
      'a merge mode',
      () => new Bidirectional({ layer: new LSTM({ units: 1 }), mergeMode: 'max' as never }),
      /Invalid merge mode. Received: 'max'/,
    ],
    [
      'a layer that is not recurrent',
      () => new Bidirectional({ layer: new TimeDistributed({ layer: new GRU({ units: 1 }) }) }),
      /Please initialize `Bidirectional`/,
    ],
    ['something that is no layer', () => new TimeDistributed({ layer: 3 as never }), /must be a layer.*layer=3/],
    ['a cell that is none', () => new RNN({ cell: new LSTM({ units: 1 }) }), /must be a recurrent cell/],
    ['inputs without steps', () => new LSTM({ units: 1 }).apply(tf.input({ shape: [3] })), /ndim=3, found ndim=2/],
    [
      'steps without values',
      () => new TimeDistributed({ layer: new GRU({ units: 1 }) }).build([null, 3]),
      /at least 3 dimensions/,
    ],
    [
      'states without a batch size',
      () => new GRU({ units: 1, stateful: true }).build([null, 3, 2]),
      /Found dynamic batch size/,
    ],
  ];
  for (const [what, f, message] of wrong) it(`refuses ${what}`, () => expect(f).to.throw(message));
});

for (const backend of tableBackends) {
  describe(`recurrent layers in models, ${backend}`, () => {
    useBackend(backend);

    it('skip the steps that a Masking layer masks', () => {
      const lstm = new LSTM({ units: 3 });
      const model = tf.sequential({ layers: [new Masking({ inputShape: [4, 2] }), lstm] });
      const masked = () =>
        tf.tensor3d([
          [
            [1, 2],
            [0, 0],
            [3, -1],
            [0, 0],
          ],
        ]);
      const short = () =>
        tf.tensor3d([
          [
            [1, 2],
            [3, -1],
          ],
        ]);
      expectSame(valuesOf(() => model.predict(masked()) as tf.Tensor)[0], outputOf(lstm, short));
      model.dispose();
    });

    it('remember states, and forget them when told', () => {
      const layer = new GRU({ units: 2, stateful: true, returnSequences: true });
      const whole = () => pattern([2, 6, 3], 0);
      const part = (begin: number) => () => tf.slice(whole(), [0, begin, 0], [-1, 3, -1]);
      outputOf(layer, part(0));
      const second = outputOf(layer, part(3));
      layer.resetStates();
      const full = valuesOf(() => tf.slice(layer.apply(whole()) as tf.Tensor, [0, 3, 0], [-1, -1, -1]))[0];
      expectSame(second, full);
      expect(() => outputOf(layer, () => pattern([3, 2, 3], 0))).to.throw(
        /Expected batch size: 2. Received batch size: 3/,
      );
      layer.dispose();
    });

    it('drop inputs and states in training only', () => {
      for (const cls of [SimpleRNN, GRU, LSTM]) {
        const layer = new cls({ units: 4, dropout: 0.5, recurrentDropout: 0.5, seed: 1 } as never);
        const x = () => pattern([2, 5, 3], 0);
        const plain = outputOf(layer, x);
        expectSame(outputOf(layer, x), plain);
        expect([...outputOf(layer, x, { training: true })]).not.to.deep.equal([...plain]);
        for (const weight of layer.weights) weight.dispose();
      }
    });

    it('learn', async () => {
      const layer = new Bidirectional({ layer: new LSTM({ units: 4, kernelRegularizer: 'l2' }) });
      const model = tf.sequential({
        layers: [new Masking({ inputShape: [4, 2] }), layer, tf.layers.dense({ units: 1 })],
      });
      const optimizer = tf.train.sgd(0.1);
      model.compile({ optimizer, loss: 'meanSquaredError' });
      const [x, y] = tf.tidy(() => [pattern([8, 4, 2], 0), tf.mean(pattern([8, 4, 2], 0), [1, 2]).reshape([8, 1])]);
      const history = await model.fit(x, y, { epochs: 5, verbose: 0 });
      const losses = history.history.loss as number[];
      expect(losses[4]).to.be.below(losses[0]);
      tf.dispose([x, y]);
      model.dispose();
      optimizer.dispose();
    });

    it('do not share the cells of both directions', () => {
      const layer = new Bidirectional({ layer: new RNN({ cell: new LSTMCell({ units: 2 }) }) });
      outputOf(layer, () => pattern([2, 3, 2], 0));
      expect(layer.weights.length).to.equal(6);
      for (const weight of layer.weights) weight.dispose();
    });

    it('count the regularizers of cells and of wrapped layers', () => {
      const regularized = { units: 2, kernelRegularizer: 'l2', biasRegularizer: 'l2', activityRegularizer: 'l2' };
      const layer = new TimeDistributed({ layer: new Bidirectional({ layer: new GRU(regularized) }) });
      tf.tidy(() => {
        layer.apply(pattern([2, 3, 4, 2], 0));
        expect(layer.calculateLosses().length).to.equal(4);
      });
      for (const weight of layer.weights) weight.dispose();
    });

    it('of several cells are evaluated within TimeDistributed', () => {
      const cells = [new LSTMCell({ units: 2 }), new LSTMCell({ units: 1, kernelRegularizer: 'l2' })];
      const layer = new TimeDistributed({ layer: new RNN({ cell: cells }), inputShape: [3, 4, 2] });
      const model = sequential({ layers: [layer] });
      model.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
      tf.tidy(() => {
        const x = pattern([2, 3, 4, 2], 0);
        const loss = model.evaluate(x, model.predict(x) as tf.Tensor) as tf.Scalar;
        expect(loss.dataSync()[0]).to.be.closeTo(model.calculateLosses()[0].dataSync()[0], 1e-6);
      });
      model.dispose();
    });

    it('are named as TensorFlow.js names their weights', () => {
      const layers = [
        new LSTM({ units: 1, name: 'l' }),
        new Bidirectional({ layer: new GRU({ units: 1, name: 'g' }), name: 'b' }),
      ];
      const names = layers.flatMap((layer) => {
        layer.apply(tf.input({ shape: [3, 2] }));
        return layer.weights.map(({ originalName }) => originalName);
      });
      const parts = ['kernel', 'recurrent_kernel', 'bias'];
      const prefixes = ['l', 'b/forward_g', 'b/backward_g'];
      expect(names).to.deep.equal(prefixes.flatMap((prefix) => parts.map((part) => `${prefix}/${part}`)));
      for (const layer of layers) for (const weight of layer.weights) weight.dispose();
    });

    it('hold models, and survive a round trip through TensorFlow.js', async () => {
      for (const cls of recurrentLayers) tf.serialization.registerClass(cls as never);
      const inner = tf.sequential({ layers: [tf.layers.dense({ units: 3, inputShape: [2], activation: 'relu' })] });
      const model = tf.sequential({
        layers: [
          new TimeDistributed({ layer: inner, inputShape: [4, 2] }),
          new Bidirectional({
            layer: new GRU({ units: 2, recurrentActivation: 'hard_sigmoid', returnSequences: true }),
          }),
          new LSTM({ units: 2, unitForgetBias: false }),
        ],
      });
      let saved: tf.io.ModelArtifacts | undefined;
      await model.save(
        tf.io.withSaveHandler(async (artifacts) => {
          saved = artifacts;
          return { modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: 'JSON' } };
        }),
      );
      const loaded = await tf.loadLayersModel(
        tf.io.fromMemory(
          JSON.parse(JSON.stringify(saved?.modelTopology)),
          saved?.weightSpecs,
          saved?.weightData as ArrayBuffer,
        ),
      );
      const [before, after] = [model, loaded].map(
        (m) => valuesOf(() => m.predict(pattern([2, 4, 2], 0)) as tf.Tensor)[0],
      );
      expectSame(after, before);
      model.dispose();
      loaded.dispose();
    });

    it("write what TensorFlow.js's own layers are", () => {
      const lstm = () => tf.layers.lstm({ units: 2, recurrentActivation: 'sigmoid', returnSequences: true }) as tf.RNN;
      const tfjsLayers: Layer[] = [
        lstm(),
        tf.layers.gru({ units: 2, recurrentActivation: 'sigmoid' }),
        tf.layers.simpleRNN({ units: 2 }),
        tf.layers.bidirectional({ layer: lstm(), mergeMode: 'sum' }),
        tf.layers.timeDistributed({ layer: tf.layers.dense({ units: 2 }) }),
        tf.layers.rnn({ cell: tf.layers.lstmCell({ units: 2, recurrentActivation: 'sigmoid' }) }),
      ];
      for (const layer of tfjsLayers) {
        const x = () => pattern([2, 3, 2], 0);
        const expected = outputOf(layer, x);
        const serialized = serializeRecurrentLayer(layer, serializeLayer) as KerasObject;
        const own = made(serialized);
        outputOf(own, x);
        const values = layer.getWeights();
        own.setWeights(values);
        expectSame(outputOf(own, x), expected);
        expect(Object.keys(recurrentState(layer)?.children ?? {}), layer.getClassName()).to.deep.equal(
          Object.keys((own as LSTM).children),
        );
        for (const weight of [...layer.weights, ...own.weights]) weight.dispose();
      }
    });
  });
}
