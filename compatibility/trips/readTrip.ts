// Takes one architecture through the formats with the functions of the package, and predicts with every file of both
// ways: node --import tsx compatibility/trips/readTrip.ts FOLDER
//
// The answer is JSON on the last line.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import '../../src/index.js';
import { makeTfjsFiles } from '../../src/keras/save/tfjs/tfjsFiles.js';
import { loadKerasModel, saveKerasModel } from '../../src/keras.js';
import { largestDifference, type TripDifferences, type TripMeans, tripFile, tripFormats } from './tripFiles.js';

const folder = process.argv[2];
const floats = (file: string) => new Float32Array(new Uint8Array(readFileSync(join(folder, file))).buffer);
const { inputShape } = JSON.parse(readFileSync(join(folder, 'made.json'), 'utf8')) as { inputShape: number[] };

async function writeStep(model: tf.LayersModel, path: string, format: (typeof tripFormats)[number]): Promise<void> {
  if (format !== 'tfjs') {
    await saveKerasModel(model, { path });
    return;
  }
  mkdirSync(path, { recursive: true });
  for (const { name, bytes } of (await makeTfjsFiles(model)).files) writeFileSync(join(path, name), bytes);
}

function predict(model: tf.LayersModel, input: tf.Tensor): Float32Array {
  return tf.tidy(() => (model.predict(input) as tf.Tensor).dataSync()) as Float32Array;
}

/** Predicts with each file; what `write` does comes before the next one is read. */
async function go(means: TripMeans, input: tf.Tensor, first: tf.LayersModel | null): Promise<Float32Array[]> {
  const outputs: Float32Array[] = [];
  let model = first;
  for (const format of tripFormats) {
    const path = tripFile(folder, means, format);
    if (model) await writeStep(model, path, format);
    model?.dispose();
    const read = await loadKerasModel(format === 'tfjs' ? join(path, 'model.json') : path);
    outputs.push(predict(read, input));
    if (first) model = read;
    else read.dispose();
  }
  if (first) model?.dispose();
  return outputs;
}

await tf.setBackend('convnet-cpu');
const input = tf.tensor(floats('input.bin'), inputShape);
const expected = floats('expected.bin');
const model = await loadKerasModel(join(folder, 'model.keras'));
const parameters = model.countParams();
const output = predict(model, input);
const outputs = { api: await go('api', input, model), command: await go('command', input, null) };
input.dispose();
const { numTensors } = tf.memory();
if (numTensors > 0) throw new Error(`${numTensors} tensors are left`);
const differencesOf = (list: readonly Float32Array[]) => list.map((one) => largestDifference(one, expected));
const answer: TripDifferences & { parameters: number } = {
  parameters,
  first: largestDifference(output, expected),
  steps: { command: differencesOf(outputs.command), api: differencesOf(outputs.api) },
  isExact: [...outputs.api, ...outputs.command].every((one) => largestDifference(one, output) === 0),
};
process.stdout.write(`${JSON.stringify(answer)}\n`, () => process.exit()); // threads still wait
