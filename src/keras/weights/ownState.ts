// The variables that a layer stores in files, in Keras's order, and the layers within it. Only this file knows the
// three kinds of layers in a model: this package's own, recurrent ones, and TensorFlow.js's.

import { type Tensor, tidy } from '@tensorflow/tfjs-core';
import { LayersModel, type LayerVariable, type layers, type Shape } from '@tensorflow/tfjs-layers';
import { storedNamesOf } from '../../layers/base/assets.js';
import { KerasLayer } from '../../layers/base/kerasLayer.js';
import { assignAllUnconstrained } from '../../layers/base/variables.js';
import { LoraLayer } from '../../layers/core/loraLayer.js';
import { recurrentState } from '../../layers/recurrent/index.js';

type Layer = layers.Layer;

/** The values that a layer stores without those of the layers within it. */
export interface OwnState {
  readonly shapes: readonly Shape[];
  /** kernel, bias, ...: for messages and for names in files. */
  readonly names: readonly string[];
  /** Reads the values into new tensors. */
  read(): Tensor[];
  /** Sets values of these shapes. The caller still owns the tensors. */
  write(values: readonly Tensor[]): void;
  /** The variables that hold the values, if each holds one: those of several layers, say. */
  readonly variables?: readonly LayerVariable[];
}

/** The layer's own variables in the order of their creation: those made as trainable first, even if frozen since. */
export function ownVariables(layer: Layer): readonly LayerVariable[] {
  if (layer instanceof LayersModel) return [];
  if (layer instanceof KerasLayer) return layer.variables;
  const recurrent = recurrentState(layer);
  if (recurrent) return recurrent.variables;
  const { _trainableWeights, _nonTrainableWeights } = layer as unknown as Record<string, LayerVariable[]>;
  return [..._trainableWeights, ..._nonTrainableWeights];
}

/**
 * The state of a layer. A layer of this package may store other values than its variables hold, such as a merged LoRA
 * kernel.
 */
export function ownState(layer: Layer): OwnState {
  const variables = ownVariables(layer);
  const isOurs = layer instanceof KerasLayer;
  const named = storedNamesOf(layer);
  const shapes = isOurs ? layer.stateShapes() : variables.map(({ shape }) => shape);
  const stored = layer instanceof LoraLayer ? layer.fileVariables : variables;
  return {
    shapes,
    names: shapes.map((_, i) => named?.[i] ?? (stored[i] ? shortName(stored[i]) : 'summary')),
    read: () => tidy(() => (isOurs ? layer.saveState() : variables.map((weight) => weight.read().clone()))),
    write: (values) => (isOurs ? layer.loadState(values) : assignAllUnconstrained(variables, values)),
  };
}

type Children = Readonly<Record<string, Layer | readonly Layer[]>>;

/** The layers within a layer by Keras's attribute for them; {} for a model, whose layers are in `layers`. */
export function childrenOf(layer: Layer): Children {
  if (layer instanceof KerasLayer) return layer.children;
  const { children } = layer as { readonly children?: unknown };
  return recurrentState(layer)?.children ?? (isPlainObject(children) ? withLists(children) : {});
}

/** Keras files the layers of a dictionary as those of a list, whatever their keys are, and passes over an attribute of None. */
function withLists(children: object): Children {
  const isDictionary = (held: object) => isPlainObject(held) && !('getClassName' in held);
  const held = Object.entries(children).filter(([, child]) => (child ?? null) !== null);
  return Object.fromEntries(held.map(([name, child]) => [name, isDictionary(child) ? Object.values(child) : child]));
}

function isPlainObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The last part of the variable's name: `kernel` for `conv2d/kernel`. */
export function shortName({ originalName }: LayerVariable): string {
  return originalName.slice(originalName.lastIndexOf('/') + 1);
}
