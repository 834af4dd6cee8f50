// Takes architectures of keras.applications through all formats: real Keras makes each with small pictures and random
// weights, it is saved here as .keras, .h5, model.json and .keras again, and predicts the same; Keras loads the last file.
// Needs Python with Keras, and an hour for all of them.
//
//   node --import tsx compatibility/roundTrip.ts --python=<program> [--only=<name,name>]

import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import '../src/index.js';
import { saveKerasModel } from '../src/keras/save/saveKerasModel.js';
import { makeTfjsFiles } from '../src/keras/save/tfjs/tfjsFiles.js';
import { loadKerasModel } from '../src/keras.js';
import { installKerasLayers } from '../src/layers.js';
import type { Architecture } from './architectures.js';
import { askKeras } from './keras.js';
import { parseOptions } from './options.js';

const LARGEST_DIFFERENCE = 1e-4; // of the largest output, from Keras's own
/** The smallest pictures that an architecture takes, where those are above 32. */
const sizes: Readonly<Record<string, number>> = { InceptionV3: 75, InceptionResNetV2: 75, Xception: 71 };

interface Small {
  readonly inputShape: number[];
  readonly layers: number;
}

async function floats(path: string): Promise<Float32Array> {
  return new Float32Array(new Uint8Array(await readFile(path)).buffer);
}

function difference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const largest = Array.from(b).reduce((most, value) => Math.max(most, Math.abs(value)), 1e-9);
  return Array.from(a).reduce((worst, value, i) => Math.max(worst, Math.abs(value - b[i])), 0) / largest;
}

async function roundTrip({ name }: Architecture, python: string, folder: string): Promise<boolean> {
  const size = sizes[name] ?? 32;
  const { inputShape, layers } = await askKeras<Small>(python, ['small', name, String(size), folder]);
  const input = tf.tensor(await floats(join(folder, 'input.bin')), inputShape);
  const predict = (model: tf.LayersModel) => tf.tidy(() => (model.predict(input) as tf.Tensor).dataSync());
  let model = await loadKerasModel(join(folder, 'model.keras'));
  const first = predict(model);
  const found = [difference(first, await floats(join(folder, 'expected.bin')))];
  for (const format of ['keras', 'h5', 'tfjs', 'keras'] as const) {
    const file = format === 'tfjs' ? (await makeTfjsFiles(model)).files : await saveKerasModel(model, { format });
    model.dispose();
    model = await loadKerasModel(file);
    found.push(difference(predict(model), first));
  }
  await saveKerasModel(model, { path: join(folder, 'again.keras') });
  await saveKerasModel(model, { path: join(folder, 'again.h5') });
  model.dispose();
  input.dispose();
  await writeFile(join(folder, 'shape.json'), JSON.stringify(inputShape));
  await askKeras(python, ['predict', folder, 'again.keras', 'again.h5']);
  for (const file of ['again.keras.bin', 'again.h5.bin']) {
    found.push(difference(await floats(join(folder, file)), await floats(join(folder, 'expected.bin'))));
  }
  const [fromKeras, ...others] = found;
  const isGood = fromKeras <= LARGEST_DIFFERENCE && others.every((value) => value <= LARGEST_DIFFERENCE);
  console.log(
    `${isGood ? 'same' : 'DIFFERS'} ${name}, ${layers} layers: from Keras ${fromKeras.toExponential(1)}; keras, h5, tfjs, keras, then Keras on .keras and .h5: ${others.map((value) => value.toExponential(1)).join(', ')}`,
  );
  return isGood;
}

const options = parseOptions();
if (options) {
  await tf.setBackend('convnet-cpu');
  installKerasLayers();
  let failures = 0;
  for (const architecture of options.chosen) {
    const folder = await mkdtemp(join(tmpdir(), 'round-trip-'));
    try {
      if (!(await roundTrip(architecture, options.python, folder))) failures++;
    } catch (error) {
      failures++;
      console.log(`FAILED ${architecture.name}: ${(error as Error).message.slice(0, 500)}`);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }
  process.exit(failures > 0 ? 1 : 0); // threads still wait for work
}
