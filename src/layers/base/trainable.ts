// Which weights are trained. Each layer has a flag `trainable`; setting it sets that of the layers within too. In Keras 3
// a model then trains the weights of every layer whose own flag is true: also those of a layer that was unfrozen within
// a frozen model. Source: https://keras.io/guides/transfer_learning/ and measurements with real Keras 3.15.

import type { LayerVariable, layers } from '@tensorflow/tfjs-layers';

type Layer = layers.Layer;

/** A layer or model that knows what a model around it trains of its weights. */
interface FreezesByLayer {
  readonly trainableWithin: LayerVariable[];
}

/** The weights of a layer, and of those within it, that a model around it trains. */
export function trainableWithin(layer: Layer): LayerVariable[] {
  const given: Layer & Partial<FreezesByLayer> = layer;
  return given.trainableWithin ?? layer.trainableWeights;
}

/** The weights of some layers that a model trains, each once. */
export function trainableOf(within: readonly Layer[]): LayerVariable[] {
  return [...new Set(within.flatMap(trainableWithin))];
}

/** All weights of some layers but these, each once. */
export function othersOf(within: readonly Layer[], trained: readonly LayerVariable[]): LayerVariable[] {
  const left = new Set(trained);
  return [...new Set(within.flatMap((layer) => layer.weights))].filter((weight) => !left.has(weight));
}

/** Sets the flag of a layer alone, without that of the layers within it. */
export function setOwnTrainable(layer: Layer, value: boolean): void {
  Object.assign(layer, { trainable_: value });
  markWeights(layer);
}

/** Gives a layer's own weights its flag again. tfjs sets the weights' when it builds a Sequential model. */
export function markWeights(layer: Layer): void {
  const { trainable_, _trainableWeights } = layer as unknown as {
    readonly trainable_: boolean;
    readonly _trainableWeights: readonly LayerVariable[];
  };
  for (const weight of _trainableWeights) weight.trainable = trainable_;
}

const integers = new WeakSet<LayerVariable>();

/** Whether the weight is frozen because its file holds integers. What is saved here holds floats, and trains it. */
export function isFrozenAsIntegers(weight: LayerVariable): boolean {
  return integers.has(weight);
}

/**
 * Makes a weight of the layer non-trainable. Setting its flag is not enough: Sequential.compile() sets the flags of all
 * weights in a layer's list of trainable weights again.
 * @param asIntegers Whether this is because Keras holds the weight as integers. A weight that is frozen for another
 *     reason stays so in files.
 */
export function freezeWeight(layer: Layer, weight: LayerVariable, asIntegers = false): void {
  const lists = layer as unknown as { _trainableWeights: LayerVariable[]; _nonTrainableWeights: LayerVariable[] };
  const isTrained = lists._trainableWeights.includes(weight);
  if (asIntegers && isTrained) integers.add(weight);
  if (!asIntegers) integers.delete(weight);
  weight.trainable = false;
  if (!isTrained) return;
  lists._trainableWeights = lists._trainableWeights.filter((other) => other !== weight);
  lists._nonTrainableWeights.push(weight);
}
