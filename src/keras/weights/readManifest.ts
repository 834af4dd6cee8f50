// Reads the weights of a tfjs `model.json`: a weights manifest names them, and shards beside the file hold their values,
// which may be quantized. A shard is read once, and never more bytes of it than the manifest lists.
// Source: https://www.tensorflow.org/js/guide/save_load

import { tensor } from '@tensorflow/tfjs-core';
import type { Json } from '../../core/json.js';
import { checkFile } from '../../formats/kerasFileError.js';
import type { SourceFile } from '../../formats/source/sourceTypes.js';
import { decodeManifestValues } from './decodeManifestValues.js';
import { bytesOf, type ManifestEntry, readManifestGroups } from './manifest.js';
import type { StoredValue } from './storedValue.js';

export interface ManifestValues {
  readonly values: readonly StoredValue[];
  /** The optimizer's state, which belongs to no layer. */
  readonly ofOptimizer: readonly StoredValue[];
}

/** Reads all weights of a manifest. Their values become tensors when they are asked for. */
export async function readManifest(manifest: Json, file: SourceFile): Promise<ManifestValues> {
  const values: StoredValue[] = [];
  const ofOptimizer: StoredValue[] = [];
  for (const { paths, weights } of readManifestGroups(manifest, file.name)) {
    const bytes = await readShards(paths, weights, file);
    let offset = 0;
    for (const entry of weights) {
      const start = offset;
      offset += bytesOf(entry);
      const read = () => decodeManifestValues(bytes.subarray(start, start + bytesOf(entry)), entry);
      const { name, shape, dtype } = entry;
      const path = name.replace(/:0$/, '');
      const list = entry.isOfOptimizer ? ofOptimizer : values;
      list.push({ path, shape, dtype, numbers: read, read: () => tensor(read(), [...shape], 'float32') });
    }
  }
  return { values, ofOptimizer };
}

/** The bytes of a group of weights, from all its shards. */
async function readShards(
  paths: readonly string[],
  weights: readonly ManifestEntry[],
  file: SourceFile,
): Promise<Uint8Array> {
  const needed = weights.reduce((sum, entry) => sum + bytesOf(entry), 0);
  const parts: Uint8Array[] = [];
  let found = 0;
  for (const path of paths) {
    const { bytes } = await file.sibling(path, { maxBytes: needed - found });
    parts.push(bytes);
    found += bytes.length;
  }
  checkFile(found === needed, `'${file.name}'`, 'the shards must hold all weights', { needed, found });
  return parts.length === 1 ? parts[0] : concat(parts, found);
}

function concat(parts: readonly Uint8Array[], length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  let offset = 0;
  for (const part of parts) {
    bytes.set(part, offset);
    offset += part.length;
  }
  return bytes;
}
