// Compares the models of masks.py with what is computed here: npx tsx compatibility/masks.ts FOLDER. Prints a line for each case
// that differs by more than 1e-4 of the largest value, and the worst difference of the others.

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import '../src/index.js';
import { flattenTree } from '../src/core/tensorTree.js';
import { loadKerasModel } from '../src/keras.js';

interface Values {
  readonly shape: number[];
  readonly values: number[];
}

interface Entry {
  readonly keys: readonly string[];
  readonly files: readonly string[];
  readonly outputs: readonly Values[];
  readonly targets?: readonly Values[];
  readonly losses?: readonly number[];
}

interface Report {
  readonly version: string;
  readonly models: readonly Entry[];
  readonly refused: Readonly<Record<string, string>>;
  readonly supports: Readonly<Record<string, boolean>>;
  readonly inputs: readonly number[][][];
}

const TOLERANCE = 1e-4;
const RATE = 0.01;

function difference(found: ArrayLike<number>, wanted: readonly number[]): number {
  const largest = Math.max(1e-6, ...wanted.map(Math.abs));
  return wanted.reduce((worst, value, i) => {
    const size = Math.abs(found[i] - value) / largest;
    return size <= worst ? worst : size; // NaN comes through
  }, 0);
}

async function compare(folder: string, file: string, entry: Entry, inputs: tf.Tensor[]): Promise<void> {
  const model = await loadKerasModel(join(folder, file), { onWarning: () => {} });
  const outputs = flattenTree<tf.Tensor>(model.predict(inputs));
  const found = outputs.map((y, i) => difference(y.dataSync(), entry.outputs[i].values));
  const wrong = entry.keys.filter((_, i) => !(found[i] <= TOLERANCE));
  for (const key of wrong) console.log(`  ${file} ${key}: ${found[entry.keys.indexOf(key)].toExponential(1)}`);
  const worst = Math.max(...found.filter((value) => value <= TOLERANCE));
  console.log(
    `${file}: ${entry.keys.length - wrong.length} of ${entry.keys.length} cases, worst ${worst.toExponential(1)}`,
  );
  const { losses, targets = [] } = entry;
  if (losses?.length === 3) {
    model.compile({ optimizer: tf.train.sgd(RATE), loss: 'meanSquaredError' });
    const wanted = targets.map(({ shape, values }) => tf.tensor(values, shape));
    const steps: number[] = [];
    for (const _ of losses) steps.push(Number([await model.trainOnBatch(inputs, wanted)].flat()[0]));
    console.log(`  losses of 3 steps: ${difference(steps, losses).toExponential(1)}`);
  }
}

const folder = process.argv[2];
const report = JSON.parse(await readFile(join(folder, 'masks.json'), 'utf8')) as Report;
await tf.setBackend('convnet-cpu');
const inputs = report.inputs.map((ids) => tf.tensor(ids, undefined, 'int32'));
console.log(`Keras ${report.version}; refused by Keras: ${Object.keys(report.refused).length}`);
for (const entry of report.models) {
  for (const file of entry.files) {
    try {
      await compare(folder, file, entry, inputs);
    } catch (error) {
      console.log(`${file}: ${(error as Error).message.slice(0, 500)}`);
    }
  }
}
