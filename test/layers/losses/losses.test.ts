// Keras's losses and metrics beside real Keras: values, totals, gradients and configs.

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { getLoss } from '../../../src/layers/losses/losses.js';
import { lossTable } from '../../../src/layers/losses/lossTable.js';
import { getMetric, type MetricFunction } from '../../../src/layers/losses/metrics.js';
import { reduceLoss } from '../../../src/layers/run/compileLosses.js';
import { tableBackends, useBackend } from '../../support/backends.js';
import goldens from './goldens.json' with { type: 'json' };

const SHAPE: [number, number, number] = [4, 3, 5];
const SIZE = 60;

const numbers = (seed: number, low: number, high: number) =>
  tf.tensor3d(
    Array.from({ length: SIZE }, (_, i) => low + ((high - low) * ((i * 37 + seed * 13) % 101)) / 100),
    SHAPE,
  );
const labels = () =>
  tf.tensor2d(
    Array.from({ length: 12 }, (_, i) => (i * 7) % 5),
    [4, 3],
  );

const groups = (count: number) => Array.from({ length: 12 }, (_, i) => (i * 7) % count);
const sequences = [
  [1, 2, 0, 0],
  [3, 3, 4, 0],
  [0, 0, 0, 0],
  [2, 2, 2, 1],
];
const embeddings = () => tf.reshape(numbers(3, -1, 1), [12, 5]);

const targets: Readonly<Record<string, () => tf.Tensor>> = {
  numbers: () => numbers(1, -1, 1),
  positive: () => numbers(1, 0, 2),
  probabilities: () => numbers(1, 0, 1),
  signs: () => tf.sign(tf.add(numbers(1, -1, 1), 0.005)),
  bits: () => tf.cast(tf.greater(numbers(1, 0, 1), 0.6), 'float32'),
  codes: () => tf.cast(tf.oneHot(tf.cast(labels(), 'int32') as never, 5), 'float32'),
  labels,
  sequences: () => tf.tensor2d(sequences, [4, 4]),
  groups: () => tf.tensor1d(groups(4)),
  'groups of one': () => tf.tensor2d(groups(11), [12, 1]),
};

const outputs: Readonly<Record<string, () => tf.Tensor>> = {
  numbers: () => numbers(2, -1.5, 1.5),
  positive: () => numbers(2, 0.1, 2),
  bits: () => numbers(2, 0.01, 0.99),
  logits: () => numbers(2, -3, 3),
  softmax: () => tf.softmax(numbers(2, -3, 3)),
  equal: () => numbers(1, -1, 1),
  steps: () => tf.concat([numbers(2, -3, 3), numbers(5, -3, 3), numbers(7, -2, 2)], 1),
  'equal steps': () => tf.zeros([4, 9, 5]),
  embeddings: () => {
    const x = embeddings();
    return tf.div(x, tf.sqrt(tf.sum(tf.square(x), -1, true)));
  },
  'long embeddings': embeddings,
};

/** @param scale What the differences are compared with. Default: each value. */
function expectAll(found: ArrayLike<number>, wanted: readonly number[], title: string, scale = 1): void {
  wanted.forEach((value, i) => {
    expect(found[i], `${title} ${i}`).to.be.closeTo(value, 2e-5 * Math.max(scale, Math.abs(value)));
  });
}

for (const backend of tableBackends) {
  describe(`losses of Keras, ${backend}`, () => {
    useBackend(backend);

    for (const golden of goldens.losses) {
      const { name, arguments: args, target, output, serialized } = golden;
      it(`${name} ${JSON.stringify(args)} of ${target} and ${output}`, () => {
        tf.tidy(() => {
          // The files of Keras 3.15 lose some arguments of losses, such as Huber's delta.
          const loss = getLoss(name, args);
          const [y, x] = [targets[target](), outputs[output]()];
          const values = loss(y, x);
          expect(values.size).to.equal(golden.values.length);
          expectAll(values.dataSync(), golden.values, 'value');
          const total = (x: tf.Tensor) => reduceLoss(loss, loss(y, x), null, null);
          expectAll(total(x).dataSync(), [golden.total], 'total');
          const largest = Math.max(1, ...golden.gradient.map(Math.abs)); // its sums lose digits of the others
          expectAll(tf.grad(total)(x).dataSync(), golden.gradient, 'gradient', largest);
          const { class_name, config } = loss.serialize() as unknown as typeof serialized;
          expect(class_name).to.equal(name);
          expect(config).to.deep.include(serialized.config);
        });
      });
    }

    for (const { name, target, output, serialized, result } of goldens.metrics) {
      it(`metric ${JSON.stringify(serialized.config)} of ${target}`, () => {
        tf.tidy(() => {
          const metric = getMetric(serialized) as MetricFunction;
          const x = (outputs[output] ?? targets[output])();
          const given = name === 'Accuracy' ? rolled(x) : x;
          expectAll(tf.mean(metric(targets[target](), given)).dataSync(), [result], 'result');
        });
      });
    }
  });
}

/** The last value comes first, as numpy.roll(x, 1). */
function rolled(x: tf.Tensor): tf.Tensor {
  const flat = tf.reshape(x, [x.size]);
  return tf.reshape(tf.concat([tf.slice(flat, [x.size - 1], [1]), tf.slice(flat, [0], [x.size - 1])]), x.shape);
}

describe('losses of Keras', () => {
  it('every class has a golden', () => {
    const tried = new Set(goldens.losses.map(({ name }) => name));
    expect(Object.keys(lossTable).filter((name) => !tried.has(name))).to.deep.equal([]);
  });

  it('are found by their short names', () => {
    const names = { mse: 'mean_squared_error', KLD: 'kl_divergence', bce: 'binary_crossentropy', logcosh: 'log_cosh' };
    for (const [short, name] of Object.entries(names)) expect(getLoss(short).name).to.equal(name);
  });

  it('accuracy and crossentropy are what the shapes ask for', () => {
    tf.tidy(() => {
      const [labels, codes] = [
        tf.tensor1d([0, 2]),
        tf.tensor2d([
          [1, 0, 0],
          [0, 0, 1],
        ]),
      ];
      const [three, one] = [
        tf.tensor2d([
          [0.5, 0.25, 0.25],
          [0.5, 0.25, 0.25],
        ]),
        tf.tensor2d([[0.5], [0.25]]),
      ];
      const valuesOf = (name: string, y: tf.Tensor, x: tf.Tensor) => [
        ...(getMetric(name) as MetricFunction)(y, x).dataSync(),
      ];
      const logs = (values: number[]) => values.map((value) => Math.fround(-Math.log(value)));
      const isClose = (found: number[], wanted: number[]) =>
        wanted.forEach((value, i) => {
          expect(found[i]).to.be.closeTo(value, 1e-6);
        });
      for (const name of ['crossentropy', 'ce']) {
        isClose(valuesOf(name, labels, three), logs([0.5, 0.25]));
        isClose(valuesOf(name, codes, three), logs([0.5, 0.25]));
        isClose(valuesOf(name, tf.tensor2d([[1], [0]]), one), logs([0.5, 0.75]));
      }
      expect(valuesOf('acc', labels, three)).to.deep.equal([1, 0]);
      expect(valuesOf('accuracy', codes, three)).to.deep.equal([1, 0]);
    });
  });

  it('a metric that is a function of Python is found by its name', () => {
    const written = { class_name: 'function', config: 'categorical_accuracy', registered_name: 'function' };
    expect((getMetric({ module: 'builtins', ...written }) as MetricFunction).name).to.equal('categorical_accuracy');
  });

  it('CTC refuses targets and predictions of other ranks', () => {
    tf.tidy(() => {
      const ctc = getLoss('ctc');
      expect(() => ctc(tf.zeros([2]), tf.zeros([2, 3, 4]))).to.throw(/`y_true` is expected .*y_true.shape=\(2,\)/);
      expect(() => ctc(tf.zeros([2, 3]), tf.zeros([2, 4]))).to.throw(/`y_pred` is expected .*y_pred.shape=\(2, 4\)/);
    });
  });

  it('refuses unknown ones and arguments that are wrong', () => {
    expect(() => getLoss('nonsense')).to.throw(/Could not interpret loss identifier: 'nonsense'/);
    expect(() => getMetric('nonsense')).to.throw(/Could not interpret metric identifier: 'nonsense'/);
    expect(() => getLoss('Huber', { delta: 'a' })).to.throw(/`delta` must be a number. Received: delta='a'/);
    expect(() => getLoss('Huber', { reduction: 'some' })).to.throw(/`reduction` must be one of/);
  });
});
