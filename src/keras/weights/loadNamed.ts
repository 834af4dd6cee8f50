// Loads the named tensors of a tfjs `model.json` into a model. The names are those of Keras's variables
// (`conv2d/kernel`, `sequential/conv2d/kernel`) or, if the model came from a `.keras` file, paths
// (`layers/conv2d/vars/0`).

import type { Tensor } from '@tensorflow/tfjs-core';
import { LayersModel, type LayerVariable, type layers } from '@tensorflow/tfjs-layers';
import { assignAllUnconstrained } from '../../layers/base/variables.js';
import { everyLayerOf } from '../../tfjs/everyLayer.js';
import type { Step } from '../stepper.js';
import { type Assignment, assignWeights, skipOrThrow, type WeightRules } from './assignWeights.js';
import { loadState, type StateStore } from './loadState.js';
import { childrenOf, ownVariables, shortName } from './ownState.js';
import type { LayerOrder } from './statePaths.js';
import type { StoredValue } from './storedValue.js';

type Layer = layers.Layer;

/**
 * Loads the values into the weights of their names.
 * @throws KerasFileError for names or shapes that do not fit, before anything is changed.
 */
export async function loadNamed(
  model: LayersModel,
  values: readonly StoredValue[],
  order: LayerOrder,
  rules: WeightRules,
  step: Step,
): Promise<void> {
  const arePaths = values.length > 0 && values.every(({ path }) => /(^|\/)\d+$/.test(path));
  if (arePaths) await loadState(model, pathStore(values), order, rules, step);
  else await assignWeights(byLayer(model, values, rules), rules, step);
}

/** The values by path, from names such as `layers/conv2d/vars/0`, with or without the folders `layers` and `vars`. */
function pathStore(values: readonly StoredValue[]): StateStore {
  const byPath = new Map<string, StoredValue[]>();
  for (const value of values) {
    const path = value.path.replace(/\/?(vars\/)?\d+$/, '');
    const known = byPath.get(path);
    if (known) known.push(value);
    else byPath.set(path, [value]);
  }
  const number = ({ path }: StoredValue) => Number(path.slice(path.lastIndexOf('/') + 1));
  for (const list of byPath.values()) list.sort((a, b) => number(a) - number(b));
  return {
    values: (path) => byPath.get(path) ?? [],
    paths: () => [...byPath.keys()],
    children: (path) => {
      const below = [...byPath.keys()].filter((name) => path === '' || name.startsWith(`${path}/`));
      return [...new Set(below.map((name) => name.slice(path === '' ? 0 : path.length + 1).split('/', 1)[0]))];
    },
  };
}

/** The number of parts, between slashes, that the name of a layer of tf.keras may have. */
const MOST_STEPS = 16;

interface NestedLayer {
  readonly layer: Layer;
  /** Names of the models around the layer, the outermost first. */
  readonly models: readonly string[];
}

/**
 * Gives every stored value to the layer whose name stands last in the value's name. Of several such layers it takes the
 * one that explains most of the name, with its models. Names of tf.keras may have a `/` of their own.
 */
function byLayer(model: LayersModel, values: readonly StoredValue[], rules: WeightRules): Assignment[] {
  // A layer without weights may have a name that occurs within another layer: an input `query` beside an attention
  // layer.
  const candidates = nestedLayers(model, []).filter(({ layer }) => variablesOf(layer).length > 0);
  const byName = new Map<string, NestedLayer[]>();
  for (const item of candidates) {
    const known = byName.get(item.layer.name);
    if (known) known.push(item);
    else byName.set(item.layer.name, [item]);
  }
  const taken = new Map<NestedLayer, StoredValue[]>();
  const problems: string[] = [];
  for (const value of values) {
    const owner = ownerOf(value.path.split('/').slice(0, -1), byName);
    const held = owner && taken.get(owner);
    if (held) held.push(value);
    else if (owner) taken.set(owner, [value]);
    else
      problems.push(
        `weight '${value.path}' belongs to no layer of the model (model.json of Keras ${rules.kerasVersion})`,
      );
  }
  skipOrThrow(problems, rules);
  return candidates.map((candidate) => namedAssignment(candidate.layer, taken.get(candidate) ?? []));
}

function nestedLayers(model: LayersModel, models: readonly string[]): NestedLayer[] {
  const seen = new Set<Layer>();
  return everyLayerOf(model).flatMap((layer): NestedLayer[] => {
    if (seen.has(layer)) return [];
    seen.add(layer);
    return layer instanceof LayersModel ? nestedLayers(layer, [...models, layer.name]) : [{ layer, models }];
  });
}

function ownerOf(
  scopes: readonly string[],
  byName: ReadonlyMap<string, readonly NestedLayer[]>,
): NestedLayer | undefined {
  const steps = (name: string) => name.split('/').length;
  for (let end = scopes.length; end > 0; end--) {
    const starts = Array.from({ length: Math.min(end, MOST_STEPS) }, (_, i) => end - 1 - i);
    const matching = starts.flatMap((start) => byName.get(scopes.slice(start, end).join('/')) ?? []);
    if (matching.length === 0) continue;
    const path = `/${scopes.slice(0, end).join('/')}/`;
    const score = ({ layer, models }: NestedLayer) =>
      steps(layer.name) +
      models.filter((name) => path.includes(`/${name}/`)).reduce((sum, name) => sum + steps(name), 0);
    return matching.reduce((best, item) => (score(item) > score(best) ? item : best));
  }
  return undefined;
}

/**
 * All variables of a layer and the layers within it, each once: a wrapper may list a weight of its layer as its own.
 */
function variablesOf(layer: Layer): readonly LayerVariable[] {
  const held =
    layer instanceof LayersModel ? everyLayerOf(layer) : (Object.values(childrenOf(layer)).flat() as Layer[]);
  return [...new Set([...ownVariables(layer), ...held.flatMap(variablesOf)])];
}

/**
 * Pairs values with the layer's variables by the end of their names: `gamma`, or `batch_normalization/gamma` where several layers
 * are within. If that is ambiguous, by order: files list the trainable ones first.
 */
function namedAssignment(layer: Layer, values: readonly StoredValue[]): Assignment {
  const all = variablesOf(layer);
  const paired = [1, 2, 3].map((parts) => pairByEnd(all, values, parts)).find((found) => found !== null);
  const variables = paired ? all : [...all.filter((weight) => weight.trainable), ...all.filter((w) => !w.trainable)];
  const shapes = variables.map(({ shape }) => shape);
  const state = {
    shapes,
    names: variables.map((weight) => plainName(shortName(weight))),
    variables,
    read: () => variables.map((weight) => weight.read().clone()),
    write: (tensors: readonly Tensor[]) => assignAllUnconstrained(variables, tensors),
  };
  return {
    layer,
    path: layer.name,
    values: paired && values.length === all.length ? paired : values,
    state,
    setsRest: true,
  };
}

/** The value for each variable whose name ends in the same parts; null where the ends do not tell them apart. */
function pairByEnd(
  variables: readonly LayerVariable[],
  values: readonly StoredValue[],
  parts: number,
): readonly StoredValue[] | null {
  const byEnd = new Map(values.map((value) => [endOf(value.path, parts), value]));
  const ends = variables.map(({ originalName }) => endOf(originalName, parts));
  const found = ends.flatMap((end) => byEnd.get(end) ?? []);
  return new Set(ends).size === ends.length && found.length === ends.length ? found : null;
}

function endOf(path: string, parts: number): string {
  const steps = path.split('/');
  return [...steps.slice(-parts, -1), plainName(steps[steps.length - 1])].join('/');
}

/**
 * Makes names of Keras 2, Keras 3 and tfjs alike: only some say `depthwise_kernel`, and repeated names have a number.
 */
function plainName(name: string): string {
  return name.replace(/^depthwise_kernel$/, 'kernel').replace(/_\d+$/, '');
}
