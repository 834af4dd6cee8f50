// Where Keras 3 stores what: every layer of a model has a path in the weights file, made of class names and counters, never
// of layer names. Layers are met before attributes, attributes in sorted order with private ones last, each object once.
// Source: https://keras.io/guides/serialization_and_saving/

import { LayersModel, type layers } from '@tensorflow/tfjs-layers';
import { toSnake } from '../../core/json.js';
import { TensorAlias } from '../../layers/base/tensorAlias.js';
import { OpLayer } from '../../layers/ops/opLayer.js';
import { originOf } from '../graph/callTemplates.js';
import { childrenOf } from './ownState.js';

type Layer = layers.Layer;

export interface StatePath {
  /** '' for the model itself, else e.g. `layers/conv2d_1`. */
  readonly path: string;
  readonly layer: Layer;
}

/** The layers of a model that Keras counts when it names them, in Keras's order. */
export type LayerOrder = (model: LayersModel) => readonly Layer[];

export interface StatePathOptions {
  /** Gives a layer that is found in several places one path for each, for a reader that does not know they are one. */
  readonly repeated?: boolean;
}

/** All objects with a path below a model, itself first, each at its first path. */
export function statePaths(
  model: LayersModel,
  order: LayerOrder,
  { repeated = false }: StatePathOptions = {},
): StatePath[] {
  const found: StatePath[] = [];
  const visited = new Set<Layer>();
  const visit = (layer: Layer, path: string): void => {
    if (visited.has(layer) && !repeated) return;
    visited.add(layer);
    found.push({ path, layer });
    const below = (name: string) => (path === '' ? name : `${path}/${name}`);
    const visitAll = (list: readonly Layer[], attribute: string) => {
      const names = containerNames(list);
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

/** conv2d, conv2d_1, ...: classes in snake_case, counted within one container, layers without weights too. */
function containerNames(list: readonly Layer[]): string[] {
  const counts = new Map<string, number>();
  return list.map((layer) => {
    const stem = toSnake(kerasClassName(layer));
    const count = counts.get(stem) ?? 0;
    counts.set(stem, count + 1);
    return count === 0 ? stem : `${stem}_${count}`;
  });
}

/** The class under which Keras knows a layer: the file's, where the layer stands for a class of the user's. */
export function kerasClassName(layer: Layer): string {
  const name = originOf(layer)?.class_name ?? layer.getClassName();
  return name === 'Model' ? 'Functional' : name;
}

/** Whether Keras counts it among a model's layers: raw operations are none, and of aliases it knows nothing. */
export function isCounted(layer: Layer): boolean {
  return !(layer instanceof OpLayer) && !(layer instanceof TensorAlias);
}

function sortedAttributes<T>(attributes: Readonly<Record<string, T>>): [string, T][] {
  const key = (name: string) => (name.startsWith('_') ? `1${name}` : `0${name}`);
  return Object.entries(attributes).sort(([a], [b]) => (key(a) < key(b) ? -1 : 1));
}
