// Tensors in the structure that a model's inputs or outputs have: one tensor, a list, or a dictionary, nested at any depth.
// Inside, tensors are a flat list in Keras's order, which is that of the sorted keys of a dictionary.
// Source: https://keras.io/guides/functional_api/

import { isPlainObject } from './json.js';

/** One tensor, or lists and dictionaries of them. */
export type TensorTree<T> = T | readonly TensorTree<T>[] | { readonly [key: string]: TensorTree<T> };

/** A tree with the position in the flat list in place of each tensor. */
export type Structure = TensorTree<number>;

/** Its tensors in Keras's order. Anything but an array and a plain object is a tensor, unless `isLeaf` says otherwise. */
export function flattenTree<T>(tree: TensorTree<T>, isLeaf: (value: unknown) => boolean = isTensor): T[] {
  if (isLeaf(tree)) return [tree as T];
  return childrenOf(tree).flatMap(([, child]) => flattenTree(child, isLeaf));
}

/** The structure of a tree. A list that holds one tensor alone stands for that tensor, as in Keras. */
export function structureOf<T>(tree: TensorTree<T>, isLeaf: (value: unknown) => boolean = isTensor): Structure {
  const only = Array.isArray(tree) && tree.length === 1 && isLeaf(tree[0]);
  let count = 0;
  const number = (value: TensorTree<T>): Structure => (isLeaf(value) ? count++ : mapChildren(value, number));
  return only ? 0 : number(tree);
}

/** The tree of this structure with these tensors. */
export function fillStructure<T>(structure: Structure, values: readonly T[]): TensorTree<T> {
  if (typeof structure === 'number') return values[structure];
  return mapChildren(structure, (child) => fillStructure(child, values)) as TensorTree<T>;
}

/**
 * The names under which a model reports its tensors: the path of keys, joined by '/'. In a list stand the names of the layers
 * that make the tensors, or the position of what is no tensor itself.
 */
export function namesOf(structure: Structure, layerNames: readonly string[]): string[] {
  const names: string[] = [];
  const visit = (value: Structure, path: readonly string[], isListed: boolean): void => {
    if (typeof value === 'number') {
      const own = isListed ? [...path.slice(0, -1), layerNames[value]] : path;
      names[value] = own.length === 0 ? layerNames[value] : own.join('/');
      return;
    }
    for (const [key, child] of childrenOf(value)) visit(child, [...path, key], Array.isArray(value));
  };
  visit(structure, [], false);
  return names;
}

/** Whether the structure has a dictionary, or lists within lists: whether it says more than a flat list. */
export function isDeep(structure: Structure): boolean {
  if (typeof structure === 'number') return false;
  return !Array.isArray(structure) || structure.some((child) => typeof child !== 'number');
}

export function isTensor(value: unknown): boolean {
  return !Array.isArray(value) && !isPlainObject(value);
}

/** The children of a list or a dictionary with their keys, in Keras's order: keys sorted as Python sorts them. */
function childrenOf<T>(tree: TensorTree<T>): [key: string, child: TensorTree<T>][] {
  const entries = Object.entries(tree as { readonly [key: string]: TensorTree<T> });
  return Array.isArray(tree) ? entries : entries.sort(([a], [b]) => byCodePoints(a, b));
}

/** Visits children in Keras's order, and keeps the order of a dictionary's keys in the result. */
function mapChildren<T, U>(tree: TensorTree<T>, f: (child: TensorTree<T>) => U): U[] | { [key: string]: U } {
  if (Array.isArray(tree)) return tree.map(f);
  const made = new Map(childrenOf(tree).map(([key, child]) => [key, f(child)]));
  return Object.fromEntries(Object.keys(tree as object).map((key) => [key, made.get(key) as U]));
}

/** Python compares strings by code points; JavaScript by UTF-16 units, which differ above U+FFFF. */
function byCodePoints(a: string, b: string): number {
  const [left, right] = [[...a], [...b]];
  for (let i = 0; i < Math.min(left.length, right.length); i++) {
    const difference = (left[i].codePointAt(0) as number) - (right[i].codePointAt(0) as number);
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
}
