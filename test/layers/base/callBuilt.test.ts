// What apply() does with tensors once a layer is built: as in its first call, which is TensorFlow.js's.

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { Activation } from '../../../src/layers/activation/activation.js';
import { KerasLayer } from '../../../src/layers/base/kerasLayer.js';
import { Dense } from '../../../src/layers/core/dense.js';
import { Add } from '../../../src/layers/merging/elementwiseMerging.js';
import { model } from '../../../src/layers/run/models.js';
import { useBackend } from '../../support/backends.js';

/** Gives the very tensors that it is given, and one more. */
class Same extends KerasLayer {
  static readonly className = 'Same';
  constructor(private readonly more: boolean) {
    super({}, {});
  }
  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor | tf.Tensor[] {
    return this.more ? [inputs as tf.Tensor, tf.neg(inputs as tf.Tensor)] : [inputs].flat();
  }
}

/** Gives one tensor at every call, which stays its own. */
class Constant extends tf.layers.Layer {
  static readonly className = 'Constant';
  readonly own = tf.tensor2d([[5, 6]]);
  override call(): tf.Tensor {
    return this.own;
  }
}

const dense = () => new Dense({ units: 2, kernelInitializer: 'ones' });

describe('calls of a built layer', () => {
  useBackend('cpu');

  for (const more of [false, true])
    it(`an output that is an input is another tensor of its data, ${more ? 'in a list' : 'alone'}`, () => {
      tf.tidy(() => {
        const layer = new Same(more);
        const x = tf.tensor1d([1, 2]);
        for (const call of ['first', 'second', 'third']) {
          const made = layer.apply(x) as tf.Tensor | tf.Tensor[];
          expect(Array.isArray(made), call).to.equal(more); // a list of one is its tensor
          const [first, second] = [made].flat();
          expect(first, call).to.not.equal(x);
          first.dispose();
          expect([...x.dataSync()], call).to.deep.equal([1, 2]);
          if (more) expect([...second.dataSync()], call).to.deep.equal([-1, -2]);
        }
      });
    });

  it('inputs are checked at each call', () => {
    tf.tidy(() => {
      const layer = dense();
      const outputs = [0, 1].map(() => [...(layer.apply(tf.ones([1, 3])) as tf.Tensor).dataSync()]);
      expect(outputs).to.deep.equal([
        [3, 3],
        [3, 3],
      ]);
      expect(() => layer.apply(tf.ones([1, 4]))).to.throw(/axis -1 of input shape to have value 3.*\(1, 4\)/);
      expect(() => layer.apply(tf.ones([3]))).to.throw(/expected min_ndim=2, found ndim=1/);
      const add = new Add();
      for (let i = 0; i < 2; i++) add.apply([tf.ones([1, 2]), tf.ones([1, 2])]);
      const mixed = [tf.ones([1, 2]), tf.input({ shape: [2] })] as tf.Tensor[];
      expect(() => add.apply(mixed)).to.throw(/must be all SymbolicTensors or all Tensors/);
      layer.dispose();
    });
  });

  it('a layer that has been disposed of refuses', () => {
    tf.tidy(() => {
      const layer = dense();
      for (let i = 0; i < 2; i++) layer.apply(tf.ones([1, 3]));
      layer.dispose();
      expect(() => layer.apply(tf.ones([1, 3]))).to.throw(/already disposed/);
    });
  });

  it('weights that the first call makes are named after the layer around it', () => {
    class Around extends KerasLayer {
      static readonly className = 'Around';
      readonly inner = dense();
      constructor() {
        super({ name: 'around' }, {});
      }
      override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
        return this.inner.apply(inputs) as tf.Tensor;
      }
    }
    tf.tidy(() => {
      const layer = new Around();
      layer.apply(tf.ones([1, 3]));
      const names = layer.inner.weights.map(({ originalName }) => originalName);
      expect(names).to.deep.equal(['kernel', 'bias'].map((name) => `around/${layer.inner.name}/${name}`));
      layer.inner.dispose();
    });
  });

  for (const isLate of [false, true])
    it(`a tensor that two calls give is not freed before ${isLate ? 'the second' : 'all are read'}`, () => {
      const layer = new Constant();
      const inputs = tf.input({ shape: [2] });
      const relu = (x: tf.SymbolicTensor) => new Activation({ activation: 'relu' }).apply(x) as tf.SymbolicTensor;
      const [a, b] = [0, 1].map(() => layer.apply(inputs) as tf.SymbolicTensor);
      const outputs = new Add().apply([relu(a), isLate ? b : relu(b)]) as tf.SymbolicTensor;
      const built = model({ inputs, outputs });
      for (let i = 0; i < 2; i++) {
        const y = tf.tidy(() => [...built.predict<tf.Tensor>(tf.zeros([1, 2])).dataSync()]);
        expect(y).to.deep.equal([10, 12]);
      }
      layer.own.dispose();
      built.dispose();
    });
});
