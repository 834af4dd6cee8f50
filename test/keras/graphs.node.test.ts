// Random models and frozen layers, as real Keras files, runs and trains them (compatibility/keras_graphs).

import { readdirSync, readFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { unzipSync } from 'fflate';
import type { GraphReport } from '../../compatibility/graphs/graphFiles.js';
import { isGoodGraph, readGraphCase } from '../../compatibility/graphs/readGraphCase.js';
import { flattenTree, namesOf, structureOf, type TensorTree } from '../../src/core/tensorTree.js';
import { loadKerasModel, saveKerasModel } from '../../src/keras.js';
import type { KerasModel } from '../../src/layers/run/models.js';
import { useBackend } from '../support/backends.js';

const folder = 'test/fixtures/graphs';
const archives = readdirSync(folder).map((name) => ({
  name,
  files: unzipSync(new Uint8Array(readFileSync(`${folder}/${name}`))),
}));

function jsonOf<T>(files: Record<string, Uint8Array>, name: string): T | undefined {
  return files[name] && (JSON.parse(new TextDecoder().decode(files[name])) as T);
}

function expectClose(found: ArrayLike<number>, wanted: readonly number[]): void {
  for (const [i, value] of wanted.entries()) expect(found[i]).to.be.closeTo(value, 1e-5);
}

interface Sizes {
  readonly input: readonly number[];
  readonly shape: number[];
  readonly cases: Readonly<Record<string, { readonly shape: number[]; readonly values: readonly number[] }>>;
}

type Values = { readonly shape: number[]; readonly values: readonly number[] };

interface Pictures {
  readonly inputs: Readonly<Record<string, Values>>;
  readonly predicts: TensorTree<Values>;
  readonly trains: TensorTree<Values>;
}

const isValues = (value: unknown) => typeof value === 'object' && value !== null && 'values' in value;

function expectTree(found: TensorTree<tf.Tensor>, wanted: TensorTree<Values>): void {
  const expected = flattenTree(wanted, isValues);
  const tensors = flattenTree(found);
  expect(namesOf(structureOf(found), [])).to.deep.equal(namesOf(structureOf(wanted, isValues), []));
  for (const [i, { shape, values }] of expected.entries()) {
    expect(tensors[i].shape).to.deep.equal(shape);
    const gap = tf.max(tf.abs(tf.sub(tensors[i], tf.tensor([...values], shape)))).dataSync()[0];
    expect(gap, `output ${i}`).to.be.below(1e-3);
  }
}

/** What the model gives for a batch in prediction and in training, as Keras's does. */
function expectPictures(model: KerasModel, { inputs, predicts, trains }: Pictures): void {
  tf.tidy(() => {
    const entries = Object.entries(inputs).map(([key, { shape, values }]) => [key, tf.tensor([...values], shape)]);
    const x = Object.fromEntries(entries) as Record<string, tf.Tensor>;
    expectTree(model.predict<TensorTree<tf.Tensor>>(x), predicts);
    const list = model.inputNames.map((key) => x[key]);
    expectTree(model.apply(list, { training: true }) as TensorTree<tf.Tensor>, trains);
  });
}

for (const { name, files } of archives) {
  describe(`${name} of real Keras, on convnet-cpu`, () => {
    useBackend('convnet-cpu');

    for (const one of jsonOf<GraphReport>(files, 'graphs.json')?.cases ?? []) {
      for (const file of one.files) {
        it(file, async () => {
          const outcome = await readGraphCase(files[file], file, one);
          expect(isGoodGraph(outcome), JSON.stringify(outcome)).to.equal(true);
        });
      }
    }

    for (const [file, count] of Object.entries(jsonOf<Record<string, number>>(files, 'frozen.json') ?? {})) {
      it(`${file} trains ${count} weights`, async () => {
        const model = await loadKerasModel(files[file], { onWarning: () => {} });
        expect(model.trainableWeights.length).to.equal(count);
        model.dispose();
      });
    }

    for (const [file, wanted] of Object.entries(jsonOf<Record<string, Pictures>>(files, 'pictures.json') ?? {})) {
      it(`${file} moves bounding boxes, and does so when it is saved and read again`, async () => {
        const quiet = { onWarning: () => {} };
        const model = await loadKerasModel(files[file], quiet);
        expectPictures(model, wanted);
        for (const format of ['keras', 'h5'] as const) {
          const again = await loadKerasModel(await saveKerasModel(model, { format }), quiet);
          expectPictures(again, wanted);
          again.dispose();
        }
        model.dispose();
      });
    }

    const { input = [], shape = [], cases = {} } = jsonOf<Sizes>(files, 'sizes.json') ?? {};
    for (const [file, wanted] of Object.entries(cases)) {
      it(`${file} predicts with sizes that the graph computes`, async () => {
        const model = await loadKerasModel(files[file], { onWarning: () => {} });
        tf.tidy(() => {
          const y = model.predict(tf.tensor([...input], shape)) as tf.Tensor;
          expect(y.shape).to.deep.equal(wanted.shape);
          expectClose(y.dataSync(), wanted.values);
        });
        model.dispose();
      });
    }
  });
}
