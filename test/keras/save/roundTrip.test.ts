// Every file of real Keras goes through all formats, and the model that comes out predicts what Keras predicts.

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { type KerasFormat, saveKerasModel } from '../../../src/keras/save/saveKerasModel.js';
import { makeTfjsFiles } from '../../../src/keras/save/tfjs/tfjsFiles.js';
import { loadKerasModel } from '../../../src/keras.js';
import { installKerasLayers } from '../../../src/layers.js';
import { isBrowser, useBackend } from '../../support/backends.js';
import { customFixtures as customObjects } from '../../support/keras/customFixtures.js';
import { type FixtureEntry, factsOf, fixtureFile, fixtures } from '../../support/keras/fixtureFiles.js';
import { predict } from '../../support/keras/predictions.js';

const options = { onWarning: () => {}, customObjects };

type Step = Exclude<KerasFormat, 'weights.h5'> | 'tfjs';

async function saveAndLoad(model: tf.LayersModel, step: Step): Promise<tf.LayersModel> {
  if (step === 'tfjs') return loadKerasModel((await makeTfjsFiles(model, { shardBytes: 1000 })).files, options);
  return loadKerasModel(await saveKerasModel(model, { format: step }), options);
}

/** What a model cannot be written as, and why. */
const refusals: Readonly<Record<string, Partial<Record<Step, string>>>> = {
  '3.15.1 infinite': { tfjs: 'cannot hold NaN' },
  '3.15.1 quantized_lora': { h5: 'takes its lora_rank for its lora_alpha' },
};

/** The model after all steps, disposing of those between. A step that must refuse the model is tested and left out. */
async function through(model: tf.LayersModel, steps: readonly Step[], fixture: string): Promise<tf.LayersModel> {
  let current = model;
  for (const step of steps) {
    const rule = refusals[fixture]?.[step];
    if (rule !== undefined) {
      const message = await saveAndLoad(current, step).then(
        () => 'no error',
        (error: Error) => error.message,
      );
      expect(message).to.include(rule);
      continue;
    }
    const next = await saveAndLoad(current, step);
    if (current !== model) current.dispose();
    current = next;
  }
  return current;
}

const allWays: readonly (readonly Step[])[] = [
  ['keras', 'h5', 'tfjs', 'keras'],
  ['tfjs', 'tfjs', 'h5', 'h5'],
];
/** Nothing in these tests takes longer, so Node 20 and browsers go one way, and Node 24 the other. */
const way = isBrowser || process.version.startsWith('v20.') ? 0 : 1;
const ways = [allWays[way]];
/** The last of each generation, of which all files are tried everywhere; each Node takes half of the others. */
const newest = ['2.15.0', '3.15.1'];

const files = fixtures.flatMap((fixture, i): [FixtureEntry, string][] => {
  const isTaken = newest.includes(fixture.version) || (!isBrowser && i % 2 === way);
  if (fixture.kind === 'refused' || !isTaken) return [];
  const names = [fixture.files.keras, fixture.files.h5].filter((name) => typeof name === 'string');
  return names.map((name) => [fixture, name]);
});

describe('a file of Keras, written in one format after the other', () => {
  useBackend('convnet-cpu');
  const { classNameMap } = tf.serialization.SerializationMap.getMap();
  const official = { ...classNameMap };
  before(() => installKerasLayers());
  after(() => {
    for (const name of Object.keys(classNameMap)) delete classNameMap[name];
    Object.assign(classNameMap, official);
  });

  for (const [fixture, file] of files) {
    it(`${fixture.version} ${file} predicts the same`, async () => {
      const { version, name } = fixture;
      const { inputs } = await factsOf(fixture);
      const model = await loadKerasModel(await fixtureFile(version, file), options);
      const expected = predict(model, inputs);
      try {
        for (const way of ways) {
          const last = await through(model, way, `${version} ${name}`);
          const found = predict(last, inputs);
          expect(found.length).to.equal(expected.length);
          found.forEach((tensor, i) => {
            expect(tensor.dataSync(), `${way.join(', ')}: output ${i}`).to.deep.equal(expected[i].dataSync());
          });
          tf.dispose(found);
          if (last !== model) last.dispose();
        }
      } finally {
        tf.dispose(expected);
        model.dispose();
      }
    });
  }
});
