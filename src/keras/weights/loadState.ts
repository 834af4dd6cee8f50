// Loads weights of Keras 3's layout (`model.weights.h5`, `*.weights.h5`): the datasets `<path>/vars/0`, `1`, ... are
// the values of the layer that has this path (statePaths.ts). tf.keras 2.12 to 2.14 used another folder, see
// `locateKeras2`.

import type { LayersModel, layers } from '@tensorflow/tfjs-layers';
import { messageOf } from '../../core/errors.js';
import { toSnake } from '../../core/json.js';
import type { H5Group } from '../../formats/hdf5/hdf5.js';
import { fileError } from '../../formats/kerasFileError.js';
import { hasAssets, storedNames } from '../../layers/base/assets.js';
import type { AssetReader } from '../openFile.js';
import type { Step } from '../stepper.js';
import { type Assignment, assignWeights, skipOrThrow, type WeightRules } from './assignWeights.js';
import { ownState } from './ownState.js';
import { expandState } from './quantized/expandLayer.js';
import { filedClassName, type LayerOrder, type StatePath, statePaths } from './statePaths.js';
import { type StoredValue, storedDataset } from './storedValue.js';

/** The stored values by path, out of one file or several. */
export interface StateStore {
  /** The values of `<path>/vars` in order; [] if there are none. */
  values(path: string): readonly StoredValue[];
  /** All paths with values, without those of the optimizer and of metrics. */
  paths(): string[];
  /** The names in a container such as `layers`. */
  children(path: string): string[];
  /** The text of a file that a layer stored beside its values, or null. */
  asset?(path: string): string | null;
}

const dependencies = '_layer_checkpoint_dependencies';

/**
 * Loads the values of all layers into a model.
 * @throws KerasFileError if file and model differ, before anything is changed.
 */
export async function loadState(
  model: LayersModel,
  store: StateStore,
  order: LayerOrder,
  rules: WeightRules,
  step: Step,
): Promise<void> {
  const paths = statePaths(model, order, { asFiled: true });
  const isKeras2 = store.children('').includes(dependencies);
  const located = (isKeras2 ? locateKeras2(paths, store) : paths).map((item) => withPrivateName(item, store));
  const assignments = located.map(({ path, layer }): Assignment => {
    return { layer, path, values: expandState(layer, store.values(path), rules.freezesIntegers) };
  });
  // A layer of several models is stored at each of its paths (save/weightsTree.ts), and read at the first.
  const again = isKeras2 ? [] : statePaths(model, order, { repeated: true, asFiled: true });
  const used = new Set([...located, ...again.map((item) => withPrivateName(item, store))].map(({ path }) => path));
  const leftOver = store.paths().filter((path) => !used.has(path));
  const problems = leftOver.map(
    (path) => `the file (Keras ${rules.kerasVersion}) has weights at '${path}' that no layer of the model takes`,
  );
  skipOrThrow(problems, rules);
  const relevant = assignments.filter(
    ({ layer, path, values }) => values.length > 0 || (ownState(layer).shapes.length > 0 && !isActivation(path)),
  );
  await assignWeights(relevant, rules, step);
  for (const item of located) loadAssets(item, store);
}

/**
 * Whether it is an activation with weights of its own, such as PReLU. Keras 3 builds it when its layer is first run, and files
 * nothing of it before: it begins anew, as in Keras.
 */
function isActivation(path: string): boolean {
  return path.endsWith('/activation');
}

/** Gives a layer its text files, such as a vocabulary. */
function loadAssets({ path, layer }: StatePath, store: StateStore): void {
  if (!hasAssets(layer)) return;
  const found = layer.assetNames.flatMap((name): [string, string][] => {
    const text = store.asset?.(`${path}/${name}`) ?? null;
    return text === null ? [] : [[name, text]];
  });
  if (found.length === 0) return;
  try {
    layer.loadAssets(Object.fromEntries(found));
  } catch (error) {
    throw fileError(`'assets/${path}'`, messageOf(error), {}, error);
  }
}

/** The values of one file. */
export function fileStore(root: H5Group, assets: AssetReader | null = null): StateStore {
  let allPaths: string[] | undefined;
  const groupAt = (path: string): H5Group | null => (path === '' ? root : root.group(path));
  return {
    values(path) {
      const vars = groupAt(path)?.group('vars');
      return vars ? numbered(vars) : [];
    },
    children: (path) => groupAt(path)?.keys() ?? [],
    asset: (path) => assets?.(path) ?? null,
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

/** Groups of the root whose values belong to no layer. */
const notOfTheModel = new Set([
  'optimizer',
  'metrics',
  '_metrics',
  'loss_tracker',
  '_loss_tracker',
  '_compile_metrics',
  '_compile_loss',
]);

/** The datasets named 0, 1, 2, ..., 10, ordered by number, or those that have names of their own. */
export function numbered(vars: H5Group): StoredValue[] {
  const keys = vars.keys();
  const numbers = keys.filter((name) => /^\d+$/.test(name)).sort((a, b) => Number(a) - Number(b));
  const names = numbers.length > 0 ? numbers : storedNames.filter((name) => keys.includes(name));
  return names.flatMap((name) => {
    const dataset = vars.dataset(name);
    return dataset ? [storedDataset(dataset)] : [];
  });
}

/**
 * The paths that tf.keras 2.12 to 2.14 gave the layers. It put them under `_layer_checkpoint_dependencies` and counted
 * some twice: conv2d, conv2d_2, conv2d_4. The groups of one class are in the order of the layers, one for each layer.
 * Where a layer has none, since it was stored elsewhere, each layer with values gets the next group that holds any.
 */
function locateKeras2(paths: readonly StatePath[], store: StateStore): StatePath[] {
  const located: StatePath[] = [];
  const byParent = new Map<string, StatePath[]>();
  for (const item of paths) {
    const parent = item.path.split('/').slice(0, -2).join('/');
    if (item.path.split('/').at(-2) === 'layers') byParent.set(parent, [...(byParent.get(parent) ?? []), item]);
  }
  const locate = (item: StatePath, path: string): void => {
    located.push({ layer: item.layer, path });
    locateLayers(item, path);
    for (const { attribute, rest } of attributesOf(item, paths)) {
      located.push({ layer: attribute.layer, path: `${path}/${rest}` });
      locateLayers(attribute, `${path}/${rest}`);
    }
  };
  const locateLayers = (item: StatePath, path: string): void => {
    const children = byParent.get(item.path) ?? [];
    if (children.length === 0) return;
    const container = path === '' ? dependencies : `${path}/${dependencies}`;
    const groups = store.children(container);
    const classes = new Set(children.map(({ layer }) => toSnake(filedClassName(layer))));
    for (const name of classes) {
      const ofClass = children.filter(({ layer }) => toSnake(filedClassName(layer)) === name);
      const groupsOfClass = groups
        .filter(
          (group) => group === name || (group.startsWith(`${name}_`) && /^\d+$/.test(group.slice(name.length + 1))),
        )
        .sort((a, b) => suffix(a, name) - suffix(b, name));
      const isEachStored = groupsOfClass.length === ofClass.length;
      const members = isEachStored ? ofClass : ofClass.filter(({ layer }) => hasWeights(layer));
      const candidates = isEachStored
        ? groupsOfClass
        : groupsOfClass.filter((group) => holdsAnything(store, `${container}/${group}`));
      members.forEach((member, i) => {
        locate(
          member,
          candidates[i] === undefined ? `${container}/${name} (missing)` : `${container}/${candidates[i]}`,
        );
      });
    }
  };
  locate(paths[0], '');
  return located;
}

/** The layers that a layer holds in its attributes, at any depth. Their paths below it are those of Keras 3. */
function attributesOf({ path }: StatePath, paths: readonly StatePath[]): { attribute: StatePath; rest: string }[] {
  if (path === '') return [];
  return paths.flatMap((attribute) => {
    const rest = attribute.path.startsWith(`${path}/`) ? attribute.path.slice(path.length + 1) : null;
    return rest !== null && !rest.split('/').includes('layers') ? [{ attribute, rest }] : [];
  });
}

/**
 * The path under which the file has the layer. Attributes changed their names between versions: the layers within
 * MultiHeadAttention are `_query_dense` in tf.keras and `query_dense` in Keras 3.
 */
function withPrivateName(item: StatePath, store: StateStore): StatePath {
  const { path, layer } = item;
  if (!hasWeights(layer) || store.values(path).length > 0) return item;
  const parts = path.split('/');
  const last = parts[parts.length - 1];
  const other = [...parts.slice(0, -1), last.startsWith('_') ? last.slice(1) : `_${last}`].join('/');
  return store.values(other).length > 0 ? { layer, path: other } : item;
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
