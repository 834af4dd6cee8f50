// Reads all groups, attributes and values of an HDF5 file into plain data.

import type { H5Attributes, H5Dataset, H5Group, H5Value } from '../../../src/formats/hdf5/hdf5.js';
import { KerasFileError } from '../../../src/formats/kerasFileError.js';

export interface Contents {
  readonly datasets: Record<string, { shape: readonly number[]; dtype: string; values: unknown[] }>;
  readonly groups: Record<string, Record<string, H5Value | undefined>>;
}

/** Reads a whole tree. Throws the first error. */
export function readContents(root: H5Group): Contents {
  const contents: Contents = { datasets: {}, groups: {} };
  visit(root, (object) => {
    if (object.kind === 'group') contents.groups[object.path] = readAttributes(object.attributes);
    else {
      const { shape, dtype } = object;
      contents.datasets[object.path.slice(1)] = { shape, dtype, values: readValues(object) };
    }
  });
  return contents;
}

/** Reads all that can be read and counts KerasFileErrors; other errors are thrown on. Gives the number of objects. */
export function readDespiteErrors(root: H5Group): { readonly objects: number; readonly errors: number } {
  let objects = 0;
  let errors = 0;
  const attempt = (run: () => void) => {
    try {
      run();
    } catch (error) {
      if (!(error instanceof KerasFileError)) throw error;
      errors++;
    }
  };
  const tryObject = (object: H5Group | H5Dataset) => {
    objects++;
    attempt(() => {
      for (const name of object.attributes.names) attempt(() => object.attributes.get(name));
    });
    if (object.kind === 'dataset') attempt(() => readValues(object));
    else {
      attempt(() => {
        for (const name of object.keys()) {
          attempt(() => {
            const child = object.group(name) ?? object.dataset(name);
            if (child) tryObject(child);
          });
        }
      });
    }
  };
  tryObject(root);
  return { objects, errors };
}

function visit(group: H5Group, see: (object: H5Group | H5Dataset) => void): void {
  see(group);
  for (const name of group.keys()) {
    const child = group.group(name);
    if (child) visit(child, see);
    else {
      const dataset = group.dataset(name);
      if (dataset) see(dataset);
    }
  }
}

function readAttributes(attributes: H5Attributes): Record<string, H5Value | undefined> {
  return Object.fromEntries(attributes.names.map((name) => [name, attributes.get(name)]));
}

/** The value as expected.json has it: values that JSON lacks are text. */
export function readValues(dataset: H5Dataset): unknown[] {
  if (dataset.dtype === 'string') return dataset.readStrings();
  return Array.from(dataset.read() as ArrayLike<number | bigint>, (value) => {
    if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : `${value}n`;
    return Number.isFinite(value) ? value : String(value).replace('Infinity', 'inf').replace('NaN', 'nan');
  });
}
