// Keras 3's weights layout (`model.weights.h5`, `*.weights.h5`) -> the weights of a model: each object's values are the
// datasets `<path>/vars/0`, `1`, ... The paths are in paths.ts. tf.keras 2.12 to 2.14 wrote another folder, see below.

import type { LayersModel, layers } from '@tensorflow/tfjs-layers';
import { toSnake } from '../../core/json.js';
import type { H5Group } from '../../formats/hdf5/hdf5.js';
import { type Assignment, assignAll, report, type Step, type WeightRules } from './assignWeights.js';
import { ownState } from './ownState.js';
import { kerasClassName, type LayerOrder, type StatePath, statePaths } from './statePaths.js';
import { type StoredValue, storedDataset } from './storedValue.js';

/** Where the values of an object are: a file, or several that share out the objects. */
export interface StateStore {
  /** Values of `<path>/vars`, in order; empty if there are none. */
  values(path: string): readonly StoredValue[];
  /** All paths that have values, those of the optimizer and of metrics left out. */
  paths(): string[];
  /** Names of the objects in a container such as `layers`. */
  children(path: string): string[];
}

const dependencies = '_layer_checkpoint_dependencies';

/** @throws KerasFileError where the file and the model differ, before anything is changed. */
export async function loadState(
  model: LayersModel,
  store: StateStore,
  order: LayerOrder,
  rules: WeightRules,
  step: Step,
): Promise<void> {
  const objects = statePaths(model, order);
  const isOld = store.children('').includes(dependencies);
  const located = isOld ? locateOld(objects, store) : objects;
  const assignments = located.map(({ path, layer }): Assignment => ({ layer, path, values: store.values(path) }));
  const used = new Set(located.map(({ path }) => path));
  const leftOver = store.paths().filter((path) => !used.has(path));
  const problems = leftOver.map(
    (path) => `the file (Keras ${rules.kerasVersion}) has weights at '${path}' that no layer of the model takes`,
  );
  report(problems, rules);
  const relevant = assignments.filter(({ layer, values }) => values.length > 0 || ownState(layer).shapes.length > 0);
  await assignAll(relevant, rules, step);
}

/** One file's values. */
export function fileStore(root: H5Group): StateStore {
  let allPaths: string[] | undefined;
  const groupAt = (path: string): H5Group | null => (path === '' ? root : root.group(path));
  return {
    values(path) {
      const vars = groupAt(path)?.group('vars');
      return vars ? numbered(vars) : [];
    },
    children: (path) => groupAt(path)?.keys() ?? [],
    paths() {
      if (allPaths) return allPaths;
      const found: string[] = [];
      const visit = (group: H5Group, path: string): void => {
        for (const name of group.keys()) {
          if (path === '' && notOfTheModel.has(name)) continue;
          const child = group.group(name);
          if (!child) continue;
          if (name === 'vars') {
            if (numbered(child).length > 0) found.push(path);
          } else visit(child, path === '' ? name : `${path}/${name}`);
        }
      };
      visit(root, '');
      allPaths = found;
      return found;
    },
  };
}

/** State that a model's layers do not take. */
const notOfTheModel = new Set([
  'optimizer',
  'metrics',
  '_metrics',
  'loss_tracker',
  '_loss_tracker',
  '_compile_metrics',
  '_compile_loss',
]);

/** Datasets 0, 1, 2, ..., 10 in the order of numbers. */
function numbered(vars: H5Group): StoredValue[] {
  const names = vars.keys().filter((name) => /^\d+$/.test(name));
  return names
    .sort((a, b) => Number(a) - Number(b))
    .flatMap((name) => {
      const dataset = vars.dataset(name);
      return dataset ? [storedDataset(dataset)] : [];
    });
}

/**
 * tf.keras 2.12 to 2.14 filed layers under `_layer_checkpoint_dependencies`, and counted some twice: conv2d, conv2d_2,
 * conv2d_4. Within a class the order is that of the layers, so the groups that hold anything are taken in that order.
 */
function locateOld(objects: readonly StatePath[], store: StateStore): StatePath[] {
  const located: StatePath[] = [];
  const pathOf = new Map<layers.Layer, string>();
  const byParent = new Map<string, StatePath[]>();
  for (const object of objects) {
    const parent = object.path.split('/').slice(0, -2).join('/');
    if (object.path.split('/').at(-2) === 'layers') byParent.set(parent, [...(byParent.get(parent) ?? []), object]);
  }
  const place = (object: StatePath, path: string): void => {
    located.push({ layer: object.layer, path });
    pathOf.set(object.layer, path);
    placeAttributes(object, path, objects, located);
    const children = byParent.get(object.path) ?? [];
    if (children.length === 0) return;
    const container = path === '' ? dependencies : `${path}/${dependencies}`;
    const groups = store.children(container);
    const classes = new Set(children.map(({ layer }) => toSnake(kerasClassName(layer))));
    for (const name of classes) {
      const members = children.filter(({ layer }) => toSnake(kerasClassName(layer)) === name && hasWeights(layer));
      const candidates = groups
        .filter(
          (group) => group === name || (group.startsWith(`${name}_`) && /^\d+$/.test(group.slice(name.length + 1))),
        )
        .filter((group) => holdsAnything(store, `${container}/${group}`))
        .sort((a, b) => suffix(a, name) - suffix(b, name));
      members.forEach((member, i) => {
        place(member, candidates[i] === undefined ? `${container}/${name} (missing)` : `${container}/${candidates[i]}`);
      });
    }
  };
  place(objects[0], '');
  return located;
}

/** Objects that a layer holds under an attribute are filed below it as in Keras 3. */
function placeAttributes(
  { path: newPath }: StatePath,
  path: string,
  objects: readonly StatePath[],
  located: StatePath[],
): void {
  if (newPath === '') return;
  for (const { path: below, layer } of objects) {
    const rest = below.startsWith(`${newPath}/`) ? below.slice(newPath.length + 1) : null;
    if (rest !== null && !rest.split('/').includes('layers')) located.push({ layer, path: `${path}/${rest}` });
  }
}

function suffix(group: string, name: string): number {
  return group === name ? 0 : Number(group.slice(name.length + 1));
}

function hasWeights(layer: layers.Layer): boolean {
  return layer.weights.length > 0;
}

function holdsAnything(store: StateStore, path: string): boolean {
  return store.paths().some((other) => other === path || other.startsWith(`${path}/`));
}
