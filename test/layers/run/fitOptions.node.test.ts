// Options of fit(), compile() and trainOnBatch() beside real Keras: how weights are laid out, where a validation begins, what
// a step sums; and what they refuse. The values are in goldens.json, which goldens.py writes.

import { readFile } from 'node:fs/promises';
import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { loadKerasModel } from '../../../src/keras/loadKerasModel.js';
import { saveKerasModel } from '../../../src/keras/save/saveKerasModel.js';
import { dense } from '../../../src/layers/core/public.js';
import { getLoss } from '../../../src/layers/losses/losses.js';
import { getMetric } from '../../../src/layers/losses/metrics.js';
import { SGD } from '../../../src/layers/optimizers/gradientDescent.js';
import type { KerasCompileArgs } from '../../../src/layers/run/compileLosses.js';
import type { FitBatch, KerasFitArgs } from '../../../src/layers/run/fit/fitArgs.js';
import { type KerasModel, model, sequential } from '../../../src/layers/run/models.js';
import { useBackend } from '../../support/backends.js';
import goldens from './goldens.json' with { type: 'json' };

type Values = Readonly<Record<string, number | readonly number[]>>;
interface Golden {
  readonly history: Readonly<Record<string, readonly (number | readonly number[])[]>>;
  readonly batches: readonly Values[];
}
type Data = Readonly<Record<keyof typeof goldens.data, tf.Tensor>>;

const numbers = (value: unknown) => [value].flat(3) as number[];

function closeTo(found: unknown, wanted: unknown, title: string): void {
  const [a, b] = [numbers(found), numbers(wanted)];
  expect(a.length, title).to.equal(b.length);
  b.forEach((value, i) => {
    expect(a[i], title).to.be.closeTo(value, 2e-5);
  });
}

function allCloseTo(found: object, wanted: object, title: string): void {
  expect(Object.keys(found).sort(), title).to.deep.equal(Object.keys(wanted).sort());
  for (const [key, value] of Object.entries(wanted)) closeTo((found as Values)[key], value, `${title} ${key}`);
}

const columnOf = (x: tf.Tensor) => tf.expandDims(x, -1);

describe('options of fit() beside Keras', () => {
  useBackend('convnet-cpu');

  const load = async (name: string) => loadKerasModel(await readFile(`test/fixtures/training/${name}.keras`));
  const readData = () =>
    Object.fromEntries(
      Object.entries(goldens.data).map(([name, { shape, values }]) => [name, tf.tensor(values, shape)]),
    ) as Data;
  const anew = (trained: KerasModel, args: Partial<KerasCompileArgs> = {}) =>
    trained.compile({
      optimizer: new SGD({ learningRate: 0.1 }),
      loss: getLoss('binary_crossentropy') as never,
      weightedMetrics: [getMetric('accuracy') as never],
      ...args,
    });

  async function compare(
    name: keyof typeof goldens,
    file: string,
    ask: (t: Data, trained: KerasModel) => KerasFitArgs & { readonly y?: tf.Tensor | tf.Tensor[] },
  ): Promise<void> {
    const [trained, t] = [await load(file), readData()];
    const batches: object[] = [];
    const onBatchEnd = (_: number, { batch, size, ...logs }: tf.Logs = {}) => void batches.push(logs);
    const { y = t.y, ...given } = ask(t, trained);
    const args = { batchSize: 4, shuffle: false, verbose: 0, callbacks: { onBatchEnd }, ...given };
    const { history } = await trained.fit(t.x, y, args);
    const wanted = goldens[name] as unknown as Golden;
    allCloseTo(history, wanted.history, name);
    expect(batches.length).to.equal(wanted.batches.length);
    batches.forEach((logs, i) => {
      allCloseTo(logs, wanted.batches[i], `${name}, batch ${i},`);
    });
    for (const made of [given.sampleWeight, given.validationData].flat()) tf.dispose(made as tf.Tensor);
    tf.dispose([t as never, y]);
    trained.dispose();
  }

  it('a column of weights weighs examples as a vector does', () =>
    compare('column', 'one_head', ({ w, vx, vy, vw }) => ({
      sampleWeight: columnOf(w),
      validationData: [vx, vy, columnOf(vw)],
    })));

  it('columns of weights for two outputs', () =>
    compare('columns', 'two_heads', ({ y, codes, w }) => ({
      y: [y, codes],
      sampleWeight: [columnOf(w), tf.tidy(() => columnOf(tf.reverse(w)))],
    })));

  it('a validation of some steps begins with the first batch in each epoch', () =>
    compare('validation_steps', 'one_head', ({ vx, vy }) => ({
      epochs: 2,
      validationData: [vx, vy],
      validationBatchSize: 2,
      validationSteps: 2,
    })));

  it('batches of a generator for the validation begin anew too', async () => {
    const [trained, t] = [await load('one_head'), readData()];
    const cut = (x: tf.Tensor, at: number) => tf.slice(x, at, 2);
    const validationData = function* (): Generator<FitBatch> {
      for (const at of [0, 2, 4]) yield [cut(t.vx, at), cut(t.vy, at)];
    };
    const args = { batchSize: 4, shuffle: false, verbose: 0, epochs: 2, validationData, validationSteps: 2 };
    const { history } = await trained.fit(t.x, t.y, args);
    allCloseTo(history, goldens.validation_steps.history, 'generator');
    tf.dispose(t as never);
    trained.dispose();
  });

  it('targets that are nearly a class have its weight', () =>
    compare('rounded', 'one_head', ({ y }, trained) => {
      anew(trained);
      return { y: tf.sub(y, 0.0004), classWeight: { 0: 0.5, 1: 3 } };
    }));

  it('a number weighs the loss of the only output', () =>
    compare('loss_weight', 'one_head', (_, trained) => {
      anew(trained, { lossWeights: 0.3 });
      return {};
    }));

  it('without a reduction a step sums what the log averages', () =>
    compare('not_reduced', 'two_heads', ({ y, codes, w }, trained) => {
      const losses = ['BinaryCrossentropy', 'CategoricalCrossentropy'].map((name) =>
        getLoss(name, { reduction: null }),
      );
      trained.compile({
        optimizer: new SGD({ learningRate: 0.1 }),
        loss: { a: losses[0] as never, b: losses[1] as never },
      });
      return { y: [y, codes], sampleWeight: [w, tf.reverse(w)] };
    }));

  for (const [name, ask] of [
    ['on_batch_weights', ({ w }: Data) => ({ sampleWeight: w })],
    ['on_batch_classes', () => ({ classWeight: { 0: 0.5, 1: 3 } })],
  ] as const) {
    it(`trainOnBatch with weights: ${name}`, async () => {
      const [trained, t] = [await load('one_head'), readData()];
      anew(trained);
      const found = [await trained.trainOnBatch(t.x, t.y, ask(t)), await trained.trainOnBatch(t.x, t.y)];
      closeTo(found, goldens[name].values, name);
      tf.dispose(t as never);
      trained.dispose();
    });
  }

  it('`iterations` counts updates, as in Keras, and what has not yet made one is saved', async () => {
    const one = sequential({ layers: [dense({ units: 1, inputShape: [2] })] });
    const optimizer = new SGD({ gradientAccumulationSteps: 3 });
    one.compile({ optimizer, loss: 'meanSquaredError' });
    const [x, y] = [tf.ones([2, 2]), tf.ones([2, 1])];
    const counts: number[] = [];
    for (let step = 0; step < 7; step++) {
      await one.trainOnBatch(x, y);
      counts.push(optimizer.iterations);
      if (step !== 1) continue;
      const read = await loadKerasModel(await saveKerasModel(one));
      await read.trainOnBatch(x, y);
      expect((read.optimizer as SGD).iterations).to.equal(1);
      (read.optimizer as SGD).dispose();
      read.dispose();
    }
    expect(counts).to.deep.equal([0, 0, 1, 1, 1, 2, 2]);
    optimizer.dispose();
    one.dispose();
    tf.dispose([x, y]);
  });

  it('refuses what has no place, with its value', async () => {
    const one = sequential({ layers: [dense({ units: 1, inputShape: [2] })] });
    const [x, y, none] = [tf.ones([4, 2]), tf.ones([4, 1]), tf.ones([0, 2])];
    const messageOf = (run: Promise<unknown>) => run.then(() => 'nothing').catch(({ message }: Error) => message);
    expect(await messageOf(one.trainOnBatch(x, y))).to.match(/needs to be compiled/);
    one.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
    const refused = async (args: object, rule: RegExp) =>
      expect(await messageOf(one.fit(x, y, { verbose: 0, ...args }))).to.match(rule);
    await refused({ validationFreq: 0 }, /validationFreq must be a positive integer. Received: validationFreq=0/);
    await refused({ validationFreq: [1, 2.5] }, /Received: validationFreq=2.5/);
    await refused({ validationSplit: 0.5, validationBatchSize: -1 }, /Received: validationBatchSize=-1/);
    const batches = (): FitBatch[] => [[x.clone(), y.clone()]];
    const streams = async (args: object, rule: RegExp) =>
      expect(await messageOf(one.fitDataset(batches, { verbose: 0, ...args }))).to.match(rule);
    await streams({ sampleWeight: [1, 1, 1, 1] }, /sampleWeight is for tensors alone/);
    await streams({ validationSplit: 0.5 }, /Received: validationSplit=0.5/);
    expect(await messageOf(one.fit(batches, y, { verbose: 0 }))).to.match(/y is for tensors alone/);
    expect(await messageOf(one.fit(x, null, { verbose: 0 }))).to.match(/Received: y=None/);
    expect(await messageOf(one.fit(none, none, { verbose: 0 }))).to.match(/at least one example.*x.shape=\(0, 2\)/);
    expect(() => one.evaluate(none, none)).to.throw(/at least one example/);
    tf.dispose([x, y, none]);
    one.dispose();
  });

  it('a compilation that is refused leaves a model that is not compiled', async () => {
    const given = tf.input({ shape: [2] });
    const heads = ['a', 'b'].map((name) => dense({ units: 1, name }).apply(given) as tf.SymbolicTensor);
    const two = model({ inputs: given, outputs: heads });
    const optimizer = new SGD();
    const compile = (args: object) => two.compile({ optimizer, ...args } as unknown as KerasCompileArgs);
    const [x, y] = [tf.ones([4, 2]), tf.ones([4, 1])];
    compile({ loss: 'meanSquaredError' });
    const one = await two.fit(x, y, { verbose: 0 }).catch(({ message }: Error) => message);
    expect(one).to.match(/targets: The structure does not match.*\('a', 'b'\)/);
    for (const [loss, rule] of [
      [['meanSquaredError'], /for each of a, b, or by these names. Received: loss=a list of 1/],
      [undefined, /Received: loss=None/],
    ] as const) {
      expect(() => compile({ loss })).to.throw(rule);
      const again = await two.fit(x, [y, y], { verbose: 0 }).catch(({ message }: Error) => message);
      expect(again).to.match(/You must compile a model/);
    }
    expect(() => compile({ loss: 'meanSquaredError', lossWeights: 0.5 })).to.throw(/received lossWeights=0.5/);
    tf.dispose([x, y]);
    two.dispose();
  });
});
