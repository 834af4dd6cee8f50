// What a layer stores in files: its own variables in Keras's order, and the layers it holds. The one place that knows the
// three kinds of layers there can be in a model: ours, recurrent ones, and those of TensorFlow.js.

import { type Tensor, tidy } from '@tensorflow/tfjs-core';
import { LayersModel, type LayerVariable, type layers, type Shape } from '@tensorflow/tfjs-layers';
import { KerasLayer } from '../../layers/base/kerasLayer.js';
import { assignUnconstrained } from '../../layers/base/variables.js';
import { recurrentState } from '../../layers/recurrent/index.js';

type Layer = layers.Layer;

export interface OwnState {
  /** Of the values that are stored. */
  readonly shapes: readonly Shape[];
  /** For messages and for names in files: kernel, bias, ... */
  readonly names: readonly string[];
  /** New tensors. */
  read(): Tensor[];
  /** Takes over values of these shapes; the caller keeps the tensors. */
  write(values: readonly Tensor[]): void;
}

/** The layer's own variables as they were made: trainable ones first, whatever became of them since. */
export function ownVariables(layer: Layer): readonly LayerVariable[] {
  if (layer instanceof LayersModel) return [];
  if (layer instanceof KerasLayer) return layer.variables;
  const recurrent = recurrentState(layer);
  if (recurrent) return recurrent.variables;
  const { _trainableWeights, _nonTrainableWeights } = layer as unknown as Record<string, LayerVariable[]>;
  return [..._trainableWeights, ..._nonTrainableWeights];
}

export function ownState(layer: Layer): OwnState {
  const variables = ownVariables(layer);
  const isOurs = layer instanceof KerasLayer;
  const shapes = isOurs ? layer.stateShapes() : variables.map(({ shape }) => shape);
  return {
    shapes,
    names: shapes.map((_, i) => shortName(variables[i])),
    read: () => tidy(() => (isOurs ? layer.saveState() : variables.map((weight) => weight.read().clone()))),
    write: (values) => (isOurs ? layer.loadState(values) : assignAll(variables, values)),
  };
}

function assignAll(variables: readonly LayerVariable[], values: readonly Tensor[]): void {
  variables.forEach((weight, i) => {
    assignUnconstrained(weight, values[i]);
  });
}

/** Layers that a layer holds, by the attribute under which Keras files them; none for models, which have `layers`. */
export function childrenOf(layer: Layer): Readonly<Record<string, Layer | readonly Layer[]>> {
  if (layer instanceof KerasLayer) return layer.children;
  return recurrentState(layer)?.children ?? {};
}

/** kernel, of conv2d/kernel_1 */
export function shortName({ originalName }: LayerVariable): string {
  return originalName.slice(originalName.lastIndexOf('/') + 1);
}
