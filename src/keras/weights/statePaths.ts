// The path of every layer of a model in a weights file of Keras 3. A path consists of class names and counters, never
// of layer names. Keras visits `layers` first, then the other attributes in sorted order with private ones last, and
// each layer once.
// Source: https://keras.io/guides/serialization_and_saving/

import { LayersModel, type layers } from '@tensorflow/tfjs-layers';
import { toSnake } from '../../core/json.js';
import { TensorAlias } from '../../layers/base/tensorAlias.js';
import { OpLayer } from '../../layers/ops/opLayer.js';
import { filedClassOf, originOf } from '../graph/origins.js';
import { childrenOf } from './ownState.js';

type Layer = layers.Layer;

export interface StatePath {
  /** '' for the model itself; `layers/conv2d_1`, for example, for a layer. */
  readonly path: string;
  readonly layer: Layer;
}

/** Gives the layers of a model in the order in which Keras counts them for their paths. */
export type LayerOrder = (model: LayersModel) => readonly Layer[];

export interface StatePathOptions {
  /** Whether a layer of several models gets a path in each, for a reader that makes a layer of each. Default false. */
  readonly repeated?: boolean;
  /** Whether paths go by the classes in the file that the model was loaded from. Default false. */
  readonly asFiled?: boolean;
}

/**
 * The model and all layers below it with their paths. A layer of several models has its first path, unless `repeated`.
 */
export function statePaths(
  model: LayersModel,
  order: LayerOrder,
  { repeated = false, asFiled = false }: StatePathOptions = {},
): StatePath[] {
  const found: StatePath[] = [];
  const visited = new Set<Layer>();
  const visit = (layer: Layer, path: string): void => {
    if (visited.has(layer) && !repeated) return;
    visited.add(layer);
    found.push({ path, layer });
    const below = (name: string) => (path === '' ? name : `${path}/${name}`);
    const visitAll = (list: readonly Layer[], attribute: string) => {
      const names = containerNames(list, asFiled ? filedClassName : kerasClassName);
      list.forEach((child, i) => {
        visit(child, below(`${attribute}/${names[i]}`));
      });
    };
    if (layer instanceof LayersModel) visitAll(order(layer).filter(isCounted), 'layers');
    for (const [name, child] of sortedAttributes(childrenOf(layer))) {
      if (Array.isArray(child)) visitAll(child as readonly Layer[], name);
      else visit(child as Layer, below(name));
    }
  };
  visit(model, '');
  return found;
}

/** Classes of Keras that are exported under another name than their own. */
const pythonNames: Readonly<Record<string, string>> = { GroupQueryAttention: 'GroupedQueryAttention' };

/** The name of a class in Python, by which paths and the configs of .h5 files go. */
export function pythonNameOf(className: string): string {
  return pythonNames[className] ?? className;
}

/** conv2d, conv2d_1, ...: the class in snake_case with a counter of its own in each container. All layers count. */
function containerNames(list: readonly Layer[], classOf: (layer: Layer) => string): string[] {
  const counts = new Map<string, number>();
  return list.map((layer) => {
    const stem = toSnake(pythonNameOf(classOf(layer)));
    const count = counts.get(stem) ?? 0;
    counts.set(stem, count + 1);
    return count === 0 ? stem : `${stem}_${count}`;
  });
}

/**
 * The class name in Keras: that of the file for a loaded layer, which may be of the user's own class. A legacy .h5 has
 * the registered name, `package>Scale`, in its place.
 */
export function kerasClassName(layer: Layer): string {
  const name = originOf(layer)?.class_name ?? layer.getClassName();
  return name === 'Model' ? 'Functional' : name.slice(name.lastIndexOf('>') + 1);
}

/** The class name in the file that the layer was loaded from. */
export function filedClassName(layer: Layer): string {
  return filedClassOf(layer) ?? kerasClassName(layer);
}

/** Whether Keras counts the layer among a model's layers. It does not count raw operations, and it has no aliases. */
export function isCounted(layer: Layer): boolean {
  return !(layer instanceof OpLayer) && !(layer instanceof TensorAlias);
}

function sortedAttributes<T>(attributes: Readonly<Record<string, T>>): [string, T][] {
  const key = (name: string) => (name.startsWith('_') ? `1${name}` : `0${name}`);
  return Object.entries(attributes).sort(([a], [b]) => (key(a) < key(b) ? -1 : 1));
}
