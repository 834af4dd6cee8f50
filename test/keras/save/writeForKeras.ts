// Writes random models in all three formats, with inputs and predictions, for real Keras to load (not part of `npm test`):
//
//   npx tsx test/keras/save/writeForKeras.ts FOLDER [COUNT] && python test/keras/save/checkWithKeras.py FOLDER

import { mkdirSync, writeFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs';
import { kerasOrder, saveKerasModel } from '../../../src/keras/save/index.js';
import { randomModel } from './randomModel.js';

const [folder = 'saved', count = '40'] = process.argv.slice(2);
mkdirSync(folder, { recursive: true });
await tf.setBackend('cpu');
for (let seed = 0; seed < Number(count); seed++) {
  const model = randomModel(seed);
  for (const format of ['keras', 'h5', 'weights.h5'] as const) {
    await saveKerasModel(model, { path: `${folder}/random_${seed}.${format}`, format });
  }
  const inputs = model.inputs.map((_, i) => tf.randomNormal([2, 4, 4, 3], 0, 1, 'float32', 100 * seed + i));
  const outputs = [model.predict(inputs)].flat();
  const layers = kerasOrder(model).map(({ name }) => name);
  const numbers = (tensors: tf.Tensor[]) => tensors.map((t) => ({ shape: t.shape, values: [...t.dataSync()] }));
  const record = { name: model.name, layers, inputs: numbers(inputs), outputs: numbers(outputs) };
  writeFileSync(`${folder}/random_${seed}.json`, JSON.stringify(record));
}
