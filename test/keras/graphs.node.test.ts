// Random models and frozen layers, as real Keras files, runs and trains them (compatibility/keras_graphs).

import { readdirSync, readFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { unzipSync } from 'fflate';
import type { GraphReport } from '../../compatibility/graphs/graphFiles.js';
import { isGoodGraph, readGraphCase } from '../../compatibility/graphs/readGraphCase.js';
import { loadKerasModel } from '../../src/keras.js';
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
