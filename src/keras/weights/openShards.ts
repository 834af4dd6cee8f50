// Sharded weights: `x.weights.json` maps each path to the file, or files, that hold its values.
// Source: `max_shard_size` of https://keras.io/api/models/model_saving_apis/weights_saving_and_loading/

import { isJsonObject, type JsonObject } from '../../core/json.js';
import { type H5Group, openHdf5 } from '../../formats/hdf5/hdf5.js';
import { checkFile } from '../../formats/kerasFileError.js';
import { MAX_BYTES } from '../../formats/source/readPieces.js';
import type { SourceFile } from '../../formats/source/sourceTypes.js';
import { fileStore, type StateStore } from './loadState.js';
import type { StoredValue } from './storedValue.js';

/** Opens all shards that the index names, each once and all together no larger than one file may be. `file` is the file of the index. */
export async function openShards(index: JsonObject, file: SourceFile): Promise<StateStore> {
  const map = index.weight_map;
  checkFile(isJsonObject(map), `'${file.name}'`, 'the index must have a weight_map', { keys: Object.keys(index) });
  const names = new Set(Object.values(map).flat().map(String));
  const roots: H5Group[] = [];
  let left = MAX_BYTES;
  for (const name of names) {
    checkFile(!name.includes('/'), `'${file.name}'`, 'a shard must lie beside its index', { shard: name });
    const { bytes } = await file.sibling(name, { maxBytes: left });
    left -= bytes.length;
    roots.push(openHdf5(bytes));
  }
  return concatStores(roots.map((root) => fileStore(root)));
}

/** All values of several files. The values of one path may be in several of them; their numbers give the order. */
function concatStores(stores: readonly StateStore[]): StateStore {
  const number = ({ path }: StoredValue) => Number(path.slice(path.lastIndexOf('/') + 1));
  const distinct = (lists: readonly (readonly string[])[]) => [...new Set(lists.flat())];
  return {
    values: (path) => stores.flatMap((store) => store.values(path)).sort((a, b) => number(a) - number(b)),
    paths: () => distinct(stores.map((store) => store.paths())),
    children: (path) => distinct(stores.map((store) => store.children(path))),
  };
}
