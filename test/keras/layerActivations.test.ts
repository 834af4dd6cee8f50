// Activations that are layers with weights, of Keras or of the user: they are their layer's, and files hold them. Keras 3
// builds them when they first run: measured with 3.15.1, a model that never ran has nothing of them in its file.

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { loadKerasModel, loadKerasWeights, saveKerasModel } from '../../src/keras.js';
import type { ActivationLike } from '../../src/layers/base/identifiers.js';
import * as layers from '../../src/layers.js';
import { useBackend } from '../support/backends.js';

class Scaled extends tf.layers.Layer {
  static readonly className = 'Scaled';
  scale!: tf.LayerVariable;

  override build(shape: tf.Shape): void {
    this.scale = this.addWeight('scale', [shape.at(-1) as number], 'float32', tf.initializers.ones());
    this.built = true;
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.mul([inputs].flat()[0], this.scale.read());
  }

  override computeOutputShape(shape: tf.Shape): tf.Shape {
    return shape;
  }
}

const activations = {
  PReLU: () => layers.prelu({ alphaInitializer: { class_name: 'Constant', config: { value: 0.3 } } }),
  'a custom layer': () => ({ class_name: 'Scaled', config: {} }), // as a file has it
};

const customObjects = { Scaled };
const modelWith = (activation: ActivationLike = null) =>
  layers.sequential({
    layers: [new layers.Dense({ units: 3, inputShape: [4], activation, name: 'dense' }, { customObjects })],
  });

describe('layers as activations', () => {
  useBackend('cpu');

  for (const [what, make] of Object.entries(activations)) {
    for (const format of ['keras', 'h5'] as const) {
      it(`${what}: its weights go into .${format} and come back`, async () => {
        const model = modelWith(make());
        expect(model.weights).to.have.length(3);
        const values = [tf.ones([4, 3]), tf.ones([3]), tf.tensor1d([2, 3, 4])];
        model.setWeights(values);
        const loaded = await loadKerasModel(await saveKerasModel(model, { format }), { customObjects });
        const x = tf.fill([2, 4], -1);
        const [a, b] = [model, loaded].map((one) => one.predict(x) as tf.Tensor);
        expect(a.dataSync()[2]).to.equal(-12);
        expect(b.dataSync()).to.deep.equal(a.dataSync());
        tf.dispose([x, a, b, ...values]);
        model.dispose();
        loaded.dispose();
      });

      it(`${what}: begins anew with a file of a model that never ran, .${format}`, async () => {
        const plain = modelWith();
        const file = await saveKerasModel(plain, { format });
        const model = modelWith(make());
        await loadKerasWeights(model, file);
        const [[kernel], [wanted]] = [model, plain].map(({ weights }) => weights.map((w) => [...w.read().dataSync()]));
        expect(kernel).to.deep.equal(wanted);
        model.dispose();
        plain.dispose();
      });
    }
  }
});
