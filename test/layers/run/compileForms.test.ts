// What compile() takes for optimizers, losses and metrics, what it says of the rest, and misspelled options.

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { Adam, loadKerasModel, loadKerasWeights, saveKerasModel } from '../../../src/keras.js';
import { Metric } from '../../../src/layers/metrics/metric.js';
import * as layers from '../../../src/layers.js';
import { useBackend } from '../../support/backends.js';
import { rejection } from '../../support/rejection.js';

const difference = (a: tf.Tensor, b: tf.Tensor) => tf.mean(tf.sub(b, a), -1);

class OwnMetric extends Metric {
  static override readonly className = 'OwnMetric';
  constructor() {
    super({});
  }
  protected count(yTrue: tf.Tensor, yPred: tf.Tensor) {
    return { sum: tf.sum(difference(yTrue, yPred)) };
  }
  protected compute(total: (name: string) => tf.Tensor) {
    return total('sum');
  }
}
class Counter {
  updateState() {}
  result() {}
  resetState() {}
}
class OwnLoss {
  readonly factor = 2;
  call(yTrue: tf.Tensor, yPred: tf.Tensor) {
    return tf.mul(difference(yTrue, yPred), this.factor);
  }
}

const ofClass = (name: string) => new RegExp(`new ${name}\\(\\).*not the class.*the class ${name}`);

/** What compile() is given beside an optimizer and a loss: the loss of a step, or what it says. */
const table: readonly (readonly [what: string, args: object, result: number | RegExp])[] = [
  ['a loss as a function', { loss: difference }, 3],
  ['a loss as an instance with `call`', { loss: new OwnLoss() }, 6],
  ['a loss as an instance, by output', { loss: { dense: new OwnLoss() } }, 6],
  ['a serialized loss', { loss: { class_name: 'MeanAbsoluteError', config: {} } }, 3],
  ['a loss as a class', { loss: OwnLoss }, ofClass('OwnLoss')],
  ['a list of losses with a class', { loss: [OwnLoss] }, ofClass('OwnLoss')],
  ['a loss that is a number', { loss: 3 }, /loss must be a name, a function.*Received: 3/],
  ['a metric as an instance', { metrics: [new OwnMetric()] }, 9],
  ['a metric as a function', { metrics: [difference] }, 9],
  ['a metric as a class', { metrics: [OwnMetric] }, ofClass('OwnMetric')],
  ['a metric as the only class', { metrics: OwnMetric }, ofClass('OwnMetric')],
  ['a weighted metric as a class', { weightedMetrics: [OwnMetric] }, ofClass('OwnMetric')],
  ['a metric that does not extend Metric', { metrics: [new Counter()] }, /extend Metric.*an instance of Counter/],
  ['a metric that is an empty object', { metrics: [{}] }, /extend Metric.*an object/],
  ['a metric that is a number', { metrics: [3] }, /metrics must be names.*Received: 3/],
  ['an optimizer as a class', { optimizer: Adam }, ofClass('Adam')],
  ['an optimizer that only Keras has, by its name', { optimizer: 'adamw' }, /one of Adagrad.*getOptimizer.*'adamw'/],
  ['an optimizer that is null', { optimizer: null }, /optimizer must be a name.*None/],
  ['an optimizer that is a number', { optimizer: 0.1 }, /optimizer must be a name.*0.1/],
  ['metric: for metrics:', { metric: ['mse'] }, /compile: unknown option. Did you mean metrics\?/],
  ['loss_weights: for lossWeights:', { loss_weights: 1 }, /Did you mean lossWeights\?/],
  ['arguments of Keras without effect', { stepsPerExecution: 2, jitCompile: false, runEagerly: null }, 9],
];

describe('forms of what compile() takes', () => {
  useBackend('cpu');

  const variables = () => Object.values(tf.engine().registeredVariables);
  const make = () => layers.sequential({ layers: [layers.dense({ units: 2, inputShape: [4], name: 'dense' })] });

  for (const [what, args, result] of table) {
    it(what, async () => {
      const others = new Set(variables());
      const model = make();
      const compile = () => model.compile({ optimizer: 'sgd', loss: 'meanSquaredError', ...args } as never);
      if (result instanceof RegExp) expect(compile).to.throw(result);
      else {
        compile();
        const values = [tf.ones([4, 2]), tf.zeros([2])];
        const [x, y] = [tf.ones([4, 4]), tf.ones([4, 2])];
        model.setWeights(values);
        const { history } = await model.fit(x, y, { verbose: 0 });
        expect(history.loss[0]).to.be.closeTo(result, 1e-5);
        tf.dispose([x, y, ...values]);
      }
      model.dispose();
      for (const variable of variables()) if (!others.has(variable)) variable.dispose(); // of optimizers and metrics
    });
  }

  it('fit refuses values that are none of their kind, and predict inputs of different lengths', async () => {
    const [a, b] = [4, 4].map((size) => layers.input({ shape: [size] }) as tf.SymbolicTensor);
    const model = layers.model({ inputs: [a, b], outputs: layers.add().apply([a, b]) as tf.SymbolicTensor });
    model.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
    const [x, y, one] = [tf.ones([4, 4]), tf.ones([4, 4]), tf.ones([1, 4])];
    const wrong: readonly (readonly [args: unknown, message: RegExp])[] = [
      [3, /options must be an object; received 3/],
      [{ initialEpoch: '1' }, /initialEpoch must be an integer of 0 or more.*'1'/],
      [{ validationSplit: '0.5' }, /validationSplit must be a number.*'0.5'/],
      [{ shuffle: 'batch' }, /shuffle must be true or false.*'batch'/],
      [{ verbose: 'auto' }, /verbose must be a number/],
      [{ yieldEvery: 'step' }, /yieldEvery must be a number or one of auto/],
      [{ signal: true }, /signal must be an AbortSignal/],
      [{ validationData: x }, /validationData must be \[x, y\]/],
      [{ callbacks: 3 }, /callbacks must be callbacks.*3/],
      [{ callbacks: { onEpochEndd() {} } }, /Did you mean onEpochEnd\?/],
    ];
    for (const [args, message] of wrong) {
      expect(String(await rejection(model.fit([x, x], y, args as never)))).to.match(message);
    }
    const ends: number[] = [];
    const counter = { state: 3, onEpochEnd: (epoch: number) => void ends.push(epoch) };
    await model.fit([x, x], y, { callbacks: counter, epochs: 2, verbose: 0 } as never);
    expect(ends).to.deep.equal([0, 1]);
    expect(() => model.predict([x, one])).to.throw(/same number of rows.*\(4, 4\), \(1, 4\)/);
    tf.dispose(model.predictOnBatch([x, one])); // as Keras
    tf.dispose([x, y, one]);
    model.optimizer.dispose();
    model.dispose();
  });

  it('methods refuse options that they do not have', async () => {
    const model = make();
    model.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
    const [x, y] = [tf.ones([4, 4]), tf.ones([4, 2])];
    const calls: Readonly<Record<string, (options: never) => unknown>> = {
      fit: (options) => model.fit(x, y, options),
      evaluate: (options) => model.evaluate(x, y, options),
      predict: (options) => model.predict(x, options),
      trainOnBatch: (options) => model.trainOnBatch(x, y, options),
      loadKerasModel: (options) => loadKerasModel(new Uint8Array(9), options),
      loadKerasWeights: (options) => loadKerasWeights(model, new Uint8Array(9), options),
      saveKerasModel: (options) => saveKerasModel(model, options),
    };
    for (const [name, call] of Object.entries(calls)) {
      const said = await Promise.resolve()
        .then(() => call({ batch_sizes: 3 } as never))
        .then(
          () => 'nothing',
          ({ message }) => message,
        );
      expect(said).to.match(new RegExp(`^${name}: unknown option.*received batch_sizes=3`));
    }
    const near = await model.fit(x, y, { batch_size: 3 } as never).catch(({ message }) => message);
    expect(near).to.match(/Did you mean batchSize\?/);
    tf.dispose([x, y]);
    model.dispose();
  });

  it('models refuse arguments and lists of tensors that they would ignore', () => {
    const inputs = layers.input({ shape: [4] });
    expect(() => layers.sequential({ layer: [] } as never)).to.throw(/sequential: unknown option. Did you mean layers/);
    expect(() => layers.model({ inputs, outputs: inputs, nam: 'x' } as never)).to.throw(/Did you mean name\?/);
    const model = make();
    tf.tidy(() => {
      const x = tf.ones([4, 4]);
      expect(() => model.apply([x, x])).to.throw(/expects 1 input\(s\), but it received 2/);
      expect((model.apply([x]) as tf.Tensor).shape).to.deep.equal([4, 2]);
    });
    model.dispose();
  });
});
