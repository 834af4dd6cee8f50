// Models whose inputs and outputs are dictionaries, lists and what nests them: how they are given, named, trained and saved.

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { flattenTree, namesOf, type Structure, structureOf } from '../../../src/core/tensorTree.js';
import { makeTfjsFiles } from '../../../src/keras/save/tfjs/tfjsFiles.js';
import { type KerasModel, loadKerasModel, saveKerasModel } from '../../../src/keras.js';
import { Dense } from '../../../src/layers/core/dense.js';
import { Add } from '../../../src/layers/merging/elementwiseMerging.js';
import { model, type TensorTree } from '../../../src/layers/run/models.js';
import { isBrowser, useBackend } from '../../support/backends.js';

type Symbols = TensorTree<tf.SymbolicTensor>;
type Pair = { boxes: tf.Tensor; scores: tf.Tensor };

let count = 0;

/** Two inputs [4], two dense layers 'zed' [2] and 'alpha' [3]. */
function layersOf(isAlone = false) {
  const suffix = `_${count++}`;
  const x = tf.input({ shape: [4], name: `structured_x${suffix}` });
  const y = tf.input({ shape: [4], name: `structured_y${suffix}` });
  const sum = new Add({}).apply([x, y]) as tf.SymbolicTensor;
  const zed = new Dense({ units: 2, name: 'zed' }).apply(sum) as tf.SymbolicTensor;
  const alpha = isAlone ? y : (new Dense({ units: 3, name: 'alpha' }).apply(y) as tf.SymbolicTensor);
  return { x, y, zed, alpha };
}

const ones = () => tf.ones([5, 4]);
const shapes = (tree: unknown): unknown => {
  if (tree instanceof tf.Tensor) return tree.shape.join('x');
  if (Array.isArray(tree)) return tree.map(shapes);
  return Object.fromEntries(Object.entries(tree as object).map(([key, value]) => [key, shapes(value)]));
};

const forms: Readonly<Record<string, (zed: tf.SymbolicTensor, alpha: tf.SymbolicTensor) => Symbols>> = {
  dictionary: (zed, alpha) => ({ scores: zed, boxes: alpha }),
  list: (zed, alpha) => [zed, alpha],
  nested: (zed, alpha) => ({ q: [zed, alpha], p: { u: alpha } }),
  'list of dictionaries': (zed, alpha) => [{ b: zed }, { a: alpha }] as Symbols[],
  'dictionary of one': (zed) => ({ k: zed }),
  'list of one': (zed) => [zed],
  'one tensor twice': (zed) => ({ a: zed, b: zed }),
};

/** What Keras 3.15.1 gives for these, and the names in its logs. */
const expected: Readonly<Record<string, { readonly shapes: unknown; readonly names: readonly string[] }>> = {
  dictionary: { shapes: { scores: '5x2', boxes: '5x3' }, names: ['boxes', 'scores'] },
  list: { shapes: ['5x2', '5x3'], names: ['zed', 'alpha'] },
  nested: { shapes: { q: ['5x2', '5x3'], p: { u: '5x3' } }, names: ['p/u', 'q/zed', 'q/alpha'] },
  'list of dictionaries': { shapes: [{ b: '5x2' }, { a: '5x3' }], names: ['0/b', '1/a'] },
  'dictionary of one': { shapes: { k: '5x2' }, names: ['k'] },
  'list of one': { shapes: '5x2', names: ['zed'] },
  'one tensor twice': { shapes: { a: '5x2', b: '5x2' }, names: ['a', 'b'] },
};

describe('outputs keep their structure', () => {
  useBackend(isBrowser ? 'convnet-webgl' : 'convnet-cpu');

  for (const [form, make] of Object.entries(forms)) {
    it(form, async () => {
      const { x, y, zed, alpha } = layersOf(/one/.test(form));
      const made = model({ inputs: [x, y], outputs: make(zed, alpha) });
      const { shapes: wanted, names } = expected[form];
      expect(made.outputNames).to.deep.equal(names);
      expectEach(made, wanted);
      const saved = ['keras', 'h5'] as const;
      for (const format of saved) {
        const again = await loadKerasModel(await saveKerasModel(made, { format }));
        expect(again.outputNames, format).to.deep.equal(names);
        expectEach(again, wanted);
        expectEqual(again, made);
        again.dispose();
      }
      const { files } = await makeTfjsFiles(made);
      const again = await loadKerasModel(files);
      expectEach(again, wanted);
      expectEqual(again, made);
      again.dispose();
      made.dispose();
    });
  }

  it('names that differ in JavaScript and Python are sorted as Python does', () => {
    const tree = { '\u{1f600}': 1, '\uffff': 2, b: 3, B: 4, '10': 5, '9': 6 };
    const isNumber = (value: unknown) => typeof value === 'number';
    expect(flattenTree<number>(tree, isNumber)).to.deep.equal([5, 6, 4, 3, 2, 1]);
    expect(namesOf(structureOf<number>(tree, isNumber), [])).to.deep.equal([
      '10',
      '9',
      'B',
      'b',
      '\uffff',
      '\u{1f600}',
    ]);
  });

  it('a key may be any word', () => {
    const keys = { ['__proto__']: 1, constructor: 2, hasOwnProperty: 3 } as unknown as TensorTree<number>;
    const structure: Structure = structureOf(keys, (value) => typeof value === 'number');
    expect(Object.keys(structure as object)).to.deep.equal(['__proto__', 'constructor', 'hasOwnProperty']);
  });
});

function expectEach(made: KerasModel, wanted: unknown): void {
  const inputs = [ones(), ones()];
  tf.tidy(() => {
    expect(shapes(made.predict(inputs)), 'predict').to.deep.equal(wanted);
    expect(shapes(made.predict(inputs, { batchSize: 2 })), 'predict in batches').to.deep.equal(wanted);
    expect(shapes(made.predictOnBatch(inputs)), 'predictOnBatch').to.deep.equal(wanted);
    expect(shapes(made.apply(inputs)), 'apply').to.deep.equal(wanted);
  });
  tf.dispose(inputs);
}

function expectEqual(a: KerasModel, b: KerasModel): void {
  tf.tidy(() => {
    const inputs = [ones(), ones()];
    const [left, right] = [a, b].map((each) =>
      flattenTree<tf.Tensor>(each.predict(inputs)).map((t) => [...t.dataSync()]),
    );
    expect(left).to.deep.equal(right);
  });
}

describe('inputs by structure, key, name or list', () => {
  useBackend(isBrowser ? 'convnet-webgl' : 'convnet-cpu');

  const sum = (made: KerasModel, x: TensorTree<tf.Tensor>) =>
    tf.tidy(() => tf.sum(made.predict(x) as tf.Tensor).dataSync()[0]);

  it('a list takes a list, or a dictionary of names of input layers', () => {
    const { x, y, zed, alpha } = layersOf();
    const made = model({ inputs: [x, y], outputs: tf.layers.concatenate().apply([zed, alpha]) as tf.SymbolicTensor });
    const [one, two] = [ones(), tf.fill([5, 4], 2)];
    const wanted = sum(made, [one, two]);
    const [first, second] = made.inputLayers.map(({ name }) => name);
    expect(sum(made, { [second]: two, [first]: one, other: two })).to.equal(wanted);
    expect(() => made.predict({ [first]: one })).to.throw(/structure does not match the expected structure/);
    made.dispose();
    tf.dispose([one, two]);
  });

  it('a dictionary takes one with these keys, in any order, and with more of them', () => {
    const { x, y, zed, alpha } = layersOf();
    const outputs = tf.layers.concatenate().apply([zed, alpha]) as tf.SymbolicTensor;
    const made = model({ inputs: { two: y, one: x }, outputs });
    const [one, two] = [ones(), tf.fill([5, 4], 2)];
    const wanted = sum(made, [one, two]); // by sorted keys
    expect(made.inputNames).to.deep.equal(['one', 'two']);
    expect(sum(made, { two, one })).to.equal(wanted);
    expect(sum(made, { one, two, three: one })).to.equal(wanted);
    const [first, second] = made.inputLayers.map(({ name }) => name);
    expect(sum(made, { [first]: one, [second]: two })).to.equal(wanted);
    expect(() => made.predict({ one })).to.throw(/expected structure.*'one'|"one"/);
    made.dispose();
    tf.dispose([one, two]);
  });

  it('what is nested takes the same nesting, and the flat list', () => {
    const { x, y, zed, alpha } = layersOf();
    const outputs = tf.layers.concatenate().apply([zed, alpha]) as tf.SymbolicTensor;
    const made = model({ inputs: { m: [x, y] }, outputs });
    const [one, two] = [ones(), tf.fill([5, 4], 2)];
    expect(sum(made, { m: [one, two] })).to.equal(sum(made, [one, two]));
    expect(() => made.predict({ m: one })).to.throw(/expected structure/);
    made.dispose();
    tf.dispose([one, two]);
  });
});

describe('training with dictionaries', () => {
  useBackend(isBrowser ? 'convnet-webgl' : 'convnet-cpu');

  it('losses, metrics and targets go by keys, and equal those of the same model with lists', async () => {
    const { x, y, zed, alpha } = layersOf();
    const keyed = model({ inputs: { one: x, two: y }, outputs: { scores: zed, boxes: alpha } });
    const listed = model({ inputs: [x, y], outputs: [alpha, zed] });
    const [a, b] = [ones(), tf.fill([5, 4], 2)];
    const [boxes, scores] = [tf.zeros([5, 3]), tf.ones([5, 2])];
    const optimizers = [tf.train.sgd(0), tf.train.sgd(0)];
    keyed.compile({
      optimizer: optimizers[0],
      loss: { scores: 'meanAbsoluteError', boxes: 'meanSquaredError' },
      metrics: { boxes: 'mae' },
    });
    listed.compile({
      optimizer: optimizers[1],
      loss: ['meanSquaredError', 'meanAbsoluteError'],
      metrics: { alpha: 'mae' },
    });
    const options = { epochs: 1, verbose: 0 };
    const inputs = { one: a, two: b };
    const targets = { scores, boxes };
    const { history } = await keyed.fit(inputs, targets, { ...options, validationData: [inputs, targets] as never });
    const { history: other } = await listed.fit([a, b], [boxes, scores], options);
    expect(Object.keys(history).filter((key) => !key.startsWith('val_'))).to.have.members([
      'loss',
      'boxes_loss',
      'scores_loss',
      'boxes_mae',
    ]);
    const first = (value: unknown) => Number((value as number[])[0]);
    const expectSame = (found: unknown, wanted: unknown) => expect(first(found)).to.be.closeTo(first(wanted), 1e-4);
    expectSame(history.loss, other.loss);
    expectSame(history.val_loss, history.loss);
    expectSame(history.boxes_loss, other.alpha_loss);
    expectSame(history.scores_loss, other.zed_loss);
    expectSame(history.boxes_mae, other.alpha_mae);
    expectSame([await keyed.trainOnBatch(inputs, targets)].flat(), history.loss);
    const found = keyed.evaluate(inputs, { boxes, scores, other: boxes }) as tf.Scalar[];
    expectSame(found[0].dataSync(), history.loss);
    const predicted = keyed.predict<Pair>(inputs);
    expect(predicted.boxes.shape).to.deep.equal([5, 3]);
    tf.dispose([a, b, boxes, scores, found, predicted]);
    for (const optimizer of optimizers) optimizer.dispose();
    keyed.dispose(); // and with it the layers that both have
  });

  it('losses may have the structure of nested outputs', async () => {
    const { x, y, zed, alpha } = layersOf();
    const made = model({ inputs: [x, y], outputs: { q: [zed, alpha], p: { u: alpha } } });
    const optimizer = tf.train.sgd(0);
    const loss = { q: ['meanAbsoluteError', 'meanSquaredError'], p: { u: 'meanAbsoluteError' } };
    made.compile({ optimizer, loss: loss as never });
    const [a, b] = [ones(), ones()];
    const targets = made.predict<{ q: tf.Tensor[]; p: { u: tf.Tensor } }>([a, b]);
    const { history } = await made.fit([a, b], targets, { verbose: 0 });
    expect(history).to.deep.equal({ loss: [0], 'p/u_loss': [0], 'q/zed_loss': [0], 'q/alpha_loss': [0] });
    tf.dispose([a, b, targets]);
    optimizer.dispose();
    made.dispose();
  });

  it('a data set of dictionaries trains the model', async () => {
    const { x, y, zed, alpha } = layersOf();
    const made = model({ inputs: { one: x, two: y }, outputs: { scores: zed, boxes: alpha } });
    const optimizer = tf.train.sgd(0);
    made.compile({ optimizer, loss: { scores: 'meanSquaredError', boxes: 'meanSquaredError' } });
    const rows = [0, 1].map(() => ({
      xs: { one: tf.ones([4]), two: tf.ones([4]) },
      ys: { scores: tf.ones([2]), boxes: tf.ones([3]) },
    }));
    const { history } = await made.fitDataset(tf.data.array(rows as never).batch(2), { epochs: 1, verbose: 0 });
    expect(Object.keys(history)).to.include.members(['boxes_loss', 'scores_loss']);
    tf.dispose(rows);
    optimizer.dispose();
    made.dispose();
  });
});

describe('models in models', () => {
  useBackend(isBrowser ? 'convnet-webgl' : 'convnet-cpu');

  it('a nested model takes and gives dictionaries, also after a file', async () => {
    const { x, y, zed, alpha } = layersOf();
    const inner = model({ inputs: { b: x, a: y }, outputs: { scores: zed, boxes: alpha }, name: 'inner' });
    const [p, q] = [tf.input({ shape: [4], name: 'p' }), tf.input({ shape: [4], name: 'q' })];
    const symbols = inner.apply<{ scores: tf.SymbolicTensor; boxes: tf.SymbolicTensor }>({ a: p, b: q });
    const outer = model({ inputs: [p, q], outputs: { first: symbols.scores, second: symbols.boxes } });
    const [one, two] = [ones(), tf.fill([5, 4], 2)];
    const direct = inner.predict<Pair>({ a: one, b: two });
    const check = (made: KerasModel) => {
      const found = made.predict<{ first: tf.Tensor; second: tf.Tensor }>([one, two]);
      expect([...found.first.dataSync()]).to.deep.equal([...direct.scores.dataSync()]);
      expect([...found.second.dataSync()]).to.deep.equal([...direct.boxes.dataSync()]);
      tf.dispose(found);
    };
    check(outer);
    for (const format of ['keras', 'h5'] as const) {
      const again = await loadKerasModel(await saveKerasModel(outer, { format }));
      check(again);
      again.dispose();
    }
    tf.dispose([one, two, direct]);
    outer.dispose();
  });
});
