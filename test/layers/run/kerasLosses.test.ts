// Crossentropies beside real Keras: which layers leave the logits of an output in their place, and the formulas of tf.keras
// that are others than those of Keras 3. logits.py has written the values with both.

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { getLoss } from '../../../src/layers/losses/losses.js';
import { SGD } from '../../../src/layers/optimizers/gradientDescent.js';
import { rulesOf } from '../../../src/layers/run/kerasRules.js';
import { SequentialModel } from '../../../src/layers/run/sequentialModel.js';
import {
  activation,
  activityRegularization,
  alphaDropout,
  dense,
  dropout,
  flatten,
  gaussianDropout,
  gaussianNoise,
  identity,
  reLU,
  reshape,
} from '../../../src/layers.js';
import { useBackend } from '../../support/backends.js';
import found from './logits.json' with { type: 'json' };

interface Case {
  readonly units?: number;
  readonly activation?: string | null;
  readonly dtype?: string;
  readonly loss?: readonly [name: string, args?: object];
  /** The layers that follow. */
  readonly after?: (nested: (...inner: tf.layers.Layer[]) => tf.layers.Layer) => tf.layers.Layer[];
}

const linear = (args: object = {}) => activation({ activation: 'linear', ...args });
const sparse = 'SparseCategoricalCrossentropy';
const cases: Readonly<Record<keyof typeof found, Case>> = {
  softmax: {},
  Dropout: { after: () => [dropout({ rate: 0.5 })] },
  Identity: { after: () => [identity()] },
  GaussianNoise: { after: () => [gaussianNoise({ stddev: 0.5 })] },
  GaussianDropout: { after: () => [gaussianDropout({ rate: 0.5 })] },
  AlphaDropout: { after: () => [alphaDropout({ rate: 0.5 })] },
  ActivityRegularization: { after: () => [activityRegularization()] },
  linear: { after: () => [linear()] },
  relu: { after: () => [reLU()] },
  Reshape: { after: () => [reshape({ targetShape: [2] })] },
  nested: { after: (nested) => [nested(gaussianNoise({ stddev: 0.5, inputShape: [2] }), linear())] },
  'nested Flatten': { after: (nested) => [nested(flatten({ inputShape: [2] }))] },
  float16: { dtype: 'float16' },
  'float16, then float32': { dtype: 'float16', after: () => [linear({ dtype: 'float32' })] },
  'binary of softmax': { loss: ['BinaryCrossentropy'] },
  'categorical of sigmoid': { activation: 'sigmoid', loss: ['CategoricalCrossentropy'] },
  'binary of numbers': { units: 1, activation: null, loss: ['BinaryCrossentropy'] },
  'binary focal': { units: 1, activation: null, loss: ['BinaryFocalCrossentropy'] },
  'binary focal of logits': {
    units: 1,
    activation: 'sigmoid',
    loss: ['BinaryFocalCrossentropy', { from_logits: true }],
  },
  'categorical focal of logits': { loss: ['CategoricalFocalCrossentropy', { from_logits: true }] },
  'ignored class': { loss: [sparse, { ignore_class: 1 }] },
  'ignored class of logits': { loss: [sparse, { ignore_class: 1, from_logits: true }] },
};

function targetsOf(name: string, units: number): tf.Tensor {
  if (units === 1 || name === sparse) return tf.tensor2d([[1], [0], [0]]);
  return tf.tensor2d([
    [0, 1],
    [1, 0],
    [1, 0],
  ]);
}

/** The loss of a test, or with `trains` that of a step of training before it changes the weights. */
async function lossOf(one: Case, version: string, trains = false): Promise<number> {
  const { units = 2, activation: name = 'softmax', dtype, after } = one;
  const [loss, args = {}] = one.loss ?? [sparse];
  const rules = rulesOf(version);
  const nested = (...inner: tf.layers.Layer[]) => new SequentialModel({ layers: inner }, rules) as never;
  const first = dense({ units, useBias: false, activation: name as 'softmax', dtype, inputShape: [1] });
  const model = new SequentialModel({ layers: [first, ...(after?.(nested) ?? [])] }, rules) as unknown as tf.Sequential;
  const [x, y] = [tf.tensor2d([[1], [2], [-1]]), targetsOf(loss, units)];
  const kernel = units === 1 ? [[3]] : [[30, -30]];
  const weights = [tf.mul(kernel, name === 'sigmoid' ? 20 : 1)];
  model.setWeights(weights);
  model.compile({ optimizer: new SGD(), loss: getLoss(loss, args) as never });
  const found = trains
    ? await model.trainOnBatch(x, y)
    : tf.tidy(() => (model.evaluate(x, y) as tf.Scalar).dataSync()[0]);
  const [read] = [found].flat();
  tf.dispose([x, y, ...weights]);
  model.optimizer.dispose();
  model.dispose();
  return read;
}

describe('crossentropies beside real Keras', () => {
  useBackend('convnet-cpu');

  for (const [name, one] of Object.entries(cases)) {
    const { keras3, tfkeras } = found[name as keyof typeof found];
    it(`${name}: ${keras3} in Keras 3.15, ${tfkeras} in tf.keras 2.15`, async () => {
      expect(await lossOf(one, '3.15.1')).to.be.closeTo(keras3, 1e-4 * Math.max(1, keras3));
      expect(await lossOf(one, '2.15.0')).to.be.closeTo(tfkeras, 1e-4 * Math.max(1, tfkeras));
    });
  }

  it('GaussianNoise(0) in a step: tf.keras adds noise of no size, and loses the logits', async () => {
    const one = { after: () => [gaussianNoise({ stddev: 0 })] };
    expect(await lossOf(one, '3.15.1', true)).to.be.closeTo(found.softmax.keras3, 1e-3);
    expect(await lossOf(one, '2.15.0', true)).to.be.closeTo(found.relu.tfkeras, 1e-3); // what a lost logit gives
  });
});
