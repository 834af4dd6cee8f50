// tf.LayersModel and tf.Sequential with the methods through which they run their graph. TensorFlow.js declares these
// methods private, but calls them on `this`: predict() calls predictLoop(). The loops of fit() and
// evaluate() are in ./fit.
// Source: https://js.tensorflow.org/api/latest/#class:LayersModel

import type { NamedTensorMap, Optimizer, Scalar, serialization, Tensor } from '@tensorflow/tfjs-core';
import {
  type History,
  LayersModel,
  type LayerVariable,
  type layers,
  type ModelCompileArgs,
  Sequential,
  type Shape,
  type SymbolicTensor,
} from '@tensorflow/tfjs-layers';
import type { TensorTree } from '../../core/tensorTree.js';
import type { Kwargs } from '../base/layerArgs.js';
import type {
  FitSource,
  KerasEvaluateArgs,
  KerasFitArgs,
  KerasFitDatasetArgs,
  KerasTrainOnBatchArgs,
} from './fit/fitArgs.js';

type Tensors = TensorTree<Tensor>;

/** The options of predict(); TensorFlow.js does not export their type. */
export type PredictArgs = NonNullable<Parameters<LayersModel['predict']>[1]>;

export interface RunsGraph {
  /** Predicts in batches. Gives a tensor, or a list of them for several outputs. */
  predictLoop(inputs: Tensor | Tensor[], batchSize?: number): Tensor | Tensor[];
  isTraining: boolean;
  stopTraining_: boolean;
  collectedTrainableWeights: readonly LayerVariable[];
  checkTrainableWeightsConsistency(): void;
  /** The flag that `trainable` reads and sets. */
  trainable_: boolean;
  readonly optimizer_: Optimizer;
  /** Checks inputs and targets. Gives lists of them; what is new in these is disposed after the call. */
  standardizeUserDataXY(
    x: Tensor | Tensor[],
    y: Tensor | Tensor[],
    checkBatchAxis?: boolean,
    batchSize?: number,
  ): [Tensor[], Tensor[]];
  checkNumSamples(inputs: Tensor | Tensor[]): number;
  retrieveSymbolicTensors(names: string[]): SymbolicTensor[];
  /** The calls that belong to the model, each as `<layer>_ib-<index of the call>`. */
  readonly containerNodes: ReadonlySet<string>;
}

/** Public methods that a subclass overrides: as methods, which Pick would make properties. */
interface Overridden {
  get trainable(): boolean;
  set trainable(value: boolean);
  get trainableWeights(): LayerVariable[];
  get nonTrainableWeights(): LayerVariable[];
  call(inputs: Tensor | Tensor[], kwargs?: Kwargs): Tensor | Tensor[];
  computeMask(inputs: Tensor | Tensor[], mask?: Tensor | Tensor[]): Tensor | Tensor[];
  computeOutputShape(inputShape: Shape | Shape[]): Shape | Shape[];
  execute(inputs: Tensor | Tensor[] | NamedTensorMap, outputs: string | string[]): Tensor | Tensor[];
  getConfig(): serialization.ConfigDict;
  apply(inputs: Tensors | TensorTree<SymbolicTensor>, kwargs?: Kwargs): Tensors | TensorTree<SymbolicTensor>;
  compile(args: ModelCompileArgs): void;
  calculateLosses(): Scalar[];
  dispose(): ReturnType<LayersModel['dispose']>;
  getLayer(nameOrIndex?: string | number | null, index?: number): layers.Layer;
  summary(...args: Parameters<LayersModel['summary']>): void;
  setWeights(values: Tensor[]): void;
  loadWeights(values: NamedTensorMap, strict?: boolean): void;
  predict(x: Tensors, args?: PredictArgs): Tensors;
  predictOnBatch(x: Tensors): Tensors;
  evaluate(x: Tensors, y: Tensors, args?: KerasEvaluateArgs): Scalar | Scalar[];
  evaluateDataset(dataset: FitSource, args?: { readonly batches?: number }): Promise<Scalar | Scalar[]>;
  fit(x: Tensors | FitSource, y?: Tensors | null, args?: KerasFitArgs): Promise<History>;
  fitDataset(dataset: FitSource, args?: KerasFitDatasetArgs): Promise<History>;
  trainOnBatch(x: Tensors, y: Tensors, args?: KerasTrainOnBatchArgs): Promise<number | number[]>;
}

type OpenModel = Omit<LayersModel, keyof Overridden> & Overridden & RunsGraph;

export const OpenLayersModel = LayersModel as unknown as new (args: {
  readonly inputs: SymbolicTensor[];
  readonly outputs: SymbolicTensor[];
  readonly name?: string;
}) => OpenModel;

/** A Sequential model runs the functional model that build() makes. */
interface Chain extends Pick<Overridden, 'trainable' | 'trainableWeights' | 'nonTrainableWeights'> {
  trainOnBatch(x: Tensors, y: Tensors, args?: KerasTrainOnBatchArgs): Promise<number | number[]>;
  setWeights(values: Tensor[]): void;
  loadWeights(values: NamedTensorMap, strict?: boolean): void;
  getConfig(): serialization.ConfigDict;
  apply(inputs: Tensors | TensorTree<SymbolicTensor>, kwargs?: Kwargs): Tensors | TensorTree<SymbolicTensor>;
  add(layer: layers.Layer): void;
  pop(): void;
  dispose(): ReturnType<LayersModel['dispose']>;
  getLayer(nameOrIndex?: string | number | null, index?: number): layers.Layer;
  build(inputShape?: Shape | Shape[]): void;
  model: OpenModel;
  trainable_: boolean;
}

type OpenChain = Omit<Sequential, keyof Chain> & Chain;

export const OpenSequential = Sequential as unknown as new (args: { readonly name?: string }) => OpenChain;
