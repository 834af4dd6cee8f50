// `layers`, `getLayer`, `input` and `output` of models. The lists were measured with Keras 3.0.5, 3.6.0 and 3.15.1 and with
// tf.keras 2.15, which agree but for raw operations and the tensors of a chain.

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { loadKerasModel, saveKerasModel } from '../../../src/keras.js';
import { rulesOf } from '../../../src/layers/run/kerasRules.js';
import { makeFunctional, makeSequential } from '../../../src/layers/run/models.js';
import * as layers from '../../../src/layers.js';
import { useBackend } from '../../support/backends.js';
import { input, opLayer } from '../../support/layers/opLayers.js';

type Symbolic = tf.SymbolicTensor;

/** The model that was measured: two inputs, a shared layer, two raw operations and a chain. */
function sample(version: string) {
  const [a, b] = ['in_b', 'in_a'].map((name) => layers.input({ shape: [4], name }));
  const shared = layers.dense({ units: 4, name: 'shared' });
  const sum = opLayer('Add', {}, [input(0), input(1)]).apply([
    shared.apply(a),
    shared.apply(b),
  ] as Symbolic[]) as Symbolic;
  const inner = makeSequential(
    {
      name: 'inner',
      layers: [
        tf.layers.inputLayer({ inputShape: [4] }),
        layers.dense({ units: 3, name: 'd1' }),
        layers.dense({ units: 2, name: 'd2' }),
      ],
    },
    rulesOf(version),
  );
  const called = inner.apply(opLayer('Relu').apply(sum) as Symbolic) as Symbolic;
  const last = layers.dense({ units: 1, name: 'last' }).apply(called) as Symbolic;
  return { inner, called, model: makeFunctional({ inputs: [a, b], outputs: [last, called] }, rulesOf(version)) };
}

const namesOf = (model: { layers: tf.layers.Layer[] }) => model.layers.map(({ name }) => name);
const wanted = ['in_b', 'in_a', 'shared', 'inner', 'last'];

describe('layers of a model', () => {
  useBackend('cpu');

  for (const version of ['3.0.5', '3.15.1', '2.15.0']) {
    it(`by the rules of Keras ${version}`, () => {
      const { model, inner, called } = sample(version);
      const isKeras2 = version.startsWith('2');
      const shown = namesOf(model).filter((name) => wanted.includes(name));
      expect(shown).to.deep.equal(wanted);
      expect(namesOf(model)).to.have.length(isKeras2 ? 7 : 5);
      expect(namesOf(inner)).to.deep.equal(['d1', 'd2']);
      model.layers.forEach((layer, i) => {
        expect(model.getLayer(null as unknown as string, i)).to.equal(layer);
        expect(model.getLayer(layer.name)).to.equal(layer);
      });
      expect(inner.getLayer(0).name).to.equal('d1');
      expect(model.getLayer(-1).name).to.equal('last');
      expect(inner.output).to.equal(isKeras2 ? inner.outputs[0] : called);
      expect(() => model.getLayer(7)).to.throw('Was asked to retrieve layer at index 7 but model only has');
      expect(() => model.getLayer('nope')).to.throw(/No such layer: nope. Existing layers are: .*shared/);
      expect(() => model.getLayer('shared', 1)).to.throw('Provide only a layer name or a layer index');
      const inputs = [tf.ones([1, 4]), tf.zeros([1, 4])];
      const results = model.predict(inputs) as tf.Tensor[];
      tf.dispose([...inputs, ...results]);
      model.dispose();
    });
  }

  it('of a file, and what TensorFlow.js writes and tells has everything', async () => {
    const { model } = sample('3.15.1');
    for (const format of ['keras', 'h5'] as const) {
      const loaded = await loadKerasModel(await saveKerasModel(model, { format }));
      expect(namesOf(loaded), format).to.deep.equal(wanted);
      expect(namesOf(loaded.getLayer('inner') as tf.LayersModel), format).to.deep.equal(['d1', 'd2']);
      loaded.dispose();
    }
    const lines: string[] = [];
    model.summary(undefined, undefined, (line) => lines.push(line));
    expect(lines.join('\n')).to.match(/KerasOp[\s\S]*inner/);
    expect((model.getConfig().layers as unknown[]).length).to.equal(7);
    model.dispose();
  });

  it('of a chain after add() and pop()', () => {
    const model = layers.sequential({ layers: [tf.layers.inputLayer({ inputShape: [4] })] });
    expect(namesOf(model)).to.deep.equal([]);
    expect(() => model.pop()).to.throw('no layers');
    model.add(layers.dense({ units: 3, name: 'a' }));
    const last = layers.dense({ units: 2, name: 'b' });
    model.add(last);
    model.pop();
    for (const weight of last.weights) weight.dispose();
    expect(namesOf(model)).to.deep.equal(['a']);
    const y = tf.tidy(() => (model.predict(tf.ones([1, 4])) as tf.Tensor).shape);
    expect(y).to.deep.equal([1, 3]);
    model.dispose();
  });
});
