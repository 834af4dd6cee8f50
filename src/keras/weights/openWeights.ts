// Opens the weights of a file in whichever layout it has. Nothing is decoded yet, and shards are read.

import type { H5Group } from '../../formats/hdf5/hdf5.js';
import { checkFile } from '../../formats/kerasFileError.js';
import type { SourceFile } from '../../formats/source/sourceTypes.js';
import type { OpenedFile } from '../openFile.js';
import { legacyGroup } from './loadLegacy.js';
import { fileStore, type StateStore } from './loadState.js';
import { openShards } from './openShards.js';
import { type ManifestValues, readManifest } from './readManifest.js';

export type FileWeights =
  /** Paths of Keras 3, in one file or several. */
  | { readonly layout: 'state'; readonly store: StateStore }
  /** A group for each layer, of `.h5` files. */
  | { readonly layout: 'legacy'; readonly group: H5Group }
  /** A tfjs model.json. */
  | ({ readonly layout: 'named' } & ManifestValues);

/** @param file The file itself, beside which shards are. */
export async function openWeights({ weights, json, assets }: OpenedFile, file: SourceFile): Promise<FileWeights> {
  if (json) {
    if (json.weight_map) return { layout: 'state', store: await openShards(json, file) };
    const { weightsManifest } = json;
    checkFile(
      weightsManifest !== undefined,
      `'${file.name}'`,
      'the file must have a weightsManifest or a weight_map',
      {},
    );
    return { layout: 'named', ...(await readManifest(weightsManifest, file)) };
  }
  checkFile(weights !== null, `'${file.name}'`, 'the file must have weights');
  const group = legacyGroup(weights);
  return group ? { layout: 'legacy', group } : { layout: 'state', store: fileStore(weights, assets) };
}
