// The weights manifest of a tfjs `model.json`: names, shapes and dtypes of the weights, and the files that hold them.
// Source: https://www.tensorflow.org/js/guide/save_load

import { isJsonArray, isJsonObject, type Json, type JsonObject } from '../../core/json.js';
import { checkFile } from '../../formats/kerasFileError.js';

/** A weight as the manifest describes it. */
export interface ManifestEntry {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: string;
  readonly quantization?: { readonly dtype: string; readonly scale: number; readonly min: number };
  /** Whether it is state of the optimizer, which `model.save()` writes behind the weights if it is asked to. */
  readonly isOfOptimizer?: boolean;
}

export interface ManifestGroup {
  readonly paths: readonly string[];
  readonly weights: readonly ManifestEntry[];
}

/** How a dtype is stored: as a weight itself, or as what a float or integer was quantized to. */
const storedBytes: Readonly<Record<string, number>> = { float32: 4, int32: 4, bool: 1 };
const quantizedBytes: Readonly<Record<string, number>> = { uint8: 1, uint16: 2, float16: 2 };

const LONGEST_NAME = 4096; // what looks at names takes time in the square of their length

/**
 * The groups of a weights manifest.
 * @throws KerasFileError for anything else.
 */
export function readManifestGroups(manifest: Json, fileName: string): ManifestGroup[] {
  const where = `'${fileName}'`;
  checkFile(isJsonArray(manifest), where, 'weightsManifest must be a list', { weightsManifest: manifest });
  const names = new Set<string>();
  return manifest.map((group) => {
    const { paths, weights } = isJsonObject(group) ? group : {};
    const isSound = isJsonArray(paths) && isJsonArray(weights) && paths.every((path) => typeof path === 'string');
    checkFile(isSound, where, 'a group of the weightsManifest must have paths and weights', { group });
    const entries = weights.map((weight) => {
      const entry = readEntry(weight);
      checkFile(entry !== null, where, 'a weight of the weightsManifest must have name, shape and dtype', { weight });
      checkFile(!names.has(entry.name), where, 'two weights must not have the same name', { name: entry.name });
      names.add(entry.name);
      return entry;
    });
    return { paths: paths as readonly string[], weights: entries };
  });
}

function readEntry(value: Json): ManifestEntry | null {
  if (!isJsonObject(value)) return null;
  const { name, shape, dtype, quantization, group } = value;
  const isShape =
    isJsonArray(shape) && shape.length <= 16 && shape.every((size) => Number.isSafeInteger(size) && Number(size) >= 0);
  if (typeof name !== 'string' || name.length > LONGEST_NAME || !isShape) return null;
  if (typeof dtype !== 'string' || !Object.hasOwn(storedBytes, dtype)) return null;
  const entry = { name, shape: shape as readonly number[], dtype, isOfOptimizer: group === 'optimizer' };
  if (quantization === undefined || quantization === null) return entry;
  const read = isJsonObject(quantization) ? readQuantization(quantization) : null;
  return read ? { ...entry, quantization: read } : null;
}

function readQuantization({
  dtype,
  scale = 1,
  min = 0,
}: JsonObject): NonNullable<ManifestEntry['quantization']> | null {
  if (typeof dtype !== 'string' || !Object.hasOwn(quantizedBytes, dtype)) return null;
  return typeof scale === 'number' && typeof min === 'number' ? { dtype, scale, min } : null;
}

interface StoredForm extends Pick<ManifestEntry, 'shape' | 'dtype'> {
  readonly quantization?: { readonly dtype: string };
}

/** The number of bytes in which the weight is stored. */
export function bytesOf({ shape, dtype, quantization }: StoredForm): number {
  const perValue = quantization ? quantizedBytes[quantization.dtype] : storedBytes[dtype];
  return shape.reduce((a, b) => a * b, 1) * perValue;
}
