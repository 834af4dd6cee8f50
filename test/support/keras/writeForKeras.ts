// Writes models in all three formats, with inputs and predictions, for real Keras to load (not part of `npm test`):
// random graphs, and every fixture of every Keras loaded and saved again, by itself and after a tfjs model.json.
//
//   npx tsx test/support/keras/writeForKeras.ts FOLDER [COUNT] [older]
//   python test/fixtures/check_saved.py FOLDER --tolerance 1e-5

import { mkdirSync, writeFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs';
import { kerasFormats, saveKerasModel } from '../../../src/keras/save/saveKerasModel.js';
import { makeTfjsFiles } from '../../../src/keras/save/tfjs/tfjsFiles.js';
import { loadKerasModel } from '../../../src/keras.js';
import { installKerasLayers } from '../../../src/layers.js';
import { customFixtures as customObjects } from './customFixtures.js';
import { factsOf, fixtureFile, fixtures } from './fixtureFiles.js';
import { javascriptModels } from './javascriptModels.js';
import { inputTensor, predict } from './predictions.js';
import { randomModel } from './randomModel.js';

const [folder = 'saved', count = '40', older] = process.argv.slice(2);
const olderKeras = older === 'older'; // for versions of Keras before the newest

function entry(tensor: tf.Tensor) {
  return { shape: tensor.shape, dtype: tensor.dtype, values: [...tensor.dataSync()] };
}

async function write(name: string, model: tf.LayersModel, inputs: tf.Tensor[]): Promise<void> {
  for (const format of kerasFormats)
    await saveKerasModel(model, { path: `${folder}/${name}.${format}`, format, olderKeras });
  const outputs = predict(
    model,
    inputs.map((tensor) => entry(tensor)),
  );
  writeFileSync(
    `${folder}/${name}.json`,
    JSON.stringify({ inputs: inputs.map(entry), outputs: outputs.map(entry) }, (_, value) =>
      value === null ? undefined : value,
    ),
  );
}

function randomInputs(model: tf.LayersModel, seed: number): tf.Tensor[] {
  return model.inputs.map(({ shape }, i) =>
    tf.randomNormal([2, ...shape.slice(1)] as number[], 0, 1, 'float32', 100 * seed + i),
  );
}

mkdirSync(folder, { recursive: true });
installKerasLayers();
await tf.setBackend('cpu');
for (let seed = 0; seed < Number(count); seed++) {
  const model = randomModel(seed);
  await write(`random_${seed}`, model, randomInputs(model, seed));
}
for (const [name, make] of Object.entries(javascriptModels)) {
  const model = await make();
  await write(name, model, randomInputs(model, name.length));
}
for (const fixture of fixtures) {
  const { files, name, kind, version } = fixture;
  // Keras computes 16-bit models in 16 bits.
  if (kind === 'refused' || /mixed|float16/.test(name)) continue;
  const { inputs } = await factsOf(fixture);
  for (const [format, file] of Object.entries(files)) {
    if ((format !== 'keras' && format !== 'h5') || typeof file !== 'string') continue;
    const options = { customObjects, onWarning: () => {} };
    const model = await loadKerasModel(await fixtureFile(version, file), options);
    const label = `${version}_${name}_from_${format}`;
    await write(label, model, inputs.map(inputTensor));
    if (version === '3.15.1' && name !== 'infinite') {
      const again = await loadKerasModel((await makeTfjsFiles(model)).files, options);
      await write(`${label}_and_tfjs`, again, inputs.map(inputTensor));
      again.dispose();
    }
    model.dispose();
  }
}
