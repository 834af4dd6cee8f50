// Models with texts and categories in front, which real Keras wrote (test/fixtures/text): loaded, saved and loaded again,
// they predict what Keras predicts.

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { unzipSync } from 'fflate';
import { makeTfjsFiles } from '../../src/keras/save/tfjs/tfjsFiles.js';
import { loadKerasModel, saveKerasModel } from '../../src/keras.js';
import type { TextVectorization } from '../../src/layers.js';
import { tableBackends, useBackend } from '../support/backends.js';
import { readFixture } from '../support/keras/fixtureFiles.js';
import { expectClose } from '../support/keras/predictions.js';

interface TextTensor {
  readonly dtype: 'string' | 'int32' | 'float32';
  readonly shape: number[];
  readonly values: (string | number)[];
}

interface TextModel {
  readonly name: string;
  readonly files: { readonly keras: string; readonly h5?: string };
  readonly inputs: readonly TextTensor[];
  readonly outputs: readonly TextTensor[];
}

const names = ['words', 'bag', 'given', 'characters', 'categories', 'bins', 'nested', 'features'];
const versions = ['3.15.1', '2.15.1'];

/** Models whose vocabulary adapt() found. Keras 3 leaves it out of an .h5. */
const incomplete = new Set(['words', 'bag', 'categories', 'nested', 'features']);

async function open(version: string, name: string) {
  const files = unzipSync(await readFixture(`text/${version}.zip`));
  const models = JSON.parse(new TextDecoder().decode(files['index.json'])) as readonly TextModel[];
  const facts = models.find((model) => model.name === name);
  if (!facts) throw new Error(`no model ${name}`);
  return { facts, files };
}

function expectOutputs(model: tf.LayersModel, { inputs, outputs }: TextModel): void {
  tf.tidy(() => {
    const tensors = inputs.map(({ values, shape, dtype }) => tf.tensor(values as number[], shape, dtype));
    const found = [model.predict(tensors.length === 1 ? tensors[0] : tensors)].flat();
    expect(found.length).to.equal(outputs.length);
    outputs.forEach(({ values, shape }, i) => {
      expect(found[i].shape).to.deep.equal(shape);
      const own = found[i].dataSync<'string'>();
      if (typeof values[0] === 'string') expect(Array.from(own)).to.deep.equal(values);
      else expectClose(own as unknown as ArrayLike<number>, values as number[], 1e-5, `output ${i}`);
    });
  });
}

async function useModel(
  load: () => Promise<tf.LayersModel>,
  use: (model: tf.LayersModel) => void | Promise<void>,
): Promise<void> {
  const model = await load();
  try {
    await use(model);
  } finally {
    model.dispose();
  }
}

/** Loads a model, saves it in both formats and loads those. */
async function testModel(version: string, name: string): Promise<void> {
  const { facts, files } = await open(version, name);
  const load = (bytes: Uint8Array) => () => loadKerasModel(bytes, { onWarning: () => {} });
  const saved: Uint8Array[] = [];
  await useModel(load(files[facts.files.keras]), async (model) => {
    expectOutputs(model, facts);
    for (const format of ['keras', 'h5'] as const) saved.push(await saveKerasModel(model, { format }));
  });
  for (const bytes of saved) await useModel(load(bytes), (model) => expectOutputs(model, facts));
  const { h5 } = facts.files;
  if (!h5 || incomplete.has(name)) return;
  await useModel(load(files[h5]), (model) => expectOutputs(model, facts));
}

for (const backend of tableBackends) {
  describe(`models of texts, ${backend}`, () => {
    useBackend(backend);

    for (const version of versions) {
      for (const name of names) {
        it(`${name} of Keras ${version}`, () => testModel(version, name));
      }
    }

    it('a model.json keeps the vocabulary', async () => {
      const { facts, files } = await open('3.15.1', 'bag');
      await useModel(
        () => loadKerasModel(files[facts.files.keras]),
        async (model) => {
          const written = await makeTfjsFiles(model);
          const list = written.files.map(({ name, bytes }) => new File([bytes as Uint8Array<ArrayBuffer>], name));
          await useModel(
            () => loadKerasModel(list),
            (again) => expectOutputs(again, facts),
          );
        },
      );
    });

    it('an .h5 has a weight for each token, as Keras demands', async () => {
      const { facts, files } = await open('3.15.1', 'bag');
      await useModel(
        () => loadKerasModel(files[facts.files.keras]),
        (model) => {
          const { vocabulary, idf_weights } = (model.layers.at(-2) as TextVectorization).getPortableConfig();
          expect((idf_weights as number[]).length).to.equal((vocabulary as string[]).length);
          expect(vocabulary).not.to.include('[UNK]');
        },
      );
    });

    it('a batch of more than 32 texts, and training', async () => {
      const { facts, files } = await open('3.15.1', 'words');
      await useModel(
        () => loadKerasModel(files[facts.files.keras]),
        async (model) => {
          const lines = Array.from({ length: 70 }, (_, i) => (i % 3 === 0 ? 'the cat' : 'a mat'));
          const x = tf.tensor(lines, [70, 1], 'string');
          const y = tf.ones([70, 2]);
          const [before, all] = tf.tidy(() => {
            const few = model.predict(x.slice([0, 0], [2, 1])) as tf.Tensor;
            return [few.arraySync(), (model.predict(x) as tf.Tensor).arraySync()] as number[][][];
          });
          expectClose(all[69], before[0], 1e-6, 'the last example');
          const optimizer = tf.train.sgd(0.1);
          model.compile({ optimizer, loss: 'meanSquaredError' });
          // fit() of TensorFlow.js gathers rows, which it refuses for texts.
          const losses: number[] = [];
          for (let i = 0; i < 3; i++) losses.push((await model.trainOnBatch(x, y)) as number);
          expect(losses[2]).to.be.below(losses[0]);
          tf.dispose([x, y]);
          optimizer.dispose();
        },
      );
    });

    it('an .h5 of Keras without the vocabulary says so when it is called', async () => {
      const { facts, files } = await open('3.15.1', 'words');
      const { h5 } = facts.files;
      await useModel(
        () => loadKerasModel(files[h5 as string]),
        (model) => {
          const call = () => expectOutputs(model, facts);
          expect(call).to.throw("you must set the layer's vocabulary before calling it");
        },
      );
    });
  });
}

// Without useBackend(): TensorFlow.js subtracts the bytes of a text twice when it disposes of a clone.
for (const backend of tableBackends) {
  describe(`models that give texts, ${backend}`, () => {
    for (const version of versions) {
      it(`back of Keras ${version}`, async () => {
        await tf.setBackend(backend);
        const { numTensors } = tf.memory();
        await testModel(version, 'back');
        expect(tf.memory().numTensors).to.equal(numTensors);
      });
    }
  });
}
