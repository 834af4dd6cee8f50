// Models that run by Keras's rules, from symbolic tensors or a list of layers.
// Source: https://keras.io/api/models/

import type { Scalar, Tensor } from '@tensorflow/tfjs-core';
import type {
  History,
  LayersModel,
  layers,
  SymbolicTensor,
  Sequential as TfjsSequential,
} from '@tensorflow/tfjs-layers';
import type { TensorTree } from '../../core/tensorTree.js';
import type { Kwargs } from '../base/layerArgs.js';
import type { KerasCompileArgs } from './compileLosses.js';
import type {
  FitSource,
  KerasEvaluateArgs,
  KerasFitArgs,
  KerasFitDatasetArgs,
  KerasTrainOnBatchArgs,
} from './fit/fitArgs.js';
import { type FunctionalArgs, FunctionalModel, type ModelStructure } from './kerasModel.js';
import type { KerasRules } from './kerasRules.js';
import type { PredictArgs } from './openModel.js';
import { type SequentialArgs, SequentialModel } from './sequentialModel.js';

type Tensors = TensorTree<Tensor>;
type Symbols = TensorTree<SymbolicTensor>;
type Flat = Tensor | Tensor[];

/**
 * A tf.LayersModel that runs by Keras's rules. Inputs, targets and outputs may be one tensor, a list or a dictionary: outputs
 * come in the structure that the model was made with. Inputs are taken in that structure, by the names of the input layers, or
 * as a list; a dictionary may have more keys than the model reads.
 *
 * The type parameter says what comes out, since a model read from a file does not tell the compiler:
 * `model.predict<{ boxes: Tensor; scores: Tensor }>(x)`. Without it the type is TensorFlow.js's own, a tensor or a list.
 *
 * `outputNames` are the keys of a dictionary, and the paths of keys where it is nested ('heads/boxes'). Losses, metrics and
 * targets go by these names, or have the structure of the outputs. `inputNames` are the same of the inputs.
 * Source: https://keras.io/api/models/model/
 */
export interface KerasModel extends LayersModel {
  /** Predicts in batches of `args.batchSize`, 32 by default. The caller disposes of what comes out. */
  predict<T extends object = Flat>(x: Tensors, args?: PredictArgs): T;
  /** Predicts the whole input at once. */
  predictOnBatch<T extends object = Flat>(x: Tensors): T;
  /** Calls the model as a layer: on tensors inside of tf.tidy, or on symbolic tensors. */
  apply<T extends object = Flat | SymbolicTensor | SymbolicTensor[]>(inputs: Tensors | Symbols, kwargs?: Kwargs): T;
  compile(args: KerasCompileArgs): void;
  /** The loss over all examples, with that of regularizers, then what each metric makes of all of them. */
  evaluate(x: Tensors, y: Tensors, args?: KerasEvaluateArgs): Scalar | Scalar[];
  /** The same of batches that come. */
  evaluateDataset(dataset: FitSource, args?: { readonly batches?: number }): Promise<Scalar | Scalar[]>;
  /**
   * Trains on tensors, or on batches that a dataset or a generator yields. The history has the values that Keras tells: the
   * mean loss over examples, and what each metric makes of the whole epoch.
   */
  fit(x: Tensors | FitSource, y?: Tensors | null, args?: KerasFitArgs): Promise<History>;
  /** Trains on batches. */
  fitDataset(dataset: FitSource, args?: KerasFitDatasetArgs): Promise<History>;
  /** One step; the loss and the metrics of this batch, with weights of its examples or classes where they are given. */
  trainOnBatch(x: Tensors, y: Tensors, args?: KerasTrainOnBatchArgs): Promise<number | number[]>;
}

/** A KerasModel to which layers are added in a chain, as in tf.Sequential. */
export interface KerasSequential extends KerasModel, Pick<TfjsSequential, 'add' | 'pop'> {}

/** A functional model that runs by the rules of this version. */
export function makeFunctional(args: FunctionalArgs, rules: KerasRules): KerasModel {
  return new FunctionalModel(args, rules) as unknown as KerasModel;
}

/** A chain of layers that runs by the rules of this version. */
export function makeSequential(args: SequentialArgs, rules: KerasRules): KerasSequential {
  return new SequentialModel(args, rules) as unknown as KerasSequential;
}

/** The version of Keras by whose rules a model runs; undefined for models that TensorFlow.js made. */
export function rulesVersionOf(model: LayersModel): string | undefined {
  const given: unknown = model;
  return given instanceof FunctionalModel || given instanceof SequentialModel ? given.rules.version : undefined;
}

/**
 * Whether the layers of a model are frozen by their own flags alone, as in Keras 3. Elsewhere a frozen model freezes all
 * layers within it.
 */
export function freezesByLayer(model: layers.Layer): boolean {
  const given: unknown = model;
  return (given instanceof FunctionalModel || given instanceof SequentialModel) && given.rules.freezesByLayer;
}

/** The structure of the tensors of a functional model; undefined for models that TensorFlow.js made. */
export function modelStructure(model: layers.Layer): ModelStructure | undefined {
  const given: unknown = model;
  return given instanceof FunctionalModel ? given.structure : undefined;
}

/**
 * A functional model of symbolic tensors: `new Model({ inputs, outputs })`. It runs by the rules of Keras 3.15.
 * Source: https://keras.io/api/models/model/
 */
export const Model = FunctionalModel as unknown as new (args: FunctionalArgs) => KerasModel;
export type Model = KerasModel;

/**
 * A chain of layers: `new Sequential({ layers })`. It runs by the rules of Keras 3.15.
 * Source: https://keras.io/api/models/sequential/
 */
export const Sequential = SequentialModel as unknown as new (args?: SequentialArgs) => KerasSequential;
export type Sequential = KerasSequential;

/**
 * Makes a functional model, as tf.model() does, that runs by the rules of Keras 3.15.
 *
 * @throws ValueError for tensors that do not depend on the inputs, or are given twice as inputs.
 */
export function model(args: FunctionalArgs): Model {
  return new Model(args);
}

/** Makes a chain of layers, as tf.sequential() does, that runs by the rules of Keras 3.15. */
export function sequential(args?: SequentialArgs): Sequential {
  return new Sequential(args);
}

export type { TensorTree } from '../../core/tensorTree.js';
export type { FunctionalArgs as ModelArgs } from './kerasModel.js';
export type { SequentialArgs } from './sequentialModel.js';
