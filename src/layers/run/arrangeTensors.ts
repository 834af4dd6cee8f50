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

export interface Slots {
  readonly structure: Structure;
  /** Keys, paths or layer names, one for each tensor. */
  readonly names: readonly string[];
  /** Further names of the tensors, where a caller may use them: those of the input layers. */
  readonly layerNames?: readonly string[];
}

/**
 * The tensors in the model's order. A dictionary may have more keys than the model.
 * @throws ValueError where a tensor is missing.
 */
export function arrangeTensors<T>(
  given: TensorTree<T>,
  slots: Slots,
  where: string,
  isLeaf: (value: unknown) => boolean = isTensor,
): T[] {
  const { structure, names } = slots;
  if (isLeaf(given)) return [given as T];
  const matched = match(given, structure, isLeaf);
  if (matched) return matched;
  if (Array.isArray(given)) {
    const flat = flattenTree<T>(given, isLeaf);
    if (!isDeep(structure) || (flat.length === names.length && given.every(isLeaf))) return flat;
  } else {
    const dictionary = given as { readonly [key: string]: TensorTree<T> };
    for (const keys of [names, slots.layerNames ?? names]) {
      if (keys.every((key) => key in dictionary && isLeaf(dictionary[key])))
        return keys.map((key) => dictionary[key] as T);
    }
  }
  throw new KerasValueError(
    `${where}: The structure does not match the expected structure ${showValue(named(structure, names))}. Received: ${showValue(shapeOf(given, isLeaf))}`,
  );
}

/** The tensors if the tree has this structure; undefined otherwise. A dictionary may have keys beside. */
function match<T>(given: TensorTree<T>, structure: Structure, isLeaf: (value: unknown) => boolean): T[] | undefined {
  const found: T[] = [];
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
    return Object.entries(wanted).every(
      ([key, child]) => Object.hasOwn(dictionary, key) && visit(dictionary[key], child),
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
  if (isLeaf(given)) return 'tensor';
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
