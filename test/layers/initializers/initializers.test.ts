// Keras's initializers: serialized forms of real Keras, statistics of the values, seeds, errors.

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { camelKeys, type Json, type KerasObject, toCamel } from '../../../src/core/json.js';
import { fansOf } from '../../../src/layers/initializers/fans.js';
import { getInitializer, type Initializer } from '../../../src/layers/initializers/initializers.js';
import { expectClose, type Golden, onBackends, throughTfjs } from '../../support/layers/expectClose.js';
import goldens from '../serialization/goldens.json' with { type: 'json' };

const serializedInitializers = goldens.initializers as unknown as KerasObject[];
const stfts = goldens.stft as unknown as { serialized: KerasObject; shape: number[]; value: Golden[] }[];
const titleOf = ({ class_name, config }: KerasObject) => `${class_name} ${JSON.stringify(config)}`;
const given = (identifier: unknown) => getInitializer(identifier) as Initializer;
const of = (class_name: string, config: Json = {}) => given({ class_name, config });

function valuesOf(initializer: Initializer, shape: number[]): Float32Array {
  const w = initializer.apply(shape);
  const values = w.dataSync() as Float32Array;
  w.dispose();
  return values;
}

function momentsOf(values: Float32Array) {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  const largest = values.reduce((most, value) => Math.max(most, Math.abs(value - mean)), 0);
  return { mean, stddev: Math.sqrt(variance), largest };
}

/** Kernels of [3, 3, 20, 50]: fan_in 180, fan_out 450. `limit` is the largest distance from the mean that can occur. */
const statistics: { make: Initializer; mean?: number; stddev: number; limit: number }[] = [
  { make: of('RandomNormal', { mean: 1, stddev: 2, seed: 1 }), mean: 1, stddev: 2, limit: 14 },
  { make: of('TruncatedNormal', { stddev: 2, seed: 1 }), stddev: 2 * 0.87962566, limit: 4 },
  { make: of('RandomUniform', { minval: -1, maxval: 2, seed: 1 }), mean: 0.5, stddev: 3 / Math.sqrt(12), limit: 1.5 },
  { make: of('GlorotUniform', { seed: 1 }), stddev: Math.sqrt(1 / 315), limit: Math.sqrt(3 / 315) },
  { make: of('GlorotNormal', { seed: 1 }), stddev: Math.sqrt(1 / 315), limit: (2 / 0.87962566) * Math.sqrt(1 / 315) },
  { make: of('HeUniform', { seed: 1 }), stddev: Math.sqrt(2 / 180), limit: Math.sqrt(6 / 180) },
  { make: of('HeNormal', { seed: 1 }), stddev: Math.sqrt(2 / 180), limit: (2 / 0.87962566) * Math.sqrt(2 / 180) },
  { make: of('LecunUniform', { seed: 1 }), stddev: Math.sqrt(1 / 180), limit: Math.sqrt(3 / 180) },
  { make: of('LecunNormal', { seed: 1 }), stddev: Math.sqrt(1 / 180), limit: (2 / 0.87962566) * Math.sqrt(1 / 180) },
  {
    make: of('VarianceScaling', { scale: 3, mode: 'fan_out', distribution: 'untruncated_normal', seed: 1 }),
    stddev: Math.sqrt(3 / 450),
    limit: 7 * Math.sqrt(3 / 450),
  },
  {
    make: of('GlorotUniform', { seed: 1, input_axes: [2], output_axes: [-1] }),
    stddev: Math.sqrt(1 / 35),
    limit: Math.sqrt(3 / 35),
  },
];

onBackends('initializers', () => {
  for (const { make, mean = 0, stddev, limit } of statistics) {
    it(`values of ${titleOf(make.serialize() as unknown as KerasObject)}`, () => {
      const moments = momentsOf(valuesOf(make, [3, 3, 20, 50]));
      // 9000 values: both estimates stay within four of their standard errors.
      expect(Math.abs(moments.mean - mean)).to.be.below(4 * stddev * Math.sqrt(1 / 9000));
      expect(Math.abs(moments.stddev / stddev - 1)).to.be.below(4 * Math.sqrt(1 / 9000));
      expect(moments.largest).to.be.within(
        0.98 * Math.min(limit, 3 * stddev),
        limit + Math.abs(moments.mean - mean) + 1e-6,
      );
    });
  }

  it('Orthogonal has orthonormal columns, or rows where those are fewer', () => {
    for (const shape of [
      [3, 3, 4, 8],
      [2, 3, 50],
      [7, 7],
      [5, 1],
      [1, 5],
    ]) {
      tf.tidy(() => {
        const w = of('Orthogonal', { gain: 2, seed: 3 }).apply(shape);
        expect(w.shape).to.deep.equal(shape);
        const columns = shape[shape.length - 1];
        const matrix = tf.reshape(w, [-1, columns]) as tf.Tensor2D;
        const isTall = matrix.shape[0] >= columns;
        const products = tf.matMul(matrix, matrix, isTall, !isTall);
        expectClose(products, Array.from(tf.mul(tf.eye(products.shape[0]), 4).dataSync()));
      });
    }
  });

  it('Zeros, Ones, Constant and Identity take every numeric dtype', () => {
    const first = (initializer: Initializer, dtype?: tf.DataType) => {
      const w = initializer.apply([2, 3], dtype);
      const result = [w.dtype, Array.from(w.dataSync())];
      w.dispose();
      return result;
    };
    expect(first(given('zeros'))).to.deep.equal(['float32', [0, 0, 0, 0, 0, 0]]);
    expect(first(given('ones'), 'int32')).to.deep.equal(['int32', [1, 1, 1, 1, 1, 1]]);
    expect(first(of('Constant', { value: 2 }), 'int32')).to.deep.equal(['int32', [2, 2, 2, 2, 2, 2]]);
    expect(first(of('Constant', { value: { type: 'ndarray', value: 2 } }))[1]).to.deep.equal([2, 2, 2, 2, 2, 2]);
    expect(first(of('Constant', { value: [1, 2, 3] }))[1]).to.deep.equal([1, 2, 3, 1, 2, 3]);
    const array = { class_name: '__numpy__', config: { value: [[5], [6]], dtype: 'float64' } };
    expect(first(of('Constant', { value: array }))[1]).to.deep.equal([5, 5, 5, 6, 6, 6]);
    expect(first(of('Identity', { gain: 3 }))[1]).to.deep.equal([3, 0, 0, 0, 3, 0]);
  });

  it('STFT as real Keras', () => {
    for (const { serialized, shape, value } of stfts) {
      tf.tidy(() => expectClose(given(serialized).apply(shape), value));
      expect(given(serialized).serialize()).to.deep.equal(serialized);
    }
  });

  it('a seed gives the same values again, and none gives others', () => {
    const shape = [4, 5];
    for (const name of ['glorot_uniform', 'he_normal', 'RandomNormal', 'Orthogonal']) {
      const seeded = () => given({ class_name: name, config: { seed: 42 } });
      const values = valuesOf(seeded(), shape);
      expect(valuesOf(seeded(), shape)).to.deep.equal(values);
      expect(valuesOf(of(name, { seed: 43 }), shape)).not.to.deep.equal(values);
      const free = given(name);
      expect(valuesOf(free, shape)).to.deep.equal(valuesOf(free, shape));
      expect(valuesOf(free, shape)).not.to.deep.equal(valuesOf(given(name), shape));
    }
    const seed = { module: 'keras.random', class_name: 'SeedGenerator', config: { seed: 3 }, registered_name: null };
    const [stream, same] = [of('HeNormal', { seed }), of('HeNormal', { seed })];
    const first = valuesOf(stream, shape);
    expect(valuesOf(same, shape)).to.deep.equal(first);
    expect(valuesOf(stream, shape)).not.to.deep.equal(first);
  });

  it('take arrays and tensors of the values themselves', () => {
    const tensor = tf.tensor2d([1, 2, 3, 4], [2, 2]);
    for (const values of [
      [
        [1, 2],
        [3, 4],
      ],
      tensor,
    ]) {
      const initializer = given(values);
      expect(Array.from(valuesOf(initializer, [2, 2]))).to.deep.equal([1, 2, 3, 4]);
      expect(Array.from(valuesOf(given(initializer.serialize()), [2, 2]))).to.deep.equal([1, 2, 3, 4]);
      expect(() => initializer.apply([4])).to.throw(/Expected `shape` to be \(2, 2\).*shape=\(4,\)/);
    }
    expect(Array.from(valuesOf(given(Float32Array.of(1, 2)), [2]))).to.deep.equal([1, 2]);
    expect(tensor.isDisposed).to.equal(false);
    tensor.dispose();
  });

  it('take functions, classes, and instances of tfjs-layers', () => {
    expect(
      Array.from(
        valuesOf(
          given((shape: number[]) => tf.fill(shape, 7)),
          [2],
        ),
      ),
    ).to.deep.equal([7, 7]);
    class Sevens extends tf.serialization.Serializable {
      static className = 'Sevens';
      apply(shape: number[], dtype: tf.DataType) {
        return tf.fill(shape, 7, dtype as 'float32');
      }
      getConfig() {
        return { someValue: 1 };
      }
    }
    expect(Array.from(valuesOf(given(Sevens), [2]))).to.deep.equal([7, 7]);
    const saved = { module: null, class_name: 'Sevens', config: { some_value: 1 }, registered_name: 'Custom>Sevens' };
    expect(given(new Sevens()).serialize()).to.deep.equal(saved);
    expect(getInitializer(saved, { customObjects: { 'Custom>Sevens': Sevens } })?.serialize()).to.deep.equal(saved);
    const tfjsInitializers: [{ getClassName(): string }, string, object][] = [
      [tf.initializers.heNormal({ seed: 3 }), 'VarianceScaling', { scale: 2, mode: 'fan_in', seed: 3 }],
      [tf.initializers.glorotUniform({ seed: 3 }), 'VarianceScaling', { mode: 'fan_avg', distribution: 'uniform' }],
      [tf.initializers.leCunNormal({}), 'VarianceScaling', { distribution: 'truncated_normal', seed: null }],
      [tf.initializers.zeros(), 'Zeros', {}],
      [tf.initializers.constant({ value: 3 }), 'Constant', { value: 3 }],
      [tf.initializers.randomNormal({ stddev: 2 }), 'RandomNormal', { mean: 0, stddev: 2 }],
      [tf.initializers.orthogonal({ gain: 2 }), 'Orthogonal', { gain: 2 }],
    ];
    for (const [instance, name, config] of tfjsInitializers) {
      const serialized = given(instance).serialize() as unknown as KerasObject;
      expect([serialized.module, serialized.class_name]).to.deep.equal(['keras.initializers', name]);
      expect(serialized.config).to.include(config);
    }
  });

  it('leave nothing when they throw', () => {
    expect(() => given('identity').apply([2, 2, 2])).to.throw(/can only be used for 2D matrices.*of rank 3/);
    expect(() => given('orthogonal').apply([2])).to.throw(/at least two-dimensional.*shape=\(2,\)/);
    expect(() => given('stft').apply([2, 2])).to.throw(/rank 3.*of rank 2/);
    expect(() => given('he_normal').apply([2, 2], 'int32')).to.throw(/floating point dtype.*int32/);
    expect(() => of('Constant', { value: [1, 2] }).apply([2, 3])).to.throw(/does not broadcast.*\(2,\).*\(2, 3\)/);
  });
});

describe('initializers', () => {
  for (const serialized of serializedInitializers) {
    it(`saved as real Keras: ${titleOf(serialized)}`, () => {
      expect(given(serialized).serialize()).to.deep.equal(serialized);
      const { class_name, config } = serialized;
      expect(given({ class_name, config }).serialize()).to.deep.equal(serialized);
      expect(given(throughTfjs(camelKeys(serialized as Json))).serialize(), 'through tfjs-layers').to.deep.equal(
        serialized,
      );
    });
  }

  it('fans as real Keras', () => {
    for (const { shape, input_axes, output_axes, fans } of goldens.fans) {
      const { fanIn, fanOut } = fansOf(shape, input_axes, output_axes);
      expect([fanIn, fanOut], `${shape}`).to.deep.equal(fans);
    }
  });

  it('by every spelling', () => {
    const spellings: Record<string, string[]> = {
      Zeros: ['zeros', 'zero', 'Zeros'],
      Ones: ['ones', 'one'],
      RandomNormal: ['random_normal', 'randomNormal', 'normal'],
      RandomUniform: ['uniform', 'randomUniform'],
      GlorotUniform: ['glorot_uniform', 'glorotUniform', 'GlorotUniform'],
      LecunNormal: ['lecun_normal', 'leCunNormal', 'LeCunNormal', 'lecunNormal'],
      LecunUniform: ['lecun_uniform', 'leCunUniform', 'LeCunUniform'],
      VarianceScaling: ['variance_scaling', 'varianceScaling'],
      Identity: ['identity', 'IdentityInitializer'],
      Orthogonal: ['orthogonal', 'OrthogonalInitializer'],
      STFT: ['stft', 'STFTInitializer'],
    };
    for (const [name, all] of Object.entries(spellings)) {
      for (const spelled of all) {
        for (const identifier of [spelled, { class_name: spelled, config: {} }, { className: spelled, config: {} }]) {
          expect(given(identifier).serialize()).to.include({ class_name: name });
        }
      }
      expect(given(toCamel(all[0])).serialize()).to.include({ class_name: name });
    }
    expect(getInitializer(null)).to.equal(null);
    const made = given('zeros');
    expect(getInitializer(made)).to.equal(made);
  });

  it('configs of older Keras and of TensorFlow.js', () => {
    const old = { class_name: 'GlorotUniform', config: { seed: null, dtype: 'float32' } };
    expect(given(old).serialize()).to.deep.equal(given('GlorotUniform').serialize());
    const tfjs = {
      className: 'VarianceScaling',
      config: { scale: 1, mode: 'fanAvg', distribution: 'normal', seed: 1 },
    };
    expect((given(tfjs).serialize() as unknown as KerasObject).config).to.include({
      mode: 'fan_avg',
      distribution: 'truncated_normal',
    });
  });

  it('a key from a newer Keras is reported and left out', () => {
    const { warn } = console;
    const warnings: string[] = [];
    console.warn = (text: string) => warnings.push(text);
    try {
      expect(of('Zeros', { shiny: 2 }).serialize()).to.deep.equal(given('zeros').serialize());
    } finally {
      console.warn = warn;
    }
    expect(warnings).to.deep.equal(['Zeros: unknown key ignored; received shiny=2']);
  });

  it('report what they cannot be', () => {
    const unknown = /Could not interpret initializer identifier: .*Known names: .*glorot_uniform/;
    const custom = { module: 'mine', class_name: 'Zeros', config: {}, registered_name: 'pkg>Zeros' };
    for (const bad of ['foo', 3, true, {}, { class_name: 'Foo', config: {} }, 'constructor', custom]) {
      expect(() => getInitializer(bad), JSON.stringify(bad)).to.throw(unknown);
    }
    const errors: [string, Json, RegExp][] = [
      ['VarianceScaling', { scale: 0 }, /`scale` must be positive float. Received: scale=0/],
      ['VarianceScaling', { mode: 'fan' }, /Invalid `mode` argument: 'fan'.*fan_in, fan_out, fan_avg/],
      ['VarianceScaling', { distribution: 'x' }, /Invalid `distribution` argument: 'x'/],
      ['GlorotUniform', { seed: 1.5 }, /`seed` argument should be.*seed=1.5/],
      ['GlorotUniform', { seed: 'x' }, /`seed` argument should be.*seed='x'/],
      ['GlorotUniform', { input_axes: 'x' }, /`input_axes` must be/],
      ['RandomNormal', { stddev: 'x' }, /`stddev` must be a number/],
      ['Constant', { value: 'x' }, /`value` must be a number or an array/],
      ['Constant', { value: [[1], [1, 2]] }, /`value` must be a number or an array/],
      ['STFT', { side: 'x' }, /side should be 'real' or 'imag', not 'x'/],
      ['STFT', { scaling: 'x' }, /Scaling is invalid/],
      ['Zeros', 'x', /Expected 'config' to be a dict/],
    ];
    for (const [name, config, message] of errors) expect(() => of(name, config)).to.throw(message);
    expect(() => given([[1], [1, 2]])).to.throw(/must be a number or an array/);
  });
});
