// Whole networks with trained weights, from packages that are development dependencies (see test/models/README.md).

import * as tf from '@tensorflow/tfjs';
import { esrganX2, nsfwMobilenetV2, type ReadFile } from '../test/models/index.js';
import type { Task } from './measure.js';
import { randomValues } from './random.js';
import { tfjsTask, useBackend } from './tfjsBackend.js';

type Model = tf.LayersModel | tf.GraphModel;

export interface BenchModel {
  readonly name: string;
  readonly inputShape: readonly [number, number, number, number];
  /** Input values are 0..brightest. */
  readonly brightest: number;
  load(readFile: ReadFile): Promise<Model>;
}

export const models: readonly BenchModel[] = [
  { name: 'esrgan-slim-x2 64x64', inputShape: [1, 64, 64, 3], brightest: 255, load: esrganX2 },
  { name: 'nsfw-mobilenet-v2 224x224', inputShape: [1, 224, 224, 3], brightest: 1, load: nsfwMobilenetV2 },
];

export function modelNamed(name: string): BenchModel {
  const model = models.find((candidate) => candidate.name === name);
  if (!model) throw new Error(`modelNamed: the model must be in the table; received name=${name}`);
  return model;
}

/** A model of its own for each backend: the weights stay where they were first used. */
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
  return tfjsTask(backend, () => tf.tidy(() => model.predict(x) as tf.Tensor), dispose);
}

function inputOf({ inputShape, brightest }: Pick<BenchModel, 'inputShape' | 'brightest'>): tf.Tensor {
  const values = randomValues(1)(inputShape);
  return tf.tensor(
    values.map((value) => ((value + 1) / 2) * brightest),
    [...inputShape],
  );
}
