// Behaviour of normalization layers that the goldens do not cover: masks, adapt, freezing, wrapped layers, errors.

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { installKerasLayers } from '../../../src/layers/allLayers.js';
import type { KerasLayer } from '../../../src/layers/base/kerasLayer.js';
import { Conv2D } from '../../../src/layers/conv/index.js';
import {
  BatchNormalization,
  GroupNormalization,
  LayerNormalization,
  Normalization,
  RMSNormalization,
  SpectralNormalization,
} from '../../../src/layers/normalization/index.js';
import { tableBackends, useBackend } from '../../support/backends.js';
import { expectNear, pattern } from '../../support/layers/testConvGoldens.js';

function build<T extends KerasLayer>(layer: T, shape: (number | null)[]): T {
  layer.build(shape);
  layer.built = true;
  return layer;
}

function dispose(layer: tf.layers.Layer): void {
  for (const weight of layer.weights) weight.dispose();
}

const stateOf = (layer: KerasLayer) =>
  tf.tidy(() => layer.saveState().map((value) => Array.from(value.dataSync()))) as unknown as number[][];

for (const backend of tableBackends) {
  describe(`normalization layers, ${backend}`, () => {
    useBackend(backend);

    it('BatchNormalization divides the moving variance by n, in files of tf.keras 2 as its fused kernel does', () => {
      const variances = [undefined, '3.0.5', '2.15.0'].map((kerasVersion) => {
        const layer = build(new BatchNormalization({ momentum: 0 }, { kerasVersion }), [1, 2, 2, 1]);
        tf.tidy(() => void layer.call(tf.tensor4d([1, 3, 5, 7], [1, 2, 2, 1]), { training: true }));
        const [variance] = stateOf(layer)[3];
        dispose(layer);
        return variance;
      });
      tf.tidy(() => expectNear(tf.tensor1d(variances), [5, 5, 20 / 3], 'moving variances'));
    });

    it('BatchNormalization leaves masked steps out of the statistics', () => {
      const layer = build(new BatchNormalization({ momentum: 0.5, epsilon: 0 }), [2, 3, 1]);
      tf.tidy(() => {
        const x = tf.tensor3d([1, 3, 100, 5, 7, -50], [2, 3, 1]);
        const mask = tf.tensor2d([1, 1, 0, 1, 1, 0], [2, 3], 'bool');
        const y = layer.apply(x, { training: true, mask }) as tf.Tensor;
        const deviation = Math.sqrt(5);
        expectNear(
          y,
          [-3, -1, 96, 1, 3, -54].map((v) => v / deviation),
          'output',
        );
        expectNear(layer.saveState()[2], [2], 'moving mean');
        expectNear(layer.saveState()[3], [3], 'moving variance');
      });
      dispose(layer);
    });

    it('BatchNormalization counts what is masked by the version of the file, where the channels are not last', () => {
      // Keras 3.6 and 3.15: sums over batch and values of each step, over the number of rows, from 3.9 on of values.
      const means: [version: string, mean: number[]][] = [
        ['3.6.0', [2 * 2, 2 * 7.5]],
        ['3.9.0', [2, 7.5]],
        ['2.15.0', [2, 7.5]],
      ];
      for (const [kerasVersion, expected] of means) {
        const args = { momentum: 0, axis: 1 };
        const layer = build(new BatchNormalization(args, { kerasVersion }), [2, 2, 2]);
        tf.tidy(() => {
          const x = tf.tensor3d([1, 3, 100, Number.NaN, 1, 3, 7, 8], [2, 2, 2]);
          const mask = tf.tensor2d([1, 0, 1, 1], [2, 2], 'bool');
          layer.apply(x, { training: true, mask });
          expectNear(layer.saveState()[2], expected, kerasVersion);
        });
        dispose(layer);
      }
    });

    it('BatchNormalization does not change its statistics at inference, or frozen', () => {
      for (const [trainable, training] of [
        [true, false],
        [false, true],
      ]) {
        const layer = build(new BatchNormalization({ trainable }), [4, 3]);
        const before = stateOf(layer);
        tf.dispose(tf.tidy(() => layer.apply(pattern([4, 3], 0), { training }) as tf.Tensor));
        expect(stateOf(layer)).to.deep.equal(before);
        dispose(layer);
      }
    });

    it('stay exact far from zero', () => {
      const layers = [
        new LayerNormalization({ epsilon: 1e-6 }),
        new GroupNormalization({ groups: 1, epsilon: 1e-6 }),
        new BatchNormalization({ axis: 0, epsilon: 1e-6 }),
      ];
      const values = [-3, -1, 1, 3].map((v) => v / Math.sqrt(5));
      for (const layer of layers) {
        build(layer, [1, 4]);
        tf.tidy(() => {
          const y = layer.apply(tf.tensor2d([4093, 4095, 4097, 4099], [1, 4]), { training: true }) as tf.Tensor;
          expectNear(y, values, layer.name, 20);
        });
        dispose(layer);
      }
    });

    it('Normalization learns from a tensor and from batches', () => {
      const data = [pattern([6, 3], 1), pattern([2, 3], 2)];
      const whole = new Normalization();
      const inBatches = new Normalization({ axis: 1 });
      tf.tidy(() => whole.adapt(tf.concat(data as tf.Tensor2D[])));
      inBatches.adapt(data);
      tf.tidy(() => {
        const { mean, variance } = tf.moments(tf.concat(data as tf.Tensor2D[]), 0);
        for (const layer of [whole, inBatches]) {
          const [learnedMean, learnedVariance, count] = layer.saveState();
          expectNear(learnedMean, Array.from(mean.dataSync()), 'mean');
          expectNear(learnedVariance, Array.from(variance.dataSync()), 'variance');
          expect([count.dtype, count.dataSync()[0]]).to.deep.equal(['int32', 0]);
          const y = layer.apply(data[0]) as tf.Tensor;
          const wanted = tf.div(tf.sub(data[0], mean), tf.sqrt(variance));
          expectNear(y, Array.from(wanted.dataSync()), 'output');
        }
      });
      const scalar = new Normalization({ axis: null });
      scalar.adapt(data[0]);
      expect(scalar.stateShapes()).to.deep.equal([[], [], []]);
      for (const layer of [whole, inBatches, scalar]) dispose(layer);
      tf.dispose(data);
    });

    it('Normalization learns from arrays and from a dataset of batches', async () => {
      const rows = [
        [1, 5, -2],
        [3, 4, 0],
        [8, -1, 7],
        [2, 2, 2],
      ];
      const ofArrays = new Normalization();
      ofArrays.adapt(rows);
      const ofDataset = new Normalization();
      await ofDataset.adapt(tf.data.array(rows).batch(3));
      tf.tidy(() => {
        const { mean, variance } = tf.moments(tf.tensor2d(rows), 0);
        for (const layer of [ofArrays, ofDataset]) {
          const [learnedMean, learnedVariance] = layer.saveState();
          expectNear(learnedMean, Array.from(mean.dataSync()), 'mean');
          expectNear(learnedVariance, Array.from(variance.dataSync()), 'variance');
        }
      });
      const other = tf.data.array([[1, 2]]).batch(1);
      let message = '';
      await ofDataset.adapt(other).catch((error: Error) => {
        message = error.message;
      });
      expect(message).to.match(/incompatible shape, data\.shape=\(1, 2\)/);
      for (const layer of [ofArrays, ofDataset]) dispose(layer);
    });

    it('SpectralNormalization divides the kernel by its largest singular value in training', () => {
      installKerasLayers();
      const inner = new Conv2D({ filters: 2, kernelSize: 1, useBias: false });
      const layer = build(new SpectralNormalization({ layer: inner, powerIterations: 20 }), [1, 2, 2, 2]);
      expect(layer.stateShapes()).to.deep.equal([
        [1, 1, 2, 2],
        [1, 2],
      ]);
      expect([layer.trainableWeights.length, layer.weights.length]).to.deep.equal([1, 2]);
      tf.tidy(() => {
        const x = pattern([1, 2, 2, 2], 0);
        layer.loadState([tf.tensor4d([3, 0, 0, 0.5], [1, 1, 2, 2]), tf.tensor2d([[0.5, 0.5]])]);
        expectNear(layer.apply(x) as tf.Tensor, Array.from((inner.apply(x) as tf.Tensor).dataSync()), 'at inference');
        expectNear(inner.kernel, [3, 0, 0, 0.5], 'kernel after inference');
        layer.apply(x, { training: true });
        expectNear(inner.kernel, [1, 0, 0, 0.5 / 3], 'kernel after training');
        layer.loadState([tf.zeros([1, 1, 2, 2]), tf.tensor2d([[0.6, 0.8]])]);
        layer.apply(x, { training: true });
        expectNear(inner.kernel, [0, 0, 0, 0], 'kernel of zeros');
        expectNear(layer.saveState()[1], [0.6, 0.8], 'vector of a kernel of zeros');
      });
      const again = new SpectralNormalization(layer.getConfig() as never);
      expect(again.config.layer).to.be.an.instanceOf(Conv2D);
      dispose(layer);
    });
  });
}

describe('normalization layers: arguments of other versions, and errors', () => {
  useBackend('cpu');

  it('BatchNormalization takes an axis as a list of one and what Keras 2 wrote', () => {
    const args = { axis: [3] as const, fused: true, virtual_batch_size: null, adjustment: null };
    expect(new BatchNormalization(args).getKerasConfig().axis).to.equal(3);
    expect(() => new BatchNormalization({ axis: [1, 2] as never })).to.throw('axis=(1, 2)');
  });

  it('takes statistics in the forms of files', () => {
    const numpy = { class_name: '__numpy__', config: { value: [1, 2], dtype: 'float32' } };
    const layer = new Normalization({ mean: numpy, variance: Float32Array.of(4, 9) });
    expect(layer.getKerasConfig()).to.deep.include({ mean: [1, 2], variance: [4, 9], axis: [-1] });
  });

  const failures: readonly (readonly [string, () => unknown, string])[] = [
    ['axis of a batch', () => new BatchNormalization({ axis: 4 }).build([1, 2, 3]), 'out of bounds'],
    ['unknown size', () => new BatchNormalization().build([null, null]), 'should have a defined dimension'],
    ['axis out of bounds', () => new LayerNormalization({ axis: [1, 3] }).computeOutputShape([1, 2, 3]), 'Axis 3'],
    ['no axis', () => new LayerNormalization({ axis: 'x' as never }), 'expected an int or a list/tuple of ints'],
    ['groups 0', () => new GroupNormalization({ groups: 0 }), 'groups=0'],
    ['too many groups', () => new GroupNormalization({ groups: 8 }).build([1, 4]), 'cannot be more than'],
    ['groups that do not divide', () => new GroupNormalization({ groups: 3 }).build([1, 4]), 'multiple'],
    ['scale that does not fit', () => new RMSNormalization({ axis: 1 }).build([1, 2, 3]), 'does not broadcast'],
    ['mean alone', () => new Normalization({ mean: 1 }), 'both `mean` and `variance` must be set'],
    ['other shapes', () => new Normalization({ mean: [1], variance: 1 }), 'must have the same shape'],
    ['ranks', () => new Normalization({ mean: [[1]], variance: [[1]] }), 'rank of `mean`'],
    [
      'ragged',
      () => new Normalization({ mean: [[1], [1, 2]], variance: 1 }),
      'nested lists of numbers of equal length',
    ],
    [
      'mean that does not fit',
      () => new Normalization({ mean: [1, 2], variance: [1, 2] }).build([1, 3]),
      'must broadcast',
    ],
    ['adapting twice over', () => new Normalization({ mean: 1, variance: 1 }).adapt([]), 'cannot be adapted'],
    ['no batches', () => new Normalization().adapt([]), 'Expected at least one batch'],
    ['renorm', () => new BatchNormalization({ renorm: true, renormClipping: { rmax: 1, rmin: 2 } }), 'rmax should be'],
    ['renorm keys', () => new BatchNormalization({ renorm: true, renormClipping: { r: 1 } }), 'invalid keys'],
    ['no layer', () => new SpectralNormalization({ layer: 3 as never }), 'must be a layer'],
    [
      'no kernel',
      () => new SpectralNormalization({ layer: tf.layers.flatten() }).build([1, 2]),
      "no attribute 'kernel'",
    ],
  ];
  for (const [title, cause, words] of failures) it(`refuses: ${title}`, () => expect(cause).to.throw(words));

  it('refuses inputs of another rank or size than it was built for', () => {
    const layer = build(new BatchNormalization(), [2, 3]);
    tf.tidy(() => {
      expect(() => layer.apply(tf.zeros([2, 4]))).to.throw('expected axis -1 of input shape to have value 3');
      expect(() => layer.apply(tf.zeros([2, 2, 3]))).to.throw('ndim=2, found ndim=3');
    });
    dispose(layer);
  });
});
