// Reads the parts of a saved HDF5 file that tests compare.

import { type H5Group, openHdf5 } from '../../../src/formats/hdf5/hdf5.js';

/** The paths and shapes of all datasets in alphabetical order: `/layers/conv2d/vars/0 [3,3,3,4]`. */
export function weightPaths(bytes: Uint8Array): string[] {
  const found: string[] = [];
  walk(openHdf5(bytes), (group) => {
    for (const name of group.keys()) {
      const dataset = group.group(name) ? null : group.dataset(name);
      if (dataset) found.push(`${dataset.path} [${dataset.shape}]`);
    }
  });
  return found.sort();
}

/** The `name` attribute of every `vars` group by its path. */
export function objectNames(bytes: Uint8Array): Record<string, unknown> {
  const found: Record<string, unknown> = {};
  walk(openHdf5(bytes), (group) => {
    if (group.path.endsWith('vars')) found[group.path] = group.attributes.get('name');
  });
  return found;
}

function walk(group: H5Group, visit: (group: H5Group) => void): void {
  visit(group);
  for (const name of group.keys()) {
    const child = group.group(name);
    if (child) walk(child, visit);
  }
}
