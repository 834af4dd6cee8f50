// What a caller gives for a model's inputs or targets, as a flat list in the order of the model: it may be the structure that
// the model has, a dictionary of names, or the flat list itself.
// Source: https://keras.io/guides/functional_api/

import type { SymbolicTensor } from '@tensorflow/tfjs-layers';
import { isPlainObject } from '../../core/json.js';
import {
  flattenTree,
  isDeep,
  isTensor,
  namesOf,
  type Structure,
  structureOf,
  type TensorTree,
} from '../../core/tensorTree.js';
import { KerasValueError, showValue } from '../base/kerasValueError.js';
import { shownTensor } from './checkTensors.js';

export interface Slots {
  readonly structure: Structure;
  /** Keys, paths or layer names, one for each tensor. */
  readonly names: readonly string[];
  /** Further names of the tensors, where a caller may use them: those of the input layers. */
  readonly layerNames?: readonly string[];
}

/** How trees are read. */
interface Reading<T> {
  /** What is no list and no dictionary. Default: a tensor. */
  readonly isLeaf?: (value: unknown) => boolean;
  /** Stands for keys that a dictionary lacks, as long as it has one of them. Default: there is none. */
  readonly missing?: T;
}

/**
 * The tensors in the model's order. A dictionary may have more keys than the model.
 * @throws ValueError where a tensor is missing.
 */
export function arrangeTensors<T>(
  given: TensorTree<T>,
  slots: Slots,
  where: string,
  { isLeaf = isTensor, missing }: Reading<T> = {},
): T[] {
  const { structure, names } = slots;
  if (isLeaf(given) && names.length === 1) return [given as T];
  const matched = match(given, structure, isLeaf, missing);
  if (matched) return matched;
  if (Array.isArray(given)) {
    const flat = flattenTree<T>(given, isLeaf);
    if (flat.length === names.length && (!isDeep(structure) || given.every(isLeaf))) return flat;
  } else if (!isLeaf(given)) {
    const dictionary = given as { readonly [key: string]: TensorTree<T> };
    for (const keys of [names, slots.layerNames ?? names]) {
      const known = keys.filter((key) => Object.hasOwn(dictionary, key));
      const isWhole = known.length === keys.length || (missing !== undefined && known.length > 0);
      if (isWhole && known.every((key) => isLeaf(dictionary[key])))
        return keys.map((key) => (known.includes(key) ? dictionary[key] : missing) as T);
    }
  }
  throw new KerasValueError(
    `${where}: The structure does not match the expected structure ${showValue(named(structure, names))}. Received: ${showValue(shapeOf(given, isLeaf))}`,
  );
}

/** The tensors if the tree has this structure; undefined otherwise. A dictionary may have keys beside. */
function match<T>(
  given: TensorTree<T>,
  structure: Structure,
  isLeaf: (value: unknown) => boolean,
  missing: T | undefined,
): T[] | undefined {
  const found: T[] = [];
  const leaveOut = (wanted: Structure): boolean => {
    if (missing === undefined) return false;
    for (const index of flattenTree<number>(wanted, (value) => typeof value === 'number')) found[index] = missing;
    return true;
  };
  const visit = (value: unknown, wanted: Structure): boolean => {
    if (typeof wanted === 'number') {
      found[wanted] = value as T;
      return isLeaf(value);
    }
    if (isLeaf(value) || value === undefined || Array.isArray(value) !== Array.isArray(wanted)) return false;
    if (Array.isArray(wanted)) {
      const list = value as readonly unknown[];
      return list.length === wanted.length && wanted.every((child, i) => visit(list[i], child));
    }
    const dictionary = value as Readonly<Record<string, unknown>>;
    const keys = Object.keys(wanted);
    if (!keys.some((key) => Object.hasOwn(dictionary, key))) return false;
    return Object.entries(wanted).every(([key, child]) =>
      Object.hasOwn(dictionary, key) ? visit(dictionary[key], child) : leaveOut(child),
    );
  };
  return visit(given, structure) ? found : undefined;
}

function named(structure: Structure, names: readonly string[]): unknown {
  if (typeof structure === 'number') return names[structure];
  if (Array.isArray(structure)) return structure.map((child) => named(child, names));
  return Object.fromEntries(Object.entries(structure).map(([key, child]) => [key, named(child, names)]));
}

function shapeOf(given: unknown, isLeaf: (value: unknown) => boolean): unknown {
  if (isLeaf(given)) return shownTensor(given);
  if (Array.isArray(given)) return given.map((child) => shapeOf(child, isLeaf));
  return Object.fromEntries(Object.entries(given as object).map(([key, child]) => [key, shapeOf(child, isLeaf)]));
}

/**
 * Losses or metrics by the output's name, from the structure of the outputs: {boxes: ['mse', 'mae']} for outputs {boxes: [a, b]}.
 * What is no structure of them (a name, a function, a flat dictionary of names) stays as it is.
 */
export function byOutput<T>(given: T, { structure, names }: Slots): T {
  if (given === null || typeof given !== 'object') return given;
  const found = new Map<string, unknown>();
  const isTree = place(given, structure, (value, index) => found.set(names[index], value));
  return isTree ? (Object.fromEntries(found) as T) : given;
}

/** Walks values beside a structure; false where they do not have it. Dictionaries may lack keys. */
function place(value: unknown, structure: Structure, put: (value: unknown, index: number) => void): boolean {
  if (typeof structure === 'number') {
    put(value, structure);
    return true;
  }
  if (Array.isArray(structure)) {
    return (
      Array.isArray(value) &&
      value.length === structure.length &&
      structure.every((child, i) => place(value[i], child, put))
    );
  }
  const children = structure as { readonly [key: string]: Structure };
  return (
    isPlainObject(value) &&
    Object.entries(value).every(([key, item]) => key in children && place(item, children[key], put))
  );
}

/** The structure of a model's tensors, with the names of the layers that make them. */
export function slotsOf(tree: TensorTree<SymbolicTensor>, layerNames: readonly string[]): Slots {
  const structure = structureOf(tree);
  return { structure, names: namesOf(structure, layerNames), layerNames: [...layerNames] };
}

/** The only tensor by itself, several as a list. */
export function single<T>(tensors: T[]): T | T[] {
  return tensors.length === 1 ? tensors[0] : tensors;
}
