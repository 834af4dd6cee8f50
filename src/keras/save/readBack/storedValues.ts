// The weights of a tfjs model that was just written, each decoded when it is asked for.

import { io, tidy } from '@tensorflow/tfjs-core';
import type { JsonObject } from '../../../core/json.js';
import type { SourceFile } from '../../../formats/source/openSource.js';
import { bytesOf } from '../../weights/manifest.js';
import type { StoredValue } from '../../weights/storedValue.js';
import { differ } from './difference.js';

type Manifest = readonly { readonly paths: readonly string[]; readonly weights: readonly io.WeightsManifestEntry[] }[];

export async function storedValues(json: JsonObject, file: SourceFile): Promise<StoredValue[]> {
  const found: StoredValue[] = [];
  for (const { paths, weights } of json.weightsManifest as unknown as Manifest) {
    const shards: Uint8Array[] = [];
    for (const path of paths) shards.push((await file.sibling(path)).bytes);
    let at = 0;
    for (const spec of weights) {
      const [start, length] = [at, bytesOf(spec)];
      at += length;
      const { name: path, shape, dtype } = spec;
      const read = () => decode(spec, cutOut(shards, start, length));
      found.push({ path, shape, dtype, numbers: () => tidy(() => read().dataSync()), read });
    }
    const size = shards.reduce((sum, { length }) => sum + length, 0);
    if (size !== at) differ('bytes of the shards', at, size);
  }
  return found;
}

function decode(spec: io.WeightsManifestEntry, bytes: Uint8Array) {
  const { [spec.name]: tensor } = io.decodeWeights(bytes.buffer as ArrayBuffer, [spec]);
  return tensor;
}

/** A copy of the bytes from `start` on of all shards together. */
function cutOut(shards: readonly Uint8Array[], start: number, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const shard of shards) {
    const from = Math.max(0, start - at);
    const to = Math.min(shard.length, start + length - at);
    if (to > from) bytes.set(shard.subarray(from, to), at + from - start);
    at += shard.length;
  }
  return bytes;
}
