// Behaviour of core layers that the goldens do not cover: LoRA, masks, training and saving of models, errors, odd
// inputs.

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { Activation, ThresholdedReLU } from '../../../src/layers/activation/index.js';
import { maskOf } from '../../../src/layers/base/masks.js';
import { Dense, EinsumDense, Embedding, Identity, Masking } from '../../../src/layers/core/index.js';
import { Concatenate, Multiply } from '../../../src/layers/merging/index.js';
import { onBackends } from '../../support/layers/expectClose.js';
import { expectNear, pattern } from '../../support/layers/testGoldens.js';

function free(...layers: tf.layers.Layer[]): void {
  for (const layer of layers) for (const weight of layer.weights) weight.dispose();
}

onBackends('core layers', () => {
  it('the penalty of a frozen kernel counts by the version whose rules hold, whatever the form of the file', () => {
    for (const [kerasMajor, kerasVersion, count] of [
      [3, '3.15.1', 0],
      [3, '2.15.0', 1],
      [2, '2.15.0', 1],
      [2, '3.15.1', 0],
    ] as const) {
      const layer = new Dense({ units: 2, kernelRegularizer: 'l2', trainable: false }, { kerasMajor, kerasVersion });
      layer.build([null, 3]);
      tf.tidy(() => {
        expect(layer.calculateLosses().length, `${kerasMajor} ${kerasVersion}`).to.equal(count);
      });
      free(layer);
    }
  });

  it('LoRA: nothing changes at first, the factors are trained, the merged kernel is saved', () => {
    for (const [layer, shape, ids] of [
      [new Dense({ units: 3 }), [2, 4], false],
      [new EinsumDense({ equation: 'abc,cde->abde', outputShape: [null, 2, 3], biasAxes: 'de' }), [2, 3, 4], false],
      [new Embedding({ inputDim: 5, outputDim: 3 }), [2, 4], true],
    ] as const) {
      tf.tidy(() => {
        const x = ids ? tf.tensor([0, 1, 2, 3, 4, 0, 1, 2], [2, 4], 'int32') : pattern(shape, 0);
        const before = (layer.apply(x) as tf.Tensor).dataSync() as unknown as number[];
        layer.enableLora(2);
        expect(layer.loraEnabled).to.equal(true);
        expectNear(layer.apply(x) as tf.Tensor, [...before], 'with b = 0');
        const trained = layer.trainableWeights.map(({ originalName }) => originalName.replace(/_\d+$/, ''));
        expect(trained.filter((name) => name.includes('lora_')).length).to.equal(2);
        expect(trained.filter((name) => /(kernel|embeddings)$/.test(name))).to.deep.equal([]);
        expect(layer.getKerasConfig()).to.include({ lora_rank: 2, lora_alpha: 2 });

        const [, b] = layer.variables.slice(-2);
        b.write(pattern(b.shape as number[], 1));
        const adapted = [...(layer.apply(x) as tf.Tensor).dataSync()];
        expect(adapted).to.not.deep.equal([...before]);
        const saved = layer.saveState();
        expect(saved.map((value) => value.shape)).to.deep.equal(layer.stateShapes());
        layer.loadState(saved);
        expectNear(layer.apply(x) as tf.Tensor, adapted, 'after loading the merged weight', 1e-4);
        expect(() => layer.enableLora(2)).to.throw(/lora is already enabled/);
      });
      free(layer);
    }
    const limited = new Dense({ units: 2, kernelConstraint: 'non_neg' });
    limited.build([null, 2]);
    expect(() => limited.enableLora(1)).to.throw(/Lora is incompatible with kernel constraints/);
    expect(() => new Dense({ units: 2 }).enableLora(1)).to.throw(/Cannot enable lora on a layer that isn't yet built/);
    free(limited);
  });

  it('an activation that is a layer with weights is built, saved and trained with its Dense', () => {
    const inner = new Dense({ units: 2, name: 'inner' });
    const activation = { name: 'inner', layer: inner, apply: (x: tf.Tensor) => inner.apply(x) as tf.Tensor };
    const layer = new Dense({
      units: 2,
      activation: { ...activation, serialize: () => 'inner', serializeTfjs: () => '' },
    });
    tf.dispose(tf.tidy(() => layer.apply(pattern([2, 3], 0)) as tf.Tensor));
    expect(layer.weights.length).to.equal(4);
    expect(layer.children).to.deep.equal({ activation: inner });
    free(layer);
  });

  it('empty batches', () => {
    const dense = new Dense({ units: 3 });
    const deep = new Dense({ units: 3, activation: 'relu' });
    tf.tidy(() => {
      expect((dense.apply(tf.zeros([0, 4])) as tf.Tensor).shape).to.deep.equal([0, 3]);
      expect((deep.apply(tf.zeros([0, 2, 4])) as tf.Tensor).shape).to.deep.equal([0, 2, 3]);
    });
    free(dense, deep);
  });

  it('integers are cast', () => {
    const dense = new Dense({ units: 1, kernelInitializer: 'ones' });
    tf.tidy(() => {
      const y = dense.apply(tf.tensor([1, 2, 3, 4], [2, 2], 'int32')) as tf.Tensor;
      expect([...y.dataSync()]).to.deep.equal([3, 7]);
      expect(
        (new Activation({ activation: 'relu' }).apply(tf.tensor([-1, 2], [2], 'int32')) as tf.Tensor).dtype,
      ).to.equal('float32');
    });
    free(dense);
  });

  it('NaN passes through Dense and is masked by Masking', () => {
    const dense = new Dense({ units: 1, kernelInitializer: 'ones' });
    tf.tidy(() => {
      const y = dense.apply(tf.tensor([Number.NaN, 1, 2, 3], [2, 2])) as tf.Tensor;
      expect([...y.dataSync()]).to.deep.equal([Number.NaN, 5]);
      const masked = new Masking().apply(tf.tensor([0, 0, Number.NaN, 1], [1, 2, 2])) as tf.Tensor;
      expect([...masked.dataSync()]).to.deep.equal([0, 0, Number.NaN, 1]);
    });
    free(dense);
  });

  it('ThresholdedReLU of Keras 2', () => {
    tf.tidy(() => {
      const x = tf.tensor([-1, 0.5, 1, 1.5]);
      const layer = new ThresholdedReLU({ theta: 1 });
      expect([...(layer.apply(x) as tf.Tensor).dataSync()]).to.deep.equal([0, 0, 0, 1.5]);
      expect([
        ...tf
          .grad((y) => tf.sum(layer.apply(y) as tf.Tensor))(x)
          .dataSync(),
      ]).to.deep.equal([0, 0, 0, 1]);
    });
  });

  it('masks: from Embedding and Masking on, through merges', () => {
    tf.tidy(() => {
      const embedding = new Embedding({ inputDim: 4, outputDim: 2, maskZero: true });
      const ids = tf.tensor([1, 0, 2, 3, 0, 0], [2, 3], 'int32');
      const embedded = embedding.apply(ids) as tf.Tensor;
      const mask = maskOf(embedded) as tf.Tensor;
      expect([...mask.dataSync()]).to.deep.equal([1, 0, 1, 1, 0, 0]);
      const x = tf.tensor([0, 0, 1, 0, 0, 0, 2, 2, 0, 0, 3, 3], [2, 3, 2]);
      const steps = new Masking().computeMask(x) as tf.Tensor;
      expect([...steps.dataSync()]).to.deep.equal([0, 1, 0, 1, 0, 1]);
      const both = new Concatenate().computeMask([embedded, x], [mask, steps]) as tf.Tensor;
      expect([...both.dataSync()]).to.deep.equal([1, 1, 1, 1, 0, 1]);
      const one = new Concatenate({ axis: 1 }).computeMask([x, x], [null as unknown as tf.Tensor, steps]) as tf.Tensor;
      expect([...one.dataSync()]).to.deep.equal([1, 1, 1, 0, 1, 0, 1, 1, 1, 1, 0, 1]);
      const product = new Multiply().apply([embedded, embedded]) as tf.Tensor;
      const squares = (embedded.square().dataSync() as Float32Array).map((v, i) =>
        [2, 3, 8, 9, 10, 11].includes(i) ? 0 : v,
      );
      expectNear(product, [...squares], 'masked product');
      free(embedding);
    });
  });

  it('without a tidy around the call no mask is left behind', () => {
    const embedding = new Embedding({ inputDim: 4, outputDim: 2, maskZero: true });
    const ids = tf.tensor([1, 0], [1, 2], 'int32');
    tf.dispose([embedding.apply(ids) as tf.Tensor, ids]);
    const x = tf.ones([1, 2, 2]);
    tf.dispose([new Masking().apply(x) as tf.Tensor, new Identity().apply(x) as tf.Tensor, x]);
    free(embedding);
  });

  it('a loss that goes through Masking has gradients', () => {
    const dense = new Dense({ units: 2 });
    tf.tidy(() => {
      const masking = new Masking();
      dense.build([null, 2, 2]);
      dense.built = true;
      const loss = () =>
        tf.sum(masking.apply(dense.apply(pattern([1, 2, 2], 0)) as tf.Tensor) as tf.Tensor) as tf.Scalar;
      const { grads } = tf.variableGrads(loss);
      expect(Object.keys(grads).length).to.equal(2);
    });
    free(dense);
  });

  it('a Sequential model trains', async () => {
    const others = new Set(Object.values(tf.engine().registeredVariables));
    const model = tf.sequential({
      layers: [
        new Dense({ units: 8, activation: 'tanh', inputShape: [3], kernelInitializer: tfSeed(1) }),
        new Dense({
          units: 1,
          kernelInitializer: tfSeed(2),
          activityRegularizer: { class_name: 'L2', config: { l2: 1e-4 } },
        }),
      ],
    });
    model.compile({ optimizer: tf.train.adam(0.05), loss: 'meanSquaredError' });
    const x = pattern([40, 3], 0);
    const y = tf.tidy(() => tf.sum(x, 1, true).mul(0.3));
    const { history } = await model.fit(x, y, { epochs: 30, batchSize: 40, verbose: 0 });
    expect(history.loss[29] as number).to.be.below((history.loss[0] as number) * 0.1);
    const dispose = model.dispose();
    expect(dispose.numDisposedVariables).to.equal(4);
    tf.dispose([x, y]);
    const made = Object.values(tf.engine().registeredVariables).filter((variable) => !others.has(variable));
    tf.dispose(made); // the optimizer's
  });
});

function tfSeed(seed: number) {
  return { class_name: 'GlorotUniform', config: { seed } };
}

describe('arguments of core layers', () => {
  it('Keras 2 and TensorFlow.js', () => {
    const old = new Embedding({ input_dim: 4, output_dim: 2, input_length: 5, batch_input_shape: [null, 5] } as never);
    expect(old.batchInputShape).to.deep.equal([null, 5]);
    expect(new Embedding({ inputDim: 4, outputDim: 2, inputLength: 3 }).batchInputShape).to.deep.equal([null, 3]);
    const dense = new Dense({
      units: 2,
      kernel_initializer: { class_name: 'GlorotUniform', config: { seed: null } },
    } as never);
    expect(dense.getKerasConfig().kernel_initializer).to.deep.equal({
      module: 'keras.initializers',
      class_name: 'GlorotUniform',
      config: { seed: null, input_axes: null, output_axes: null },
      registered_name: null,
    });
    expect(new Dense({ units: 2, activation: 'hardSigmoid' }, { kerasMajor: 2 }).config.activation.keras2).to.equal(
      true,
    );
    const unknown: string[] = [];
    new Dense({ units: 2, shape_of_things: 1 } as never, { onUnknownKeys: (_, keys) => unknown.push(...keys) });
    expect(unknown).to.deep.equal(['shape_of_things']);
  });

  it('errors under the conditions of Keras', () => {
    const cases: readonly [() => unknown, RegExp][] = [
      [() => new Dense({ units: 0 }), /`units`.*positive integer.*Received: units=0/],
      [() => new Dense({ units: 2.5 }), /units=2.5/],
      [() => new Dense({} as never), /units/],
      [
        () => new Dense({ units: 2, activation: 'nonsense' }),
        /Could not interpret activation function identifier.*nonsense/,
      ],
      [() => new Dense({ units: 2, wings: 3 } as never), /Unrecognized keyword arguments passed to Dense.*wings/],
      [() => new Dense({ units: 2, quantizationConfig: 3 }), /`quantization_config`.*QuantizationConfig.*Received/],
      [() => new Dense({ units: 2 }).build([null, null]), /last dimension of the inputs to Dense .* should be defined/],
      [() => new Dense({ units: 2 }).apply(tf.input({ batchShape: [2] })), /expected min_ndim=2, found ndim=1/],
      [() => new Dense({ units: 2 }).kernel, /You must build the layer/],
      [() => new Embedding({ inputDim: 0, outputDim: 2 }), /`input_dim`.*positive integer.*input_dim=0/],
      [() => new EinsumDense({ equation: 'abc', outputShape: 3 }).build([2, 3]), /Invalid einsum equation 'abc'/],
      [
        () => new EinsumDense({ equation: 'ab,bc->ac', outputShape: 3, biasAxes: 'x' }).build([2, 3]),
        /Bias dimension 'x' was requested, but is not part of the output spec 'ac'/,
      ],
      [
        () => new EinsumDense({ equation: 'ab,cd->ac', outputShape: 3 }).build([2, 3]),
        /Weight dimension 'd' did not have a match/,
      ],
      [
        () => new EinsumDense({ equation: 'abc,cd->abd', outputShape: [9, 4] }).build([2, 3, 4]),
        /Input shape and output shape do not match at shared dimension 'b'. Input shape is 3, and output shape is 9/,
      ],
      [
        () => new EinsumDense({ equation: 'ab,bc->ad', outputShape: 3 }).build([2, 3]),
        /Dimension 'd' was specified in the output 'ad' but has no corresponding dim/,
      ],
      [() => new EinsumDense({ equation: 'abb,bc->ac', outputShape: 3 }).build([2, 3, 3]), /label twice/],
      [() => new Activation({} as never), /missing required argument `activation`/],
    ];
    for (const [run, message] of cases) expect(run, String(run)).to.throw(message);
  });
});
