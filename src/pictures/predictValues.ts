// Runs one prediction and reads its outputs back.

import { type Tensor, tidy } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { flattenTree } from '../core/tensorTree.js';
import type { Output } from './modelOutputs.js';

/** Runs the model and reads the values of all outputs. Disposes of the outputs; the caller owns the inputs. */
export async function predictValues(model: LayersModel, inputs: readonly Tensor[]): Promise<Output[]> {
  const outputs = tidy(() => flattenTree<Tensor>(model.predict(inputs.length === 1 ? inputs[0] : [...inputs])));
  try {
    const values = await Promise.all(outputs.map((output) => output.data()));
    return outputs.map(({ shape }, i) => ({ name: model.outputNames[i], shape, values: values[i] }));
  } finally {
    for (const output of outputs) output.dispose();
  }
}
