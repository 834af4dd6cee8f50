// The groups, datasets and attributes of an HDF5 file that is being put together.

import { check } from '../../core/errors.js';
import type { WriteAttribute, WriteDataset } from '../../formats/hdf5/writeHdf5.js';
import type { WeightValue } from './readValues.js';

export interface H5Tree {
  readonly attributes: Record<string, WriteAttribute>;
  readonly groups: Record<string, H5Tree>;
  readonly datasets: Record<string, WriteDataset>;
}

export function emptyTree(): H5Tree {
  return { attributes: Object.create(null), groups: Object.create(null), datasets: Object.create(null) };
}

/** Gives the group at a path below `root`, and makes the groups that are missing. */
export function addGroup(root: H5Tree, path: string): H5Tree {
  let group = root;
  for (const name of path.split('/').filter((part) => part !== '')) {
    group.groups[name] ??= emptyTree();
    group = group.groups[name];
  }
  return group;
}

/** Adds a value as a dataset at a path below `root`. */
export function addDataset(root: H5Tree, path: string, { shape, values }: WeightValue): void {
  const end = path.lastIndexOf('/');
  const { datasets } = addGroup(root, path.slice(0, Math.max(end, 0)));
  const name = path.slice(end + 1);
  check(!(name in datasets), 'saveKerasModel', 'two weights must not have one path', { path });
  datasets[name] = { shape, dtype: values instanceof Int32Array ? 'int32' : 'float32', data: values };
}

/** The same paths, each repeated one with a number: the weights of a layer need different paths. */
export function uniquePaths(paths: readonly string[]): string[] {
  const taken = new Set<string>();
  return paths.map((path) => {
    let free = path;
    for (let i = 1; taken.has(free); i++) free = `${path}_${i}`;
    taken.add(free);
    return free;
  });
}
