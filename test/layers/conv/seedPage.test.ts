// Each line of Keras's page of Conv2D and of its base class, by its name there, against real Keras (seedPage.py).
// Sources: https://keras.io/api/layers/convolution_layers/convolution2d/, https://keras.io/api/layers/base_layer/

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { Conv2D, Convolution2D, conv2d } from '../../../src/layers.js';
import { shareFor, tableBackends, useBackend } from '../../support/backends.js';
import { expectNear, type Golden, inputOf, layerOf, titleOf } from '../../support/layers/testConvGoldens.js';
import seedPage from './seedPage.json' with { type: 'json' };

interface Case extends Golden {
  /** The values before they are set; null for random ones. */
  readonly initial: readonly (number[] | null)[];
  readonly losses: readonly number[];
  /** The values of the weights after their constraints; null for weights without one. */
  readonly constrained: readonly (number[] | null)[];
}

const cases = seedPage.cases as unknown as Readonly<Record<string, readonly Case[]>>;
const refused = seedPage.refused as unknown as Readonly<Record<string, readonly (readonly [object, string])[]>>;

type Args = ConstructorParameters<typeof Conv2D>[0];

function makeConv(args: object): Conv2D {
  return new Conv2D(args as Args);
}

for (const backend of tableBackends) {
  describe(`the page of Conv2D, arguments, ${backend}`, () => {
    useBackend(backend);
    for (const [name, rows] of Object.entries(cases)) {
      for (const row of shareFor(backend, rows, 2)) it(`${name}: ${titleOf(row)}`, () => testCase(row));
    }
  });
}

function testCase(row: Case): void {
  const layer = layerOf(row, [Conv2D] as never);
  const { name: _, ...config } = layer.getKerasConfig();
  expect(config).to.deep.equal(row.config);
  expect(layer.computeOutputShape([null, ...row.inputShape.slice(1)])).to.deep.equal(row.symbolicShape);
  tf.tidy(() => {
    const y = layer.apply(inputOf(row), { training: true }) as tf.Tensor;
    expect(y.shape).to.deep.equal(row.outputShape);
    expectNear(y, row.output, 'output', 2);
    const losses = layer.calculateLosses();
    expect(losses.length).to.equal(row.losses.length);
    losses.forEach((loss, i) => {
      expectNear(loss, [row.losses[i]], 'loss', 10);
    });
    row.constrained.forEach((values, i) => {
      if (!values) return;
      const variable = layer.weights[i].read() as tf.Variable;
      variable.assign(tf.clone(variable)); // as an optimizer does
      expectNear(variable, values, 'constrained', 10);
    });
  });
  tf.dispose(layer.weights.map((weight) => weight.read()));
  testInitial(row);
}

function testInitial({ args, inputShape, initial }: Case): void {
  const layer = makeConv(args);
  layer.build(inputShape);
  initial.forEach((values, i) => {
    if (values) expectNear(layer.weights[i].read(), values, 'initial');
  });
  tf.dispose(layer.weights.map((weight) => weight.read()));
}

/** Some messages here name the layer, where Keras's do not. */
function withoutLayer(f: () => void): void {
  try {
    f();
  } catch (error) {
    if (error instanceof Error) error.message = error.message.replace(' of layer Conv2D', '');
    throw error;
  }
}

function shapeAfter(layer: Conv2D, ...shape: number[]): tf.Shape {
  const y = layer.apply(tf.input({ shape })) as tf.SymbolicTensor;
  tf.dispose(layer.weights.map((weight) => weight.read()));
  return y.shape;
}

describe('the page of Conv2D', () => {
  useBackend('cpu');

  for (const [name, rows] of Object.entries(refused)) {
    for (const [args, message] of rows) {
      it(`${name}: raises ValueError for ${JSON.stringify(args)}`, () => {
        const [phrase] = message.split(/[.:] ?Received|\. Expected|: nothing| \{/); // what a search would look for
        expect(() => withoutLayer(() => makeConv(args)))
          .to.throw(phrase)
          .with.property('name', 'ValueError');
      });
    }
  }

  it('input shape, output shape, returns: of rank 4, in both data formats', () => {
    expect(shapeAfter(conv2d({ filters: 5, kernelSize: 3 }), 8, 9, 3)).to.deep.equal([null, 6, 7, 5]);
    const first = conv2d({ filters: 5, kernelSize: 3, dataFormat: 'channels_first' });
    expect(shapeAfter(first, 3, 8, 9)).to.deep.equal([null, 5, 6, 7]);
    expect(() => shapeAfter(conv2d({ filters: 5, kernelSize: 3 }), 8, 3)).to.throw('expected min_ndim=4, found ndim=3');
  });

  it('raises ValueError: channels that the groups do not divide', () => {
    expect(() => shapeAfter(conv2d({ filters: 4, kernelSize: 1, groups: 2 }), 4, 4, 3)).to.throw(
      'The number of input channels must be evenly divisible by the number of groups. Received groups=2',
    );
  });

  it('the example: (4, 10, 10, 128) with 32 filters of 3 gives (4, 8, 8, 32)', () => {
    const layer = conv2d({ filters: 32, kernelSize: 3, activation: 'relu' });
    tf.tidy(() => {
      const y = layer.apply(tf.randomUniform([4, 10, 10, 128])) as tf.Tensor;
      expect(y.shape).to.deep.equal([4, 8, 8, 32]);
      expect(tf.min(y).dataSync()[0]).to.be.at.least(0);
    });
    tf.dispose(layer.weights.map((weight) => weight.read()));
  });

  it('the alias Convolution2D', () => {
    expect(Convolution2D).to.equal(Conv2D);
  });
});

describe('the page of Conv2D: members of the base class', () => {
  useBackend('cpu');

  /** A layer that was called twice, with both calls' tensors. */
  function calledTwice() {
    const layer = conv2d({ filters: 2, kernelSize: 3, name: 'twice' });
    const inputs = [tf.input({ shape: [8, 8, 3] }), tf.input({ shape: [9, 9, 3] })];
    const outputs = inputs.map((x) => layer.apply(x) as tf.SymbolicTensor);
    return { layer, inputs, outputs, dispose: () => tf.dispose(layer.weights.map((weight) => weight.read())) };
  }

  it('input and output are those of the first call', () => {
    const { layer, inputs, outputs, dispose } = calledTwice();
    expect(layer.input).to.equal(inputs[0]);
    expect(layer.output).to.equal(outputs[0]);
    dispose();
  });

  it('input and output before a call: AttributeError', () => {
    const layer = conv2d({ filters: 2, kernelSize: 3, name: 'never' });
    for (const end of ['input', 'output'] as const) {
      expect(() => layer[end])
        .to.throw(`The layer never has never been called and thus has no defined ${end}.`)
        .with.property('name', 'AttributeError');
    }
  });

  it('symbolicCall gives shape and dtype, builds nothing and is no call', () => {
    const layer = conv2d({ filters: 2, kernelSize: 3 });
    const y = layer.symbolicCall(tf.input({ shape: [8, 8, 3] })) as tf.SymbolicTensor;
    expect([y.shape, y.dtype]).to.deep.equal([[null, 6, 6, 2], 'float32']);
    expect(layer.built).to.equal(false);
    expect(() => layer.input).to.throw('has never been called');
    expect(() => layer.symbolicCall(tf.input({ shape: [2, 2, 3] }))).to.throw('zero or negative');
  });

  it('name, dtype, variable_dtype, compute_dtype, input_spec, count_params', () => {
    const { layer, dispose } = calledTwice();
    expect([layer.name, layer.dtype, layer.variableDtype, layer.computeDtype]).to.deep.equal([
      'twice',
      'float32',
      'float32',
      'float32',
    ]);
    expect(layer.inputSpec.map(({ minNDim, axes }) => [minNDim, axes])).to.deep.equal([[4, { [-1]: 3 }]]);
    expect(layer.countParams()).to.equal(56);
    dispose();
  });

  it('weights, trainable_weights, non_trainable_weights, trainable, get_weights, set_weights', () => {
    const { layer, dispose } = calledTwice();
    const shapes = (weights: { readonly shape: tf.Shape }[]) => weights.map(({ shape }) => shape);
    expect(shapes(layer.weights)).to.deep.equal([[3, 3, 3, 2], [2]]);
    expect(shapes(layer.trainableWeights)).to.deep.equal([[3, 3, 3, 2], [2]]);
    expect(layer.nonTrainableWeights).to.deep.equal([]);
    layer.trainable = false;
    expect(layer.trainableWeights).to.deep.equal([]);
    expect(shapes(layer.nonTrainableWeights)).to.deep.equal([[3, 3, 3, 2], [2]]);
    tf.tidy(() => {
      layer.setWeights([tf.ones([3, 3, 3, 2]), tf.tensor1d([1, 2])]);
      expect([...layer.getWeights()[1].dataSync()]).to.deep.equal([1, 2]);
      expect(() => layer.setWeights([tf.ones([3, 3, 3, 2])])).to.throw('expected weights of the shapes');
    });
    dispose();
  });

  it('add_weight, add_loss, losses', () => {
    class Scaled extends Conv2D {
      static override readonly className = 'Scaled';
      override build(shape: tf.Shape): void {
        super.build(shape);
        const half = { apply: () => tf.scalar(0.5), getClassName: () => 'Half', getConfig: () => ({}) };
        this.addWeight('scale', [1], 'float32', half as never);
        this.addLoss(() => tf.mul(this.weights[2].read(), 3).asScalar());
      }
    }
    const layer = new Scaled({ filters: 2, kernelSize: 3, kernelRegularizer: 'l2', kernelInitializer: 'ones' });
    tf.tidy(() => {
      layer.apply(tf.ones([1, 3, 3, 3]));
      const losses = layer.calculateLosses().map((loss) => loss.dataSync()[0]);
      expect(losses[0]).to.equal(1.5);
      expect(losses[1]).to.be.closeTo(0.54, 1e-6);
    });
    expect(layer.losses.length).to.equal(1);
    tf.dispose(layer.weights.map((weight) => weight.read()));
  });

  it('get_config, from_config', () => {
    const layer = conv2d({ filters: 2, kernelSize: 3, groups: 2, activation: 'gelu', padding: 'same' });
    const again = makeConv(layer.getKerasConfig());
    expect(again.getKerasConfig()).to.deep.equal(layer.getKerasConfig());
    expect(Conv2D.fromConfig(Conv2D as never, layer.getConfig())).to.be.instanceOf(Conv2D);
  });
});
