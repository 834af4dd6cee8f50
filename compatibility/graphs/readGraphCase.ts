// Loads a random model, runs, saves and trains it.

import * as tf from '@tensorflow/tfjs';
import { flattenTree, isTensor, type TensorTree } from '../../src/core/tensorTree.js';
import { makeTfjsFiles } from '../../src/keras/save/tfjs/tfjsFiles.js';
import { loadKerasModel, saveKerasModel } from '../../src/keras.js';
import type { KerasModel } from '../../src/layers/run/models.js';
import type { Values } from '../masks/maskFiles.js';
import { distance, tensorOf, worstOf } from '../masks/readMaskCase.js';
import type { GraphCase, GraphOutcome } from './graphFiles.js';

type Tensors = TensorTree<tf.Tensor>;

function isValues(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'dtype' in value;
}

function tensorsOf(tree: TensorTree<Values>): Tensors {
  if (isValues(tree)) return tensorOf(tree as Values);
  if (Array.isArray(tree)) return tree.map(tensorsOf);
  return Object.fromEntries(Object.entries(tree).map(([key, child]) => [key, tensorsOf(child as TensorTree<Values>)]));
}

/** Keys and places, for comparing structures. */
function shapeOf(tree: unknown, isLeaf: (value: unknown) => boolean): unknown {
  if (isLeaf(tree)) return 0;
  if (Array.isArray(tree))
    return tree.length === 1 ? shapeOf(tree[0], isLeaf) : tree.map((child) => shapeOf(child, isLeaf));
  const entries = Object.entries(tree as object).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, child]) => [key, shapeOf(child, isLeaf)]));
}

function predictDifference(model: KerasModel, inputs: Tensors, wanted: TensorTree<Values>): number {
  return tf.tidy(() => {
    const found = model.predict<object>(inputs) as Tensors;
    const [own, keras] = [shapeOf(found, isTensor), shapeOf(wanted, isValues)].map((shape) => JSON.stringify(shape));
    if (own !== keras) throw new Error(`outputs are ${own} instead of ${keras}`);
    const all = flattenTree(wanted, isValues);
    return worstOf(flattenTree(found).map((y, i) => distance(y.dataSync(), all[i].values)));
  });
}

async function loadedAs(model: KerasModel, format: string): Promise<KerasModel> {
  const quiet = { onWarning: () => {} };
  if (format !== 'tfjs') return loadKerasModel(await saveKerasModel(model, { format: format as 'h5' }), quiet);
  const { files } = await makeTfjsFiles(model);
  return loadKerasModel(
    files.map(({ name, bytes }) => new File([new Uint8Array(bytes)], name)),
    quiet,
  );
}

async function saveDifferences(model: KerasModel, inputs: Tensors, wanted: TensorTree<Values>) {
  const found: Record<string, number> = {};
  for (const format of ['keras', 'h5', 'tfjs']) {
    const again = await loadedAs(model, format).catch((error: Error) => {
      throw new Error(`${format}: ${error.message}`);
    });
    found[format] = predictDifference(again, inputs, wanted);
    disposeWhole(again);
  }
  return found;
}

/** The optimizer that a file brings has variables of its own. */
function disposeWhole(model: KerasModel): void {
  if (model.optimizer) model.optimizer.dispose();
  model.dispose();
}

async function trainDifference(model: KerasModel, one: GraphCase, inputs: Tensors): Promise<number> {
  const targets = tensorsOf(one.targets);
  try {
    const evaluated = model.evaluate(inputs, targets, { batchSize: 3 });
    const parts = [distance([[evaluated].flat()[0].dataSync()[0]], [one.testLoss])];
    tf.dispose(evaluated);
    for (const loss of one.losses ?? []) {
      const found = await model.trainOnBatch(inputs, targets);
      parts.push(distance([[found].flat()[0]], [loss]));
    }
    if (one.after) parts.push(predictDifference(model, inputs, one.after));
    return worstOf(parts);
  } finally {
    tf.dispose(flattenTree(targets));
  }
}

/** @param bytes The file. Gives the differences from Keras, and an error where one is thrown or tensors are left. */
export async function readGraphCase(bytes: Uint8Array, file: string, one: GraphCase): Promise<GraphOutcome> {
  const before = tf.memory().numTensors;
  const inputs = tensorsOf(one.inputs);
  const found: { -readonly [K in keyof GraphOutcome]: GraphOutcome[K] } = { file };
  try {
    const model = await loadKerasModel(bytes, { onWarning: () => {} });
    try {
      found.predicts = predictDifference(model, inputs, one.outputs);
      found.saves = await saveDifferences(model, inputs, one.outputs);
      found.losses = await trainDifference(model, one, inputs);
    } finally {
      disposeWhole(model);
    }
  } catch (error) {
    found.error = `${(error as Error).name}: ${(error as Error).message.slice(0, 400)}`;
  }
  tf.dispose(flattenTree(inputs));
  const left = tf.memory().numTensors - before;
  if (left !== 0 && found.error === undefined) found.error = `${left} tensors are left`;
  return found;
}

export function isGoodGraph({ error, predicts = Infinity, saves = {}, losses = Infinity }: GraphOutcome): boolean {
  return error === undefined && [predicts, losses, ...Object.values(saves)].every((gap) => gap <= 1e-4);
}
