// tf.LayersModel and tf.Sequential with the methods through which they run their graph. TensorFlow.js declares these
// methods private, but calls them on `this`: predict() calls predictLoop(), evaluate() makeTestFunction(), fit()
// makeTrainFunction().
// Source: https://js.tensorflow.org/api/latest/#class:LayersModel

import type { NamedTensorMap, Optimizer, Scalar, serialization, Tensor } from '@tensorflow/tfjs-core';
import { LayersModel, type LayerVariable, Sequential, type Shape, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import type { Kwargs } from '../../layers/base/layerArgs.js';

export interface ModelArgs {
  readonly inputs: SymbolicTensor | SymbolicTensor[];
  readonly outputs: SymbolicTensor | SymbolicTensor[];
  readonly name?: string;
}

export interface RunsGraph {
  /** Predicts in batches. Gives a tensor, or a list of them for several outputs. */
  predictLoop(inputs: Tensor | Tensor[], batchSize?: number): Tensor | Tensor[];
  /** Makes the function of one training step: inputs, targets, sample weights -> the loss, then the metrics. */
  makeTrainFunction(): (data: Tensor[]) => Scalar[];
  /** Sets `testFunction`. */
  makeTestFunction(): void;
  /** Inputs, targets -> the loss, then the metrics. */
  testFunction: (data: Tensor[]) => Scalar[];
  readonly collectedTrainableWeights: readonly LayerVariable[];
  readonly optimizer_: Optimizer;
  checkNumSamples(inputs: Tensor | Tensor[]): number;
  retrieveSymbolicTensors(names: string[]): SymbolicTensor[];
  /** The calls that belong to the model, each as `<layer>_ib-<index of the call>`. */
  readonly containerNodes: ReadonlySet<string>;
}

/** Public methods that a subclass overrides: as methods, which Pick would make properties. */
interface Overridden {
  call(inputs: Tensor | Tensor[], kwargs?: Kwargs): Tensor | Tensor[];
  computeMask(inputs: Tensor | Tensor[], mask?: Tensor | Tensor[]): Tensor | Tensor[];
  computeOutputShape(inputShape: Shape | Shape[]): Shape | Shape[];
  execute(inputs: Tensor | Tensor[] | NamedTensorMap, outputs: string | string[]): Tensor | Tensor[];
  getConfig(): serialization.ConfigDict;
}

type OpenModel = Omit<LayersModel, keyof Overridden> & Overridden & RunsGraph;

export const OpenLayersModel = LayersModel as unknown as new (args: ModelArgs) => OpenModel;

/** A Sequential model runs the functional model that build() makes. */
interface Chain {
  build(inputShape?: Shape | Shape[]): void;
  model: OpenModel;
}

type OpenChain = Omit<Sequential, keyof Chain> & Chain;

export const OpenSequential = Sequential as unknown as new (args: { readonly name?: string }) => OpenChain;
