// Nested data with weights, stateful layers over several calls, and weights into a model that is not quite the same, as real
// Keras and tf.keras do. Made by test/fixtures/generator/uses.py.

import { readFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { strFromU8, unzipSync } from 'fflate';
import { flattenTree, namesOf, structureOf, type TensorTree } from '../../src/core/tensorTree.js';
import { KerasFileError, loadKerasModel, loadKerasWeights, saveKerasModel } from '../../src/keras.js';
import type { KerasModel } from '../../src/layers/run/models.js';
import {
  batchNormalization,
  conv2d,
  dense,
  globalAveragePooling2d,
  Input,
  model as makeModel,
  separableConv2d,
  sequential,
} from '../../src/layers.js';
import { useBackend } from '../support/backends.js';

interface Packed {
  readonly shape: number[];
  readonly dtype: 'float32' | 'int32';
  readonly values: number[];
}
type Tree = TensorTree<Packed | null>;

interface Trained {
  readonly x: Tree;
  readonly y: Tree;
  readonly weights: Tree;
  readonly predicts: TensorTree<Packed>;
  readonly history: Readonly<Record<string, readonly number[]>>;
}

interface Step {
  readonly kind: 'predict' | 'reset' | 'fit' | 'evaluate' | 'train';
  readonly x: readonly Packed[];
  readonly y: Packed;
  readonly told: readonly number[];
}

interface Taken {
  readonly file: string;
  readonly byName: boolean;
  readonly skipMismatch: boolean;
  /** The shapes of the weights that have the file's values; null where Keras refuses. */
  readonly taken: readonly string[] | null;
}

interface Facts {
  readonly structures: Readonly<Record<string, Trained>>;
  readonly states: Readonly<Record<string, readonly Step[]>>;
  readonly weights: Readonly<Record<string, readonly Taken[]>>;
}

const files = unzipSync(new Uint8Array(readFileSync('test/fixtures/training/uses.zip')));
const quiet = { onWarning: () => {} };
const isPacked = (value: unknown) =>
  value === null || (typeof value === 'object' && Object.hasOwn(value as object, 'dtype'));

function tensors(tree: Tree): TensorTree<tf.Tensor> {
  if (tree === null) return null as unknown as tf.Tensor;
  if (isPacked(tree)) {
    const { shape, dtype, values } = tree as Packed;
    return tf.tensor(values, shape, dtype);
  }
  if (Array.isArray(tree)) return tree.map(tensors);
  return Object.fromEntries(Object.entries(tree).map(([key, child]) => [key, tensors(child as Tree)]));
}

function expectClose(found: ArrayLike<number>, wanted: readonly number[], what: string): void {
  expect(found.length, what).to.equal(wanted.length);
  for (const [i, value] of wanted.entries()) expect(found[i], `${what} ${i}`).to.be.closeTo(value, 1e-4);
}

const single = <T>(list: readonly T[]): T | T[] => (list.length === 1 ? list[0] : [...list]);

async function asSaved(model: KerasModel, format: 'keras' | 'h5'): Promise<KerasModel> {
  const again = await loadKerasModel(await saveKerasModel(model, { format }), quiet);
  disposeWhole(model);
  return again;
}

/** The optimizer that a file brings has variables of its own. */
function disposeWhole(model: KerasModel): void {
  model.optimizer.dispose();
  model.dispose();
}

async function expectTraining(model: KerasModel, facts: Trained): Promise<void> {
  const [x, y, sampleWeight] = [facts.x, facts.y, facts.weights].map(tensors);
  const found = model.predict<object>(x) as TensorTree<tf.Tensor>;
  const wanted = flattenTree(facts.predicts, isPacked);
  expect(namesOf(structureOf(found), [])).to.deep.equal(namesOf(structureOf(facts.predicts, isPacked), []));
  for (const [i, tensor] of flattenTree(found).entries())
    expectClose(tensor.dataSync(), wanted[i].values, `output ${i}`);
  const { history } = await model.fit(x, y, { sampleWeight, batchSize: 4, epochs: 3, shuffle: false, verbose: 0 });
  expect(Object.keys(history)).to.have.members(Object.keys(facts.history));
  for (const [key, values] of Object.entries(facts.history)) expectClose(history[key] as number[], values, key);
  tf.dispose([x, y, sampleWeight, found].flatMap((tree) => flattenTree(tree)));
}

async function expectStep(model: KerasModel, { kind, x, y, told }: Step): Promise<void> {
  if (kind === 'reset') {
    model.resetStates();
    return;
  }
  const inputs = single(x.map((one) => tensors(one) as tf.Tensor));
  const targets = tensors(y) as tf.Tensor;
  const args = { batchSize: 2 };
  if (kind === 'predict') {
    const found = model.predict(inputs, args) as tf.Tensor;
    expectClose(found.dataSync(), told, kind);
    found.dispose();
  } else if (kind === 'fit') {
    const { history } = await model.fit(inputs, targets, { ...args, epochs: 2, shuffle: false, verbose: 0 });
    expectClose(history.loss as number[], told, kind);
  } else if (kind === 'train') {
    expectClose([(await model.trainOnBatch(inputs, targets)) as number], told, kind);
  } else {
    const loss = model.evaluate(inputs, targets, args) as tf.Scalar;
    expectClose(loss.dataSync(), told, kind);
    loss.dispose();
  }
  tf.dispose([inputs, targets]);
}

interface Change {
  readonly kernels?: string;
  readonly filters?: number;
  readonly separable?: number;
  readonly inside?: number;
  readonly bias?: boolean;
  readonly more?: boolean;
  readonly within?: string;
  readonly classes?: number;
}

/** The model of `network()` in uses.py. */
function network(change: Change): KerasModel {
  const { kernels = 'kernels', filters = 4, separable = 4, inside = 3, bias = true } = change;
  const { more = false, within = 'within', classes = 2 } = change;
  const x = Input({ shape: [6, 6, 3] });
  const chain = sequential({
    layers: [
      dense({ units: 4, name: 'first', inputShape: [separable] }),
      dense({ units: inside, name: 'second' }),
    ] as never,
    name: within,
  });
  let h = conv2d({ filters, kernelSize: 3, name: kernels, useBias: bias }).apply(x);
  h = separableConv2d({ filters: separable, kernelSize: 3, name: 'separable' }).apply(h);
  h = globalAveragePooling2d().apply(batchNormalization({ name: 'normal' }).apply(h));
  h = chain.apply(h) as tf.SymbolicTensor;
  if (more) h = dense({ units: 3, name: 'more' }).apply(h);
  return makeModel({ inputs: x, outputs: dense({ units: classes, name: 'head' }).apply(h) as tf.SymbolicTensor });
}

const changes: Readonly<Record<string, Change>> = {
  same: {},
  'another name': { kernels: 'other' },
  'more classes': { classes: 5 },
  'more filters': { filters: 6 },
  'more separable filters': { separable: 5 },
  'more units inside': { inside: 5 },
  'no bias': { bias: false },
  'one more layer': { more: true },
  'another name of the chain': { within: 'chain' },
};

for (const version of ['3.15.1', '2.15.0']) {
  const facts = JSON.parse(strFromU8(files[`${version}/facts.json`])) as Facts;

  describe(`what people do with models of Keras ${version}`, () => {
    useBackend('convnet-cpu');

    for (const [name, trained] of Object.entries(facts.structures)) {
      it(`${name}: outputs, logs and losses`, async () => {
        const model = await loadKerasModel(files[`${version}/${name}.keras`], quiet);
        await expectTraining(model, trained);
        disposeWhole(model);
      });

      it(`${name}, saved here`, async () => {
        const model = await loadKerasModel(files[`${version}/${name}.keras`], quiet);
        const again = await asSaved(model, 'keras');
        await expectTraining(again, trained);
        disposeWhole(again);
      });
    }

    for (const [name, steps] of Object.entries(facts.states)) {
      for (const format of ['as it is', 'keras', 'h5'] as const) {
        it(`a stateful layer, ${name}, over several calls; ${format}`, async () => {
          let model = await loadKerasModel(files[`${version}/${name}.keras`], quiet);
          if (format !== 'as it is') model = await asSaved(model, format);
          for (const step of steps) await expectStep(model, step);
          disposeWhole(model);
        });
      }
    }

    for (const [name, ways] of Object.entries(facts.weights)) {
      for (const { file, byName, skipMismatch, taken } of ways) {
        it(`weights of ${file} into ${name}${byName ? ', byName' : ''}${skipMismatch ? ', skipMismatch' : ''}`, async () => {
          const model = network(changes[name]);
          const bytes = files[`${version}/${file}`];
          const loading = loadKerasWeights(model, bytes, { byName, skipMismatch, ...quiet });
          const error = await loading.catch((reason: Error) => reason);
          const found = model.getWeights().filter((weight) => weight.dataSync().every((value) => value === 7));
          // Where the number of weights or layers differs, Keras refuses an .h5 by order; here that is skipped too.
          if (taken !== null) expect(found.map(({ shape }) => `[${shape.join(', ')}]`).sort()).to.deep.equal(taken);
          else if (!skipMismatch) {
            expect(error).to.be.instanceOf(KerasFileError);
            expect(found).to.have.length(0);
          }
          model.dispose();
        });
      }
    }
  });
}

describe('byName', () => {
  useBackend('convnet-cpu');

  it('is refused for a layout without names of layers', async () => {
    const model = network({});
    const loading = loadKerasWeights(model, files['3.15.1/source.weights.h5'], { byName: true });
    const error = await loading.catch((reason: Error) => reason);
    expect(error).to.be.instanceOf(KerasFileError);
    expect((error as Error).message).to.match(/byName is for files with names of layers/);
    model.dispose();
  });
});

describe('weights of examples on masked sequences of tf.keras', () => {
  useBackend('convnet-cpu');

  it('are those of examples, also where a batch has as many of them as steps', async () => {
    const file = '2.15.0/weights_of_masked_examples';
    const { structures } = JSON.parse(strFromU8(files['2.15.0/facts.json'])) as Facts;
    const trained = structures.weights_of_masked_examples;
    const model = await loadKerasModel(files[`${file}.keras`], quiet);
    const [x, y, sampleWeight] = [trained.x, trained.y, trained.weights].map(tensors) as tf.Tensor[];
    const steps = x.shape[1] as number;
    const errors = [steps, 4].map((batchSize) => {
      const told = model.evaluate(x, y, { sampleWeight, batchSize }) as tf.Scalar[];
      const error = told[model.metricsNames.indexOf('mae')].dataSync()[0];
      tf.dispose(told);
      return error;
    });
    expect(errors[0]).to.be.closeTo(errors[1], 1e-6);
    tf.dispose([x, y, sampleWeight]);
    disposeWhole(model);
  });
});
