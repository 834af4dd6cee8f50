// Conv2D: values computed by hand from small integers, members, subclasses, activations that are layers, tfjs files.

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { installKerasLayers } from '../../../src/layers/allLayers.js';
import { Conv2D, type Conv2DArgs, conv2d } from '../../../src/layers/conv/index.js';
import { tableBackends, useBackend } from '../../support/backends.js';
import { pattern } from '../../support/layers/testConvGoldens.js';

function counting(shape: number[], f: (i: number) => number): tf.Tensor {
  return tf.tensor(
    Array.from({ length: tf.util.sizeFromShape(shape) }, (_, i) => f(i)),
    shape,
  );
}

interface Worked extends Omit<Conv2DArgs, 'filters'> {
  readonly input: number[];
  readonly filters: number;
  readonly outputShape: number[];
  readonly output: number[];
}

/** Outputs of real Keras for x[i] = i mod 7 - 3, kernel[i] = i mod 5 - 2 and bias[j] = j/2. */
const worked: Readonly<Record<string, Worked>> = {
  A: { input: [1, 3, 3, 1], filters: 1, kernelSize: 2, outputShape: [1, 2, 2, 1], output: [9, 7, -4, -6] },
  B: {
    input: [1, 4, 4, 1],
    filters: 1,
    kernelSize: 2,
    strides: 2,
    padding: 'same',
    outputShape: [1, 2, 2, 1],
    output: [10, -1, 8, -3],
  },
  B3: {
    input: [1, 5, 5, 1],
    filters: 1,
    kernelSize: 3,
    strides: 2,
    padding: 'same',
    outputShape: [1, 3, 3, 1],
    output: [1, -9, 4, -5, -2, 1, 14, -3, -5],
  },
  B4: {
    input: [1, 4, 4, 1],
    filters: 1,
    kernelSize: 3,
    strides: 2,
    padding: 'same',
    outputShape: [1, 2, 2, 1],
    output: [9, -1, 19, -8],
  },
  C: {
    input: [1, 3, 3, 4],
    filters: 2,
    kernelSize: 2,
    groups: 2,
    outputShape: [1, 2, 2, 2],
    output: [2, -11.5, -12, -5.5, -12, -0.5, 16, 12.5],
  },
  Ck: {
    input: [1, 2, 2, 4],
    filters: 4,
    kernelSize: 1,
    groups: 4,
    outputShape: [1, 2, 2, 4],
    output: [6, 2.5, 1, 1.5, -2, -1.5, 1, -1.5, 4, 1.5, 1, 2.5, -4, -2.5, 1, -0.5],
  },
  Cg: {
    input: [1, 2, 2, 4],
    filters: 8,
    kernelSize: 1,
    groups: 2,
    activation: 'relu',
    outputShape: [1, 2, 2, 8],
    output: [
      [4, 0, 5, 0.5, 0, 4.5, 4, 3.5],
      [0, 3.5, 0, 0.5, 8, 0, 0, 9.5],
      [3, 0.5, 3, 0.5, 2, 3.5, 5, 1.5],
      [0, 4.5, 0, 0.5, 0, 6.5, 2, 7.5],
    ].flat(),
  },
  D: {
    input: [1, 4, 4, 1],
    filters: 1,
    kernelSize: 2,
    dilationRate: 2,
    padding: 'same',
    outputShape: [1, 4, 4, 1],
    output: [2, 3, -3, 0, 1, 7, 5, 2, 1, -8, -3, -6, 1, 4, 1, 0],
  },
  D23: {
    input: [1, 4, 4, 1],
    filters: 1,
    kernelSize: 2,
    dilationRate: [2, 3],
    padding: 'same',
    outputShape: [1, 4, 4, 1],
    output: [3, -3, 0, 0, 1, 7, 4, 2, -6, -1, -4, -6, 0, 3, 2, 0],
  },
  E: {
    input: [1, 2, 3, 3],
    filters: 2,
    kernelSize: 2,
    dataFormat: 'channels_first',
    outputShape: [1, 2, 2, 2],
    output: [4, -10, 4, 4, -0.5, 11.5, 7.5, -8.5],
  },
  F: {
    input: [1, 4, 4, 1],
    filters: 1,
    kernelSize: [4, 3],
    strides: [2, 1],
    outputShape: [1, 1, 2, 1],
    output: [10, 35],
  },
  Fs: {
    input: [1, 3, 3, 1],
    filters: 1,
    kernelSize: 1,
    strides: 2,
    padding: 'same',
    outputShape: [1, 2, 2, 1],
    output: [6, 2, -6, 4],
  },
};

function dispose(layer: tf.layers.Layer): void {
  for (const weight of layer.weights) weight.dispose();
}

function built(args: Conv2DArgs, shape: number[]): Conv2D {
  const layer = new Conv2D(args);
  layer.build(shape);
  layer.built = true;
  return layer;
}

for (const backend of tableBackends) {
  describe(`Conv2D, ${backend}`, () => {
    useBackend(backend);
    for (const [name, { input, outputShape, output, ...args }] of Object.entries(worked)) {
      it(`case ${name}`, () => {
        const layer = built(args, input);
        tf.tidy(() => {
          const kernel = counting(layer.kernel.shape, (i) => (i % 5) - 2);
          layer.setWeights([kernel, counting([args.filters], (i) => i / 2)]);
          const y = layer.apply(counting(input, (i) => (i % 7) - 3)) as tf.Tensor;
          expect(y.shape).to.deep.equal(outputShape);
          expect(Array.from(y.dataSync())).to.deep.equal(output);
        });
        dispose(layer);
      });
    }

    it('takes an activation that is a layer with weights', () => {
      installKerasLayers();
      const activation = { class_name: 'PReLU', config: { alpha_initializer: { class_name: 'Ones', config: {} } } };
      const layer = built({ filters: 2, kernelSize: 1, activation, biasInitializer: 'ones' }, [1, 2, 2, 3]);
      expect(layer.weights.map(({ shape }) => shape)).to.deep.equal([[1, 1, 3, 2], [2], [2, 2, 2]]);
      expect(layer.children).to.have.all.keys('activation');
      tf.tidy(() => {
        const y = layer.apply(tf.zeros([1, 2, 2, 3])) as tf.Tensor;
        expect(Array.from(y.dataSync())).to.deep.equal(Array(8).fill(1));
      });
      const again = new Conv2D(layer.getKerasConfig() as unknown as Conv2DArgs);
      expect((again.getKerasConfig().activation as { class_name: string }).class_name).to.equal('PReLU');
      dispose(layer);
    });

    it('lets a subclass replace the convolution', () => {
      class Doubled extends Conv2D {
        static override readonly className = 'Doubled';
        override convolutionOp(x: tf.Tensor, kernel: tf.Tensor): tf.Tensor {
          return tf.mul(super.convolutionOp(x, kernel), 2);
        }
      }
      for (const dataFormat of ['channels_last', 'channels_first']) {
        const args = { filters: 2, kernelSize: 2, activation: 'relu', dataFormat, biasInitializer: 'ones' };
        const plain = built({ ...args, activation: undefined, useBias: false }, [1, 3, 3, 3]);
        const doubled = new Doubled(args);
        doubled.build([1, 3, 3, 3]);
        doubled.built = true;
        tf.tidy(() => {
          plain.setWeights([pattern([2, 2, 3, 2], 1)]);
          doubled.setWeights([pattern([2, 2, 3, 2], 1), tf.tensor1d([0.5, -1])]);
          const x = pattern([1, 3, 3, 3], 0);
          const bias = tf.reshape(tf.tensor1d([0.5, -1]), dataFormat === 'channels_last' ? [1, 1, 2] : [2, 1, 1]);
          const wanted = tf.relu(tf.add(tf.mul(plain.apply(x) as tf.Tensor, 2), bias)).dataSync();
          const y = (doubled.apply(x) as tf.Tensor).dataSync();
          for (const [i, v] of y.entries()) expect(v).to.be.closeTo(wanted[i], 1e-5);
        });
        dispose(plain);
        dispose(doubled);
      }
    });

    it('takes int32 pictures, an empty batch and another size in each call', () => {
      const layer = built({ filters: 2, kernelSize: 2 }, [1, 3, 3, 3]);
      tf.tidy(() => {
        expect((layer.apply(tf.ones([1, 4, 5, 3], 'int32')) as tf.Tensor).shape).to.deep.equal([1, 3, 4, 2]);
        expect((layer.apply(tf.zeros([0, 4, 4, 3])) as tf.Tensor).shape).to.deep.equal([0, 3, 3, 2]);
      });
      dispose(layer);
    });

    it('comes back from the JSON of a tfjs model', async () => {
      installKerasLayers();
      const model = tf.sequential();
      const first = conv2d({
        filters: 4,
        kernelSize: 2,
        groups: 2,
        activation: 'silu',
        inputShape: [4, 4, 4],
        name: 'a',
      });
      model.add(first as unknown as tf.layers.Layer);
      model.add(
        new Conv2D({ filters: 2, kernelSize: 2, dilationRate: 2, padding: 'same', kernelConstraint: 'non_neg' }),
      );
      const again = await tf.models.modelFromJSON(JSON.parse(model.toJSON() as unknown as string));
      expect(again.layers.map((layer) => layer instanceof Conv2D)).to.deep.equal([true, true]);
      const configs = (m: tf.LayersModel) => m.layers.map((layer) => (layer as unknown as Conv2D).getKerasConfig());
      expect(configs(again)).to.deep.equal(configs(model));
      tf.tidy(() => {
        again.setWeights(model.getWeights());
        const x = pattern([2, 4, 4, 4], 0);
        const [a, b] = [model, again].map((m) => (m.predict(x) as tf.Tensor).dataSync());
        expect(a).to.deep.equal(b);
      });
      model.dispose();
      again.dispose();
    });
  });
}

describe('Conv2D: shapes and members', () => {
  useBackend('cpu');

  it('computes output shapes with unknown sizes', () => {
    const shape = (args: Partial<Conv2DArgs>, input: (number | null)[]) =>
      new Conv2D({ filters: 5, kernelSize: 3, ...args }).computeOutputShape(input);
    expect(shape({}, [null, null, 8, null])).to.deep.equal([null, null, 6, 5]);
    expect(shape({ padding: 'same', strides: 2 }, [2, null, 7, 3])).to.deep.equal([2, null, 4, 5]);
    expect(shape({ dataFormat: 'channels_first' }, [null, 3, 9, null])).to.deep.equal([null, 5, 7, null]);
    expect(shape({ dilationRate: [2, 3] }, [null, 9, 9, 3])).to.deep.equal([null, 5, 3, 5]);
    expect(() => shape({}, [null, 2, 9, 3])).to.throw('Computed output size would be zero or negative');
  });

  it('has kernel, bias, filters, groups, input and output', () => {
    const layer = new Conv2D({ filters: 4, kernelSize: [3, 2], groups: 2 });
    expect(() => layer.kernel).to.throw('must be built');
    expect(() => layer.bias).to.throw('must be built');
    const input = tf.input({ shape: [6, 6, 4] });
    const output = layer.apply(input) as tf.SymbolicTensor;
    expect(layer.kernel.shape).to.deep.equal([3, 2, 2, 4]);
    expect(layer.bias?.shape).to.deep.equal([4]);
    expect([layer.filters, layer.groups]).to.deep.equal([4, 2]);
    expect(layer.input).to.equal(input);
    expect(layer.output).to.equal(output);
    dispose(layer);
    const without = built({ filters: 1, kernelSize: 1, useBias: false }, [1, 1, 1, 1]);
    expect(without.bias).to.equal(null);
    dispose(without);
  });

  it('initializes by the fans of the kernel as it is stored', () => {
    const layer = built({ filters: 6, kernelSize: 3, groups: 2 }, [1, 4, 4, 4]);
    const limit = Math.sqrt(6 / (3 * 3 * 2 + 3 * 3 * 6)); // glorot_uniform
    const values = layer.kernel.dataSync() as Float32Array;
    const largest = values.reduce((most, v) => Math.max(most, Math.abs(v)), 0);
    expect(largest).to.be.within(0.8 * limit, limit);
    dispose(layer);
  });

  it('gives activity losses per example', () => {
    const args = { activityRegularizer: { class_name: 'L2', config: { l2: 0.5 } }, kernelInitializer: 'ones' };
    const layer = built({ filters: 2, kernelSize: 1, useBias: false, ...args }, [4, 2, 2, 1]);
    tf.tidy(() => {
      layer.apply(tf.ones([4, 2, 2, 1]), { training: true });
      expect(layer.calculateLosses().map((loss) => loss.dataSync()[0])).to.deep.equal([4]);
      expect(layer.calculateLosses()).to.deep.equal([]);
    });
    dispose(layer);
  });

  it('loads weights that break a constraint as they are', () => {
    const layer = built(
      { filters: 1, kernelSize: 1, kernelConstraint: 'non_neg', biasConstraint: 'non_neg' },
      [1, 1, 1, 2],
    );
    tf.tidy(() => {
      layer.setWeights([tf.tensor4d([-1, 2], [1, 1, 2, 1]), tf.tensor1d([-3])]);
      expect(layer.getWeights().map((w) => Array.from(w.dataSync()))).to.deep.equal([[-1, 2], [-3]]);
      layer.loadState([tf.tensor4d([-4, 2], [1, 1, 2, 1]), tf.tensor1d([-5])]);
      expect(layer.saveState().map((w) => Array.from(w.dataSync()))).to.deep.equal([[-4, 2], [-5]]);
    });
    dispose(layer);
  });
});
