// Reads the tensors of a tfjs `model.json`: a weights manifest names them, and shards beside the file hold their values, which
// may be quantized.
// Source: https://www.tensorflow.org/js/guide/save_load

import { io, type NamedTensorMap } from '@tensorflow/tfjs-core';
import { isJsonArray, isJsonObject, type Json } from '../../core/json.js';
import { checkFile } from '../../formats/kerasFileError.js';
import type { SourceFile } from '../../formats/source/sourceTypes.js';

/** Reads all tensors of a weights manifest, floats as float32. The caller disposes of them. */
export async function readManifest(manifest: Json, file: SourceFile): Promise<NamedTensorMap> {
  checkFile(isJsonArray(manifest), `'${file.name}'`, 'weightsManifest must be a list', { weightsManifest: manifest });
  const specs: io.WeightsManifestEntry[] = [];
  const parts: Uint8Array[] = [];
  for (const group of manifest) {
    const { paths, weights } = isJsonObject(group) ? group : {};
    const isSound = isJsonArray(paths) && isJsonArray(weights) && weights.every(isSpec);
    checkFile(isSound, `'${file.name}'`, 'a group of the weightsManifest must have paths and weights', { group });
    specs.push(...weights);
    for (const path of paths) parts.push((await file.sibling(String(path))).bytes);
  }
  const bytes = concat(parts);
  const needed = specs.reduce((sum, spec) => sum + bytesOf(spec), 0);
  checkFile(needed <= bytes.length, `'${file.name}'`, 'the shards must hold all weights', {
    needed,
    found: bytes.length,
  });
  return io.decodeWeights(bytes.buffer as ArrayBuffer, specs);
}

const dtypes: Readonly<Record<string, number>> = { float32: 4, int32: 4, bool: 1, uint8: 1, uint16: 2, float16: 2 };

function isSpec(value: Json): value is Json & io.WeightsManifestEntry {
  if (!isJsonObject(value)) return false;
  const { name, shape, dtype, quantization } = value;
  const stored = isJsonObject(quantization) ? quantization.dtype : dtype;
  const isShape = isJsonArray(shape) && shape.every((size) => Number.isInteger(size) && (size as number) >= 0);
  return typeof name === 'string' && isShape && typeof stored === 'string' && stored in dtypes;
}

/** The number of bytes of a weight in its shard. */
export function bytesOf({ shape, dtype, quantization }: io.WeightsManifestEntry): number {
  return shape.reduce((a, b) => a * b, 1) * dtypes[quantization?.dtype ?? dtype];
}

function concat(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    bytes.set(part, offset);
    offset += part.length;
  }
  return bytes;
}
