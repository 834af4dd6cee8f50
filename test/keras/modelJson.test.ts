// model.json files that the official converter wrote from files of Keras 2 and 3, some of them quantized.

import * as tf from '@tensorflow/tfjs';
import { kerasFile, loadKerasModel } from '../../src/keras.js';
import index from '../fixtures/index.json' with { type: 'json' };
import { useBackend } from '../support/backends.js';
import { type FixtureFacts, readFixture } from '../support/keras/fixtureFiles.js';
import { expectPredictions } from '../support/keras/predictions.js';

describe('model.json of the converter', () => {
  useBackend('convnet-cpu');

  for (const { name, expected, model, shards } of index.tfjs) {
    it(name, async () => {
      const loaded = await loadKerasModel(await filesOf([model, ...shards]));
      try {
        // The expected outputs are those of the quantized weights.
        expectPredictions(loaded, await facts(expected));
      } finally {
        loaded.dispose();
      }
    });
  }

  it('kerasFile gives it to tf.loadLayersModel', async () => {
    const { expected, model, shards } = index.tfjs.find(
      ({ name }) => name === 'keras3_groups',
    ) as (typeof index.tfjs)[number];
    const loaded = await tf.loadLayersModel(kerasFile(await filesOf([model, ...shards])));
    expectPredictions(loaded, await facts(expected));
    loaded.dispose();
  });
});

/** The files as a user chooses them together. */
function filesOf(paths: readonly string[]): Promise<{ name: string; bytes: Uint8Array }[]> {
  return Promise.all(
    paths.map(async (path) => ({ name: path.slice(path.lastIndexOf('/') + 1), bytes: await readFixture(path) })),
  );
}

async function facts(path: string): Promise<FixtureFacts> {
  return JSON.parse(new TextDecoder().decode(await readFixture(path)));
}
