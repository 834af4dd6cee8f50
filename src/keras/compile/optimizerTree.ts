// The state of a Keras optimizer in the two layouts of files.
// Source: files written by Keras; https://keras.io/guides/serialization_and_saving/

import type { Optimizer } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { Nadam } from '../../layers/optimizers/moments.js';
import { isKerasOptimizer } from '../../layers/optimizers/optimizers.js';
import type { StateEntry } from '../../layers/optimizers/state.js';
import { addDataset, addGroup, type H5Tree, uniquePaths } from '../save/h5Tree.js';
import { tfjsState } from './tfjsState.js';
import { trainableVariables } from './trainableVariables.js';

export interface OptimizerState {
  /** The name of Keras's optimizer. */
  readonly name: string;
  readonly entries: readonly StateEntry[];
}

const none: OptimizerState = { name: '', entries: [] };

/**
 * The state of a model's optimizer as a file holds it, in the form of Keras where it is one of TensorFlow.js. There are no entries
 * for one that has no such form, or has made no step.
 *
 * @param forOlderVersions Leaves out that of Nadam: early versions of Keras 3 have another order for it, and fail.
 */
export async function optimizerState(model: LayersModel, forOlderVersions: boolean): Promise<OptimizerState> {
  const { optimizer } = model as { readonly optimizer?: Optimizer };
  if (isKerasOptimizer(optimizer)) {
    if (!optimizer.stateOf().some(hasStep) || (forOlderVersions && optimizer instanceof Nadam)) return none;
    return { name: optimizer.name, entries: optimizer.stateOf(trainableVariables(model)) };
  }
  if (!optimizer || !(optimizer.iterations > 0)) return none;
  return (await tfjsState(optimizer, trainableVariables(model))) ?? none;
}

/** Whether steps were made, which may have accumulated gradients alone. */
function hasStep({ name, read }: StateEntry): boolean {
  return name === 'iteration' && read()[0] > 0;
}

/** Adds `optimizer/vars/0`, `1`, ... to the weights of a .keras archive. */
export function addOptimizerState(root: H5Tree, { name, entries }: OptimizerState): void {
  if (entries.length === 0) return;
  const vars = addGroup(root, 'optimizer/vars');
  vars.attributes.name = name;
  entries.forEach((entry, i) => {
    addDataset(vars, String(i), datasetOf(entry));
  });
}

/** Adds `optimizer_weights` to an .h5 file, with the names in the order of the values. */
export function addLegacyOptimizerState(root: H5Tree, { name: optimizer, entries }: OptimizerState): void {
  if (entries.length === 0) return;
  const group = addGroup(root, 'optimizer_weights');
  const paths = uniquePaths(entries.map(({ name }) => `${optimizer}/${name.replaceAll('/', '_')}`));
  group.attributes.weight_names = paths;
  entries.forEach((entry, i) => {
    addDataset(group, paths[i], datasetOf(entry));
  });
}

function datasetOf({ name, shape, read }: StateEntry) {
  return { name, shape, values: read() };
}
