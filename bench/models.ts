// Whole networks with trained weights, from packages that are development dependencies (see test/support/models/README.md).

import * as tf from '@tensorflow/tfjs';
import { esrganX2, nsfwInceptionV3, nsfwMobilenetV2, type ReadFile } from '../test/support/models/index.js';
import type { Task } from './measure.js';
import { randomValues } from './random.js';
import { isOnGpu, tfjsTask, useBackend } from './tfjsBackend.js';

type Model = tf.LayersModel | tf.GraphModel;

export interface BenchModel {
  readonly name: string;
  readonly inputShape: readonly [number, number, number, number];
  /** Input values are 0..brightest. */
  readonly brightest: number;
  /** Runs in bench/node.ts and where `--quick` is asked for. */
  readonly isCore?: true;
  /** Runs in whole runs of bench/cpu.ts and bench/webgl.ts. */
  readonly isWhole?: true;
  load(readFile: ReadFile): Promise<Model>;
}

const esrgan = { brightest: 255, load: esrganX2 } as const;

export const models: readonly BenchModel[] = [
  { name: 'esrgan-slim-x2 64x64', inputShape: [1, 64, 64, 3], isCore: true, ...esrgan },
  { name: 'esrgan-slim-x2 128x128', inputShape: [1, 128, 128, 3], isWhole: true, ...esrgan },
  {
    name: 'nsfw-mobilenet-v2 224x224',
    inputShape: [1, 224, 224, 3],
    brightest: 1,
    isCore: true,
    isWhole: true,
    load: nsfwMobilenetV2,
  },
  {
    name: 'nsfw-inception-v3 299x299',
    inputShape: [1, 299, 299, 3],
    brightest: 1,
    isWhole: true,
    load: nsfwInceptionV3,
  },
];

export const coreModels: readonly BenchModel[] = models.filter(({ isCore }) => isCore);
export const wholeModels: readonly BenchModel[] = models.filter(({ isWhole }) => isWhole);

export function modelNamed(name: string): BenchModel {
  const model = models.find((candidate) => candidate.name === name);
  if (!model) throw new Error(`modelNamed: the model must be in the table; received name=${name}`);
  return model;
}

/**
 * A model of its own for each backend: the weights stay where they were first used. On a GPU a run ends when the values are
 * in JavaScript, which is what a program waits for.
 */
export async function tfjsModelTask(
  backend: string,
  { load, ...input }: BenchModel,
  readFile: ReadFile,
): Promise<Task> {
  await useBackend(backend);
  const model = await load(readFile);
  const x = inputOf(input);
  const dispose = () => {
    model.dispose();
    x.dispose();
  };
  const task = tfjsTask(backend, () => tf.tidy(() => model.predict(x) as tf.Tensor), dispose);
  if (!isOnGpu(backend)) return task;
  const run = async () => void (await task.read());
  return { ...task, run, finish: undefined };
}

function inputOf({ inputShape, brightest }: Pick<BenchModel, 'inputShape' | 'brightest'>): tf.Tensor {
  const values = randomValues(1)(inputShape);
  return tf.tensor(
    values.map((value) => ((value + 1) / 2) * brightest),
    [...inputShape],
  );
}
