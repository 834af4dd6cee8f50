// Real Keras on TensorFlow, in a Python process that is asked over a pipe, and our engine on the same files: predictions
// of applications, and steps of trainOnBatch of models that both load compiled.

import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import * as tf from '@tensorflow/tfjs';
import { Adam, loadKerasModel, saveKerasModel } from '../../src/keras.js';
import { root } from '../../tools/setup.mjs';
import { randomValues } from '../measure/randomValues.js';
import type { Task } from '../measure/turns.js';
import { isTraining, kerasApplications } from '../tables/keras.js';
import { named } from '../tables/named.js';
import { trainedNetworks } from '../tables/training.js';
import { useBackend } from './tfjsBackend.js';
import { trainingData, trainingTensors } from './trainingData.js';

type Answer = { readonly values?: number[]; readonly versions?: Readonly<Record<string, string>> };

/** Keras, and ours on the files that both read. */
export interface KerasContestants {
  readonly versions: Readonly<Record<string, string>>;
  /** The task of `keras`, or of a backend of TensorFlow.js; Keras comes first, since it makes the file of a network. */
  task(contestant: string, row: string): Promise<Task>;
  close(): void;
}

/** Undefined, with one line that says why, where this Python has no Keras. */
export async function startKeras(python: string): Promise<KerasContestants | undefined> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-keras-'));
  const server = spawn(python, [join(root, 'bench/python/kerasServer.py')], { stdio: ['pipe', 'pipe', 'ignore'] });
  const close = () => {
    server.kill();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const ask = asker(server);
    const { versions = {} } = await ask({});
    const task = async (contestant: string, row: string) =>
      contestant === 'keras' ? kerasTask(ask, folder, row) : ourTask(contestant, folder, row);
    return { versions, task, close };
  } catch (error) {
    console.log(`Without Keras: ${(error as Error).message}`);
    close();
    return undefined;
  }
}

/** One request at a time. */
function asker(server: ChildProcess) {
  const lines = createInterface({ input: server.stdout as NodeJS.ReadableStream })[Symbol.asyncIterator]();
  const failure = new Promise<never>((_, reject) => server.once('error', reject));
  failure.catch(() => {}); // where it comes while nobody asks
  return async (request: object): Promise<Answer> => {
    server.stdin?.write(`${JSON.stringify(request)}\n`);
    const { value, done } = await Promise.race([lines.next(), failure]);
    if (done)
      throw new Error(
        `the Python process must answer; received exit code=${server.exitCode} of ${JSON.stringify(request)}`,
      );
    return JSON.parse(value) as Answer;
  };
}

async function kerasTask(ask: ReturnType<typeof asker>, folder: string, row: string): Promise<Task> {
  await ask({ id: row, ...(isTraining(row) ? await trainingRequest(folder, row) : applicationRequest(folder, row)) });
  return {
    enter: async () => {},
    run: async () => void (await ask({ id: row, runs: 1 })),
    read: async () => Float32Array.from((await ask({ id: row, read: true })).values ?? []),
    dispose: () => void ask({ id: row, dispose: true }),
  };
}

const fileOf = (folder: string, row: string, ending = 'keras') => join(folder, `${row.replace(' ', '-')}.${ending}`);

function applicationRequest(folder: string, row: string) {
  const { size } = named(kerasApplications, row);
  const input = fileOf(folder, row, 'x');
  writeFileSync(input, randomValues(1)([1, size, size, 3]));
  return { application: row, file: fileOf(folder, row), input };
}

/** The network of tables/training.ts as a file, with Adam and cross-entropy. */
async function trainingRequest(folder: string, row: string) {
  const { batch } = trainedNetwork(row);
  await useBackend('convnet-cpu');
  const model = trainedNetwork(row).make();
  model.compile({ optimizer: new Adam({ learningRate: 1e-4 }), loss: 'categoricalCrossentropy' });
  writeFileSync(fileOf(folder, row), await saveKerasModel(model));
  model.dispose();
  const [x, y] = [fileOf(folder, row, 'x'), fileOf(folder, row, 'y')];
  const { images, labels } = trainingData(trainedNetwork(row));
  writeFileSync(x, images);
  writeFileSync(y, labels);
  return { training: fileOf(folder, row), x, y, batch };
}

const trainedNetwork = (row: string) => named(trainedNetworks, row.slice('train '.length));

async function ourTask(contestant: string, folder: string, row: string): Promise<Task> {
  await useBackend(contestant);
  const model = await loadKerasModel(fileOf(folder, row));
  const enter = () => useBackend(contestant);
  if (!isTraining(row)) {
    const { size } = named(kerasApplications, row);
    const x = tf.tensor4d(randomValues(1)([1, size, size, 3]), [1, size, size, 3]);
    const read = async () => tf.tidy(() => (model.predict(x) as tf.Tensor).dataSync<'float32'>());
    return {
      enter,
      run: async () => void (await read()),
      read,
      dispose: () => [x, model].forEach((one) => void one.dispose()),
    };
  }
  const [x, y] = trainingTensors(trainedNetwork(row));
  const read = async () => Float32Array.of((await model.trainOnBatch(x, y)) as number);
  return {
    enter,
    run: async () => void (await read()),
    read,
    dispose: () => [x, y, model].forEach((one) => void one.dispose()),
  };
}
