// Trains ten steps of each model that Keras saved in the middle of its training, and saves it in both formats:
// node --import tsx compatibility/resume/readResume.ts FOLDER [older]

import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import '../../src/index.js';
import { loadKerasModel, saveKerasModel } from '../../src/keras.js';
import { resumeFormats, type WantedLosses } from './resumeFiles.js';

const [, , folder, form] = process.argv;
const olderKeras = form === 'older';
const { wanted } = JSON.parse(readFileSync(join(folder, 'wanted.json'), 'utf8')) as WantedLosses;

function pictures(step: number): tf.Tensor4D {
  const values = Array.from({ length: 8 * 6 * 6 * 2 }, (_, i) => (((i * 37 + step * 71) % 101) - 50) / 50);
  return tf.tensor4d(values, [8, 6, 6, 2]);
}

function classes(step: number): tf.Tensor2D {
  const values = Array.from({ length: 8 }, (_, i) => (i * 5 + step) % 3);
  return tf.tensor2d(values, [8, 1]);
}

async function goOn(path: string, title: string): Promise<number[]> {
  const model = await loadKerasModel(path);
  const losses: number[] = [];
  for (let step = 10; step < 20; step++) {
    const [x, y] = [pictures(step), classes(step)];
    const [loss] = [await model.trainOnBatch(x, y)].flat();
    losses.push(loss);
    tf.dispose([x, y]);
  }
  for (const format of resumeFormats)
    await saveKerasModel(model, { path: join(folder, 'here', `${title}.${format}`), olderKeras });
  model.dispose();
  return losses;
}

await tf.setBackend('convnet-cpu');
mkdirSync(join(folder, 'here'), { recursive: true });
const here: Record<string, readonly number[] | string> = {};
for (const name of Object.keys(wanted)) {
  for (const format of resumeFormats) {
    const path = join(folder, `${name}.${format}`);
    if (!existsSync(path)) continue;
    here[`${name}.${format}`] = await goOn(path, `${name}.${format}`).catch((error: Error) => error.message);
  }
}
writeFileSync(join(folder, 'here.json'), JSON.stringify(here));
process.stdout.write(`${JSON.stringify({ here: Object.keys(here).length })}\n`, () => process.exit()); // threads still wait
