// Custom layers that own lists and dictionaries of layers, and attributes that are null. The paths are those that Keras 3.15
// writes for such a layer: a dictionary is filed as a list.

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { inspectKerasFile, loadKerasModel, saveKerasModel } from '../../../src/keras.js';
import { batchNormalization, dense, sequential } from '../../../src/layers.js';
import { useBackend } from '../../support/backends.js';

type Layer = tf.layers.Layer;

class Block extends tf.layers.Layer {
  static readonly className = 'Block';
  readonly children: Readonly<Record<string, Layer | Layer[] | Readonly<Record<string, Layer>> | null>>;

  constructor(config: { readonly name?: string }) {
    super(config);
    const name = (part: string) => `${this.name}_${part}`;
    this.children = {
      denses: ['first', 'second'].map((part) => dense({ units: 4, name: name(part) })),
      parts: { a: dense({ units: 4, name: name('part') }) },
      norm: batchNormalization({ name: name('norm') }),
      shortcut: null,
    };
  }

  get #all(): Layer[] {
    const { denses, parts, norm } = this.children as { denses: Layer[]; parts: { a: Layer }; norm: Layer };
    return [...denses, parts.a, norm];
  }

  override build(inputShape: number[]): void {
    for (const layer of this.#all) {
      layer.build(layer === this.#all[0] ? inputShape : [inputShape[0], 4]);
      layer.built = true;
    }
    super.build(inputShape);
  }

  override get trainableWeights() {
    return this.children ? this.#all.flatMap((layer) => layer.trainableWeights) : [];
  }

  override get nonTrainableWeights() {
    return this.children ? this.#all.flatMap((layer) => layer.nonTrainableWeights) : [];
  }

  override computeOutputShape(inputShape: number[]): number[] {
    return [inputShape[0], 4];
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.tidy(() => this.#all.reduce((x, layer) => layer.call(x, {}) as tf.Tensor, [inputs].flat()[0]));
  }
}

describe('layers within lists and dictionaries of custom layers', () => {
  useBackend('convnet-cpu');

  for (const format of ['keras', 'h5'] as const) {
    it(`.${format}`, async () => {
      const model = sequential({ layers: [new Block({ inputShape: [3], name: 'own' } as { name: string })] });
      const bytes = await saveKerasModel(model, { format });
      const paths = (await inspectKerasFile(bytes)).weights.map(({ path }) => path);
      expect(paths).to.have.length(10);
      if (format === 'keras') expect(paths).to.include('layers/block/parts/dense/vars/0');
      const again = await loadKerasModel(bytes, { customObjects: { Block } });
      tf.tidy(() => {
        const x = tf.randomUniform([2, 3]);
        const [meant, found] = [model, again].map((each) => (each.predict(x) as tf.Tensor).arraySync());
        expect(found).to.deep.equal(meant);
      });
      model.dispose();
      again.dispose();
    });
  }
});
