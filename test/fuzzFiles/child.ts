// A process that runs cases one after the other: the parent sends a seed, and gets the report. Between the cases a sound
// file must load and predict what it always does.

import * as tf from '@tensorflow/tfjs';
import { loadKerasModel } from '../../src/keras.js';
import { factsOf, fixtureFile } from '../support/keras/fixtureFiles.js';
import { expectPredictions } from '../support/keras/predictions.js';
import { runCase } from './runCase.js';

const CASES_BETWEEN_SOUND_FILES = 20;
const sound = { version: '3.15.1', name: 'nested' };

let count = 0;

process.on('message', async (seed: number) => {
  try {
    const report = await runCase(seed, (entry) => process.send?.({ entry }));
    if (++count % CASES_BETWEEN_SOUND_FILES === 0) await loadSoundFile();
    process.send?.({ report });
  } catch (error) {
    process.send?.({ broken: `seed ${seed}: ${(error as Error).stack}` });
  }
});

async function loadSoundFile(): Promise<void> {
  const { numTensors } = tf.memory();
  const model = await loadKerasModel(await fixtureFile(sound.version, `${sound.name}.keras`));
  expectPredictions(model, await factsOf(sound));
  model.dispose();
  if (tf.memory().numTensors !== numTensors) throw new Error('the sound file left tensors behind');
}

await tf.setBackend('cpu');
process.send?.({ ready: true });
