// The state of a Keras optimizer in the two layouts of files.
// Source: files written by Keras; https://keras.io/guides/serialization_and_saving/

import type { LayersModel } from '@tensorflow/tfjs-layers';
import { Nadam } from '../../layers/optimizers/moments.js';
import { isKerasOptimizer } from '../../layers/optimizers/optimizers.js';
import type { StateEntry } from '../../layers/optimizers/state.js';
import { addDataset, addGroup, type H5Tree, uniquePaths } from '../save/h5Tree.js';
import { trainableVariables } from './trainableVariables.js';

/**
 * The state of a model's optimizer as a file holds it; [] for one that is none of Keras's, or has made no step.
 *
 * @param forOlderVersions Leaves out that of Nadam: early versions of Keras 3 have another order for it, and fail.
 */
export function optimizerState(model: LayersModel, forOlderVersions: boolean): StateEntry[] {
  const { optimizer } = model;
  if (!isKerasOptimizer(optimizer) || !optimizer.stateOf().some(hasStep)) return [];
  return forOlderVersions && optimizer instanceof Nadam ? [] : optimizer.stateOf(trainableVariables(model));
}

/** Whether steps were made, which may have accumulated gradients alone. */
function hasStep({ name, read }: StateEntry): boolean {
  return name === 'iteration' && read()[0] > 0;
}

/** Adds `optimizer/vars/0`, `1`, ... to the weights of a .keras archive. */
export function addOptimizerState(root: H5Tree, model: LayersModel, forOlderVersions: boolean): void {
  const state = optimizerState(model, forOlderVersions);
  if (state.length === 0) return;
  const vars = addGroup(root, 'optimizer/vars');
  vars.attributes.name = nameOf(model);
  state.forEach((entry, i) => {
    addDataset(vars, String(i), datasetOf(entry));
  });
}

/** Adds `optimizer_weights` to an .h5 file, with the names in the order of the values. */
export function addLegacyOptimizerState(root: H5Tree, model: LayersModel, forOlderVersions: boolean): void {
  const state = optimizerState(model, forOlderVersions);
  if (state.length === 0) return;
  const group = addGroup(root, 'optimizer_weights');
  const paths = uniquePaths(state.map(({ name }) => `${nameOf(model)}/${name.replaceAll('/', '_')}`));
  group.attributes.weight_names = paths;
  state.forEach((entry, i) => {
    addDataset(group, paths[i], datasetOf(entry));
  });
}

function nameOf({ optimizer }: LayersModel): string {
  return isKerasOptimizer(optimizer) ? optimizer.name : '';
}

function datasetOf({ name, shape, read }: StateEntry) {
  return { name, shape, values: read() };
}
