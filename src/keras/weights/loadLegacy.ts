// Loads weights of the older layout, in `.h5` files of every Keras: a group for each layer of the model, with one list
// of the weights of the layer and all layers within it, trainable ones first.
// Source: https://keras.io/guides/serialization_and_saving/ (whole-model HDF5 format)

import { type Tensor, tidy } from '@tensorflow/tfjs-core';
import { LayersModel, type LayerVariable, type layers } from '@tensorflow/tfjs-layers';
import { majorOf } from '../../core/kerasVersion.js';
import { type H5Group, readStringList } from '../../formats/hdf5/hdf5.js';
import { checkFile, fileError } from '../../formats/kerasFileError.js';
import { storedNamesOf, storesSummary } from '../../layers/base/assets.js';
import { isFrozenAsIntegers } from '../../layers/base/trainable.js';
import { assignUnconstrained } from '../../layers/base/variables.js';
import type { Step } from '../stepper.js';
import { type Assignment, assignWeights, skipOrThrow, type WeightRules } from './assignWeights.js';
import { childrenOf, type OwnState, ownState, ownVariables, shortName } from './ownState.js';
import { expandLegacy, type OwnedVariable } from './quantized/expandLayer.js';
import type { LayerOrder } from './statePaths.js';
import { type StoredValue, storedDataset } from './storedValue.js';

type Layer = layers.Layer;

interface FileLayer {
  readonly name: string;
  readonly values: readonly StoredValue[];
}

/**
 * The group of the layers: the root of a weights file, or `model_weights` of a whole model. Null for another layout.
 */
export function legacyGroup(root: H5Group): H5Group | null {
  if (readStringList(root, 'layer_names')) return root;
  const group = root.group('model_weights');
  return group && readStringList(group, 'layer_names') ? group : null;
}

/**
 * Loads the weights of all layers. With `byName` layers of file and model are paired by name. Otherwise the layers with
 * weights are paired in order, as Keras does; if the file has every name of the model, by name.
 * @throws KerasFileError if file and model differ, before anything is changed.
 */
export async function loadLegacy(
  model: LayersModel,
  group: H5Group,
  order: LayerOrder,
  rules: WeightRules & { readonly byName?: boolean },
  step: Step,
): Promise<void> {
  const { kerasVersion } = rules;
  const version1 = /^1(\.|$)/.test(kerasVersion);
  checkFile(!version1, 'weights', 'files of Keras 1 are not supported; save them again with Keras 2', { kerasVersion });
  const inFile = readLayers(group).filter(({ values }) => values.length > 0);
  const around = { isTrainable: true, isKeras2: majorOf(kerasVersion) === 2 };
  const inModel = order(model).filter((layer) => allVariables(layer, order, around).length > 0);
  const pairs = rules.byName ? pairByName(inModel, inFile, rules) : pairInOrder(inModel, inFile, rules);
  const assignments = pairs.map(([layer, { name, values }]): Assignment => {
    const owned = thoseInFile(legacyVariables(layer, order, majorOf(kerasVersion) === 2), layer, order, values.length);
    const isPlain = owned.every(isVariable);
    return {
      layer,
      path: name,
      values: isPlain ? expandLegacy(owned, values, rules.freezesIntegers) : values,
      state: legacyState(owned),
      setsRest: true,
    };
  });
  await assignWeights(assignments, rules, step);
}

function readLayers(group: H5Group): FileLayer[] {
  const names = readStringList(group, 'layer_names') ?? [];
  return names.map((name) => {
    const layerGroup = group.group(name);
    if (!layerGroup) throw fileError('weights', 'the file lists a layer that it does not hold', { layer: name });
    const weightNames = readStringList(layerGroup, 'weight_names') ?? [];
    // Keras 3.0 fails to write several weights of one name and leaves such a file behind.
    checkFile(new Set(weightNames).size === weightNames.length, 'weights', 'a weight must be listed once', {
      layer: name,
      weights: weightNames.slice(0, 10),
    });
    const values = weightNames.map((weightName) => {
      const dataset = layerGroup.dataset(weightName);
      if (!dataset)
        throw fileError('weights', 'the file lists a weight that it does not hold', {
          layer: name,
          weight: weightName,
        });
      return storedDataset(dataset);
    });
    return { name, values };
  });
}

/** All values of the file. */
export function legacyValues(group: H5Group): readonly StoredValue[] {
  return readLayers(group).flatMap(({ values }) => values);
}

type Pairs = [Layer, FileLayer][];

function pairByName(inModel: readonly Layer[], inFile: readonly FileLayer[], rules: WeightRules): Pairs {
  const byName = new Map<string, Layer[]>();
  for (const layer of inModel) byName.set(layer.name, [...(byName.get(layer.name) ?? []), layer]);
  const pairs = inFile.flatMap((stored): Pairs => (byName.get(stored.name) ?? []).map((layer) => [layer, stored]));
  if (pairs.length === 0) {
    throw fileError('weights', 'no layer of the file has the name of a layer of the model', {
      kerasVersion: rules.kerasVersion,
      file: inFile.map(({ name }) => name),
      model: inModel.map(({ name }) => name),
    });
  }
  return pairs;
}

function pairInOrder(inModel: readonly Layer[], inFile: readonly FileLayer[], rules: WeightRules): Pairs {
  const names = new Map(inFile.map((layer) => [layer.name, layer]));
  const allNamed = names.size === inFile.length && inModel.every(({ name }) => names.has(name));
  if (inModel.length !== inFile.length) {
    const problem = `the model has ${inModel.length} layers with weights (${inModel.map(({ name }) => name).join(', ')}), the file (Keras ${rules.kerasVersion}) has ${inFile.length} (${inFile.map(({ name }) => name).join(', ')})`;
    skipOrThrow([problem], rules);
  }
  return inModel.flatMap((layer, i): Pairs => {
    const stored = allNamed ? names.get(layer.name) : inFile[i];
    return stored ? [[layer, stored]] : [];
  });
}

/**
 * The weights of a layer and of the layers within it, each once: trainable ones first, in each part as they were made.
 */
function legacyVariables(layer: Layer, order: LayerOrder, isKeras2: boolean): OwnedWeight[] {
  const all = allVariables(layer, order, { isTrainable: layer.trainable, isKeras2 });
  const isTrainable = ({ weight, hasTrainableOwner }: OwnedWeight) =>
    hasTrainableOwner && weight !== null && (weight.trainable || isFrozenAsIntegers(weight));
  const sorted = [...all.filter(isTrainable), ...all.filter((item) => !isTrainable(item))];
  return [...new Map(sorted.map((item) => [item.weight ?? item.layer, item])).values()];
}

/** Without those of activations where the file has just the others: Keras 3 builds an activation when it first runs. */
function thoseInFile(owned: OwnedWeight[], layer: Layer, order: LayerOrder, count: number): OwnedWeight[] {
  if (owned.length === count) return owned;
  const activations = activationsWithin(layer, order);
  const others = owned.filter((item) => !activations.includes(item.layer));
  return others.length === count ? others : owned;
}

function activationsWithin(layer: Layer, order: LayerOrder): Layer[] {
  const children = childrenOf(layer);
  const inside = layer instanceof LayersModel ? order(layer) : Object.values(children).flat();
  const { activation = [] } = children;
  return [...[activation].flat(), ...inside.flatMap((child) => activationsWithin(child, order))];
}

/** A weight, or the summary of the data that a layer was adapted to, which is not trainable. */
interface OwnedWeight {
  readonly layer: Layer;
  /** Null for a summary. */
  readonly weight: LayerVariable | null;
  /** Whether the layer of the weight is trainable, and what counts of the layers around it: all in Keras 2, else one. */
  readonly hasTrainableOwner: boolean;
}

/** What is around a layer. In Keras 3 a layer within a frozen one can be trainable, if the outermost one is. */
interface Around {
  readonly isTrainable: boolean;
  readonly isKeras2: boolean;
}

function allVariables(layer: Layer, order: LayerOrder, around: Around): OwnedWeight[] {
  const hasTrainableOwner = around.isTrainable && layer.trainable;
  const weights = storesSummary(layer) || (around.isKeras2 && storesNamed(layer)) ? [null] : ownVariables(layer);
  const own = weights.map((weight) => ({ layer, weight, hasTrainableOwner }));
  const inside = layer instanceof LayersModel ? order(layer) : Object.values(childrenOf(layer)).flat();
  const within = { ...around, isTrainable: around.isKeras2 ? hasTrainableOwner : around.isTrainable };
  return [...own, ...(inside as readonly Layer[]).flatMap((child) => allVariables(child, order, within))];
}

/** tf.keras stores the weights of categories as a variable. */
function storesNamed(layer: Layer): boolean {
  return storedNamesOf(layer) !== null && ownState(layer).shapes.length > 0;
}

function isVariable(item: OwnedWeight): item is OwnedWeight & OwnedVariable {
  return item.weight !== null;
}

function legacyState(owned: readonly OwnedWeight[]): OwnState {
  const parts = owned.map(({ layer, weight }) => (weight ? stateOfVariable(weight) : ownState(layer)));
  const variables = owned.filter(isVariable).map(({ weight }) => weight);
  return {
    shapes: parts.flatMap(({ shapes }) => shapes),
    names: parts.flatMap(({ names }) => names),
    variables: variables.length === owned.length ? variables : undefined,
    read: () => parts.flatMap((part) => part.read()),
    write: (values: readonly Tensor[]) => {
      const rest = [...values];
      for (const part of parts) part.write(rest.splice(0, part.shapes.length));
    },
  };
}

function stateOfVariable(weight: LayerVariable): OwnState {
  return {
    shapes: [weight.shape],
    names: [shortName(weight)],
    read: () => [tidy(() => weight.read().clone())],
    write: ([value]) => assignUnconstrained(weight, value),
  };
}
