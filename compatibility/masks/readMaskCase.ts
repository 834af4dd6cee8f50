// Loads the model of a case, runs, trains and saves it.

import * as tf from '@tensorflow/tfjs';
import { flattenTree, type TensorTree } from '../../src/core/tensorTree.js';
import { loadKerasModel, saveKerasModel } from '../../src/keras.js';
import type { MaskCase, MaskOutcome, Values } from './maskFiles.js';

const RATE = 0.01;

export function tensorOf({ shape, dtype, values }: Values): tf.Tensor {
  const type =
    dtype === 'bool' || dtype === 'string'
      ? dtype
      : dtype.startsWith('float')
        ? ('float32' as const)
        : ('int32' as const);
  return tf.tensor([...values], [...shape], type);
}

/** NaN where a value is not a number. */
export function distance(found: ArrayLike<number>, wanted: readonly number[]): number {
  const largest = wanted.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-3);
  let worst = 0;
  for (let i = 0; i < wanted.length; i++) {
    const gap = Math.abs(found[i] - wanted[i]) / largest;
    if (!(gap <= worst)) worst = gap;
  }
  return worst;
}

function predictDifference(model: tf.LayersModel, inputs: tf.Tensor[], wanted: readonly Values[]): number {
  return tf.tidy(() => {
    const found = flattenTree(model.predict(single(inputs)) as TensorTree<tf.Tensor>);
    if (found.length !== wanted.length) throw new Error(`${found.length} outputs instead of ${wanted.length}`);
    const parts = found.map((y, i) => {
      if (`${y.shape}` !== `${wanted[i].shape}`) throw new Error(`shape [${y.shape}] instead of [${wanted[i].shape}]`);
      return distance(y.dataSync(), wanted[i].values);
    });
    return worstOf(parts);
  });
}

export function worstOf(parts: readonly number[]): number {
  return parts.reduce((worst, part) => (part <= worst ? worst : part), 0);
}

function single<T>(list: readonly T[]): T | T[] {
  return list.length === 1 ? list[0] : [...list];
}

/** The loss of a test, the losses of the steps, and the predictions after them. */
async function trainDifference(model: tf.LayersModel, one: MaskCase, inputs: tf.Tensor[]): Promise<number> {
  const { targets = [], testLoss, losses = [], after } = one;
  model.compile({ optimizer: tf.train.sgd(RATE), loss: 'meanSquaredError' });
  const wanted = targets.map(tensorOf);
  try {
    const evaluated = model.evaluate(single(inputs), single(wanted), { batchSize: 3 });
    const parts: number[] = [];
    if (testLoss !== undefined) parts.push(distance([[evaluated].flat()[0].dataSync()[0]], [testLoss]));
    tf.dispose(evaluated);
    for (const loss of losses) {
      const found = await model.trainOnBatch(single(inputs), single(wanted));
      parts.push(distance([[found].flat()[0]], [loss]));
    }
    if (after) parts.push(predictDifference(model, inputs, after));
    return worstOf(parts);
  } finally {
    tf.dispose(wanted);
    model.optimizer.dispose();
  }
}

async function savedDifference(model: tf.LayersModel, file: string, inputs: tf.Tensor[], one: MaskCase) {
  const format = file.endsWith('.h5') ? 'h5' : 'keras';
  const again = await loadKerasModel(await saveKerasModel(model, { format }), { onWarning: () => {} });
  try {
    return predictDifference(again, inputs, one.outputs);
  } finally {
    again.dispose();
  }
}

/** Some functions of TensorFlow cannot be written for Keras 3. */
function unlessUnsaved(error: Error): undefined {
  if (!/Keras 3 has no (operation for this function|layer of this class)/.test(error.message)) throw error;
}

/** @param bytes The file. Gives the differences from Keras, and an error where one is thrown or tensors are left. */
export async function readMaskCase(bytes: Uint8Array, file: string, one: MaskCase): Promise<MaskOutcome> {
  const before = tf.memory().numTensors;
  const inputs = one.inputs.map(tensorOf);
  const found: { -readonly [K in keyof MaskOutcome]: MaskOutcome[K] } = { file };
  try {
    const model = await loadKerasModel(bytes, { onWarning: () => {} });
    try {
      found.predicts = predictDifference(model, inputs, one.outputs);
      found.saves = await savedDifference(model, file, inputs, one).catch(unlessUnsaved);
      const hasBatch = one.outputs.every(({ shape }) => shape[0] === one.inputs[0].shape[0]);
      if (one.testLoss !== undefined && hasBatch) found.losses = await trainDifference(model, one, inputs);
    } finally {
      model.dispose();
    }
  } catch (error) {
    found.error = `${(error as Error).name}: ${(error as Error).message.slice(0, 300)}`;
  }
  tf.dispose(inputs);
  const left = tf.memory().numTensors - before;
  if (left !== 0 && found.error === undefined) found.error = `${left} tensors are left`;
  return found;
}
