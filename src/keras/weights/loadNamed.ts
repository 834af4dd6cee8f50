// Weights of a tfjs `model.json`: shards beside it, named tensors in them, perhaps quantised. The names come from Keras
// (`conv2d/kernel`, `sequential/conv2d/kernel`) or, from `.keras` files, are paths (`layers/conv2d/vars/0`).

import { cast, dispose, io, type NamedTensorMap, type Tensor } from '@tensorflow/tfjs-core';
import { LayersModel, type LayerVariable, type layers } from '@tensorflow/tfjs-layers';
import { isPlainObject, type Json } from '../../core/json.js';
import { checkFile } from '../../formats/kerasFileError.js';
import type { SourceFile } from '../../formats/source/sourceTypes.js';
import { assignUnconstrained } from '../../layers/base/variables.js';
import { type Assignment, assignAll, report, type Step, type WeightRules } from './assignWeights.js';
import { loadState, type StateStore } from './loadState.js';
import { childrenOf, ownVariables, shortName } from './ownState.js';
import type { LayerOrder } from './statePaths.js';
import type { StoredValue } from './storedValue.js';

type Layer = layers.Layer;

/** The tensors of a weights manifest, floats as float32; the caller disposes them. */
export async function readManifest(manifest: Json, file: SourceFile): Promise<NamedTensorMap> {
  checkFile(Array.isArray(manifest), `'${file.name}'`, 'weightsManifest must be a list', { weightsManifest: manifest });
  const specs: io.WeightsManifestEntry[] = [];
  const parts: Uint8Array[] = [];
  for (const group of manifest as readonly Json[]) {
    const { paths, weights } = (isPlainObject(group) ? group : {}) as { paths?: Json; weights?: Json };
    const isSound = Array.isArray(paths) && Array.isArray(weights) && weights.every(isSpec);
    checkFile(isSound, `'${file.name}'`, 'a group of the weightsManifest must have paths and weights', { group });
    specs.push(...(weights as unknown as io.WeightsManifestEntry[]));
    for (const path of paths as readonly Json[]) parts.push((await file.sibling(String(path))).bytes);
  }
  const bytes = joined(parts);
  const needed = specs.reduce((sum, spec) => sum + bytesOf(spec), 0);
  checkFile(needed <= bytes.length, `'${file.name}'`, 'the shards must hold all weights', {
    needed,
    found: bytes.length,
  });
  return io.decodeWeights(bytes.buffer as ArrayBuffer, specs);
}

const dtypes: Readonly<Record<string, number>> = { float32: 4, int32: 4, bool: 1, uint8: 1, uint16: 2, float16: 2 };

function isSpec(value: Json): boolean {
  if (!isPlainObject(value)) return false;
  const { name, shape, dtype, quantization } = value;
  const stored = isPlainObject(quantization) ? quantization.dtype : dtype;
  const isShape = Array.isArray(shape) && shape.every((size) => Number.isInteger(size) && (size as number) >= 0);
  return typeof name === 'string' && isShape && typeof stored === 'string' && stored in dtypes;
}

function bytesOf({ shape, dtype, quantization }: io.WeightsManifestEntry): number {
  return shape.reduce((a, b) => a * b, 1) * dtypes[quantization?.dtype ?? dtype];
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    bytes.set(part, offset);
    offset += part.length;
  }
  return bytes;
}

/** @throws KerasFileError where names or shapes do not fit; the tensors are disposed of in any case. */
export async function loadNamed(
  model: LayersModel,
  tensors: NamedTensorMap,
  order: LayerOrder,
  rules: WeightRules,
  step: Step,
): Promise<void> {
  try {
    const values = Object.entries(tensors).map(([name, tensor]) => stored(name, tensor));
    const arePaths = values.length > 0 && values.every(({ path }) => /(^|\/)\d+$/.test(path));
    if (arePaths) await loadState(model, pathStore(values), order, rules, step);
    else await assignAll(byLayer(model, values, rules), rules, step);
  } finally {
    dispose(tensors);
  }
}

function stored(name: string, tensor: Tensor): StoredValue {
  const read = () => (tensor.dtype === 'float32' ? tensor.clone() : cast(tensor, 'float32'));
  return { path: name.replace(/:0$/, ''), shape: tensor.shape, read };
}

/** Names such as `layers/conv2d/vars/0`, with or without the folders `layers` and `vars`. */
function pathStore(values: readonly StoredValue[]): StateStore {
  const byPath = new Map<string, StoredValue[]>();
  for (const value of values) {
    const path = value.path.replace(/\/?(vars\/)?\d+$/, '');
    byPath.set(path, [...(byPath.get(path) ?? []), value]);
  }
  const number = ({ path }: StoredValue) => Number(path.slice(path.lastIndexOf('/') + 1));
  for (const list of byPath.values()) list.sort((a, b) => number(a) - number(b));
  return {
    values: (path) => byPath.get(path) ?? [],
    paths: () => [...byPath.keys()],
    children: (path) => {
      const below = [...byPath.keys()].filter((name) => path === '' || name.startsWith(`${path}/`));
      return [...new Set(below.map((name) => name.slice(path === '' ? 0 : path.length + 1).split('/')[0]))];
    },
  };
}

interface Unit {
  readonly layer: Layer;
  /** Names of the models around it, the outermost first. */
  readonly models: readonly string[];
}

/** Every stored value goes to the layer whose name is the last in its own name; the models around it break ties. */
function byLayer(model: LayersModel, values: readonly StoredValue[], rules: WeightRules): Assignment[] {
  // Layers without weights may bear names that occur within others: an input `query` of an attention layer.
  const units = unitsOf(model, []).filter(({ layer }) => variablesOf(layer).length > 0);
  const taken = new Map<Unit, StoredValue[]>();
  const homeless: string[] = [];
  for (const value of values) {
    const unit = ownerOf(value.path.split('/').slice(0, -1), units);
    if (unit) taken.set(unit, [...(taken.get(unit) ?? []), value]);
    else
      homeless.push(
        `weight '${value.path}' belongs to no layer of the model (model.json of Keras ${rules.kerasVersion})`,
      );
  }
  report(homeless, rules);
  return units.map((unit) => namedAssignment(unit.layer, taken.get(unit) ?? []));
}

function unitsOf(model: LayersModel, models: readonly string[]): Unit[] {
  const seen = new Set<Layer>();
  return model.layers.flatMap((layer): Unit[] => {
    if (seen.has(layer)) return [];
    seen.add(layer);
    return layer instanceof LayersModel ? unitsOf(layer, [...models, layer.name]) : [{ layer, models }];
  });
}

function ownerOf(scopes: readonly string[], units: readonly Unit[]): Unit | undefined {
  for (let i = scopes.length - 1; i >= 0; i--) {
    const matching = units.filter(({ layer }) => layer.name === scopes[i]);
    const score = ({ models }: Unit) => models.filter((name) => scopes.slice(0, i).includes(name)).length;
    if (matching.length > 0) return matching.reduce((best, unit) => (score(unit) > score(best) ? unit : best));
  }
  return undefined;
}

/** Each once: a wrapper may list a weight of its layer as its own. */
function variablesOf(layer: Layer): readonly LayerVariable[] {
  const held = Object.values(childrenOf(layer)).flat() as Layer[];
  return [...new Set([...ownVariables(layer), ...held.flatMap(variablesOf)])];
}

/** Values sorted to the layer's variables by their last name; where that is ambiguous, as they come. */
function namedAssignment(layer: Layer, values: readonly StoredValue[]): Assignment {
  const variables = variablesOf(layer);
  const names = variables.map((weight) => plainName(shortName(weight)));
  const isClear =
    new Set(names).size === names.length && names.every((name) => values.some(({ path }) => lastName(path) === name));
  const sorted = isClear
    ? names.map((name) => values.find(({ path }) => lastName(path) === name) as StoredValue)
    : values;
  const shapes = variables.map(({ shape }) => shape);
  const state = {
    shapes,
    names,
    read: () => variables.map((weight) => weight.read().clone()),
    write: (tensors: readonly Tensor[]) =>
      variables.forEach((weight, i) => {
        assignUnconstrained(weight, tensors[i]);
      }),
  };
  return { layer, path: layer.name, values: isClear && values.length === names.length ? sorted : values, state };
}

function lastName(path: string): string {
  return plainName(path.slice(path.lastIndexOf('/') + 1));
}

/** The kernel of a depthwise convolution has another name in Keras 2 and tfjs than in Keras 3; repeated names are numbered. */
function plainName(name: string): string {
  return name.replace(/^depthwise_kernel$/, 'kernel').replace(/_\d+$/, '');
}
