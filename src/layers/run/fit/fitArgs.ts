// The arguments of fit(), fitDataset() and evaluate() of models that run by Keras's rules.
// Source: https://keras.io/api/models/model_training_apis/

import type { Tensor } from '@tensorflow/tfjs-core';
import type { CallbackList, CustomCallbackArgs, ModelEvaluateArgs, ModelFitArgs } from '@tensorflow/tfjs-layers';
import type { TensorTree } from '../../../core/tensorTree.js';

type Tensors = TensorTree<Tensor>;

/** A callback of this package, one of TensorFlow.js, or an object with functions such as `onEpochEnd`. */
export type FitCallback = CallbackList['callbacks'][number] | CustomCallbackArgs;

/** A batch: inputs, targets and, if examples are weighted, their weights. fit() disposes of the tensors. */
export type FitBatch =
  | readonly [xs: Tensors, ys: Tensors, sampleWeight?: Tensors | null]
  | { readonly xs: Tensors; readonly ys: Tensors; readonly sampleWeight?: Tensors | null };

/**
 * Batches: a tf.data dataset, a generator function (async or not) that is called for each epoch, or what a `for await` loop
 * goes through once.
 */
export type FitSource =
  | { iterator(): Promise<{ next(): Promise<IteratorResult<unknown>> }> }
  | (() => AsyncIterable<FitBatch> | Iterable<FitBatch>)
  | AsyncIterable<FitBatch>
  | Iterable<FitBatch>;

/** A weight for each class of the targets, by its number; 1 for a class that is not there. */
export type ClassWeight = Readonly<Record<number, number>>;

/** What fit() and fitDataset() share. */
interface CommonFitArgs {
  /** How often the data are gone through. Default 1. */
  readonly epochs?: number;
  /** The epoch that is the first, counted from 0. Default 0. */
  readonly initialEpoch?: number;
  /** How many batches an epoch has. Default: all. With fewer, the next epoch goes on where this one ended. */
  readonly stepsPerEpoch?: number;
  /** 0: no callbacks that are registered for verbose output. Default 1. */
  readonly verbose?: number;
  /** Callbacks of this package, of TensorFlow.js, and objects with functions, in any order. */
  readonly callbacks?: readonly FitCallback[] | FitCallback | null;
  /** How often the page may draw. Default 'auto'. */
  readonly yieldEvery?: ModelFitArgs['yieldEvery'];
  /** [x, y], [x, y, sampleWeight], or batches. */
  readonly validationData?: readonly [Tensors, Tensors, (Tensors | null)?] | FitSource | null;
  /** Default: that of the training. */
  readonly validationBatchSize?: number;
  /** How many batches the validation has, from the first one on in each epoch. Default: all. */
  readonly validationSteps?: number;
  /** After how many epochs there is a validation, or after which ones (counted from 1). Default 1. */
  readonly validationFreq?: number | readonly number[];
  /** Weights of the classes; for several outputs by their names. Not together with `sampleWeight`. */
  readonly classWeight?: ClassWeight | readonly ClassWeight[] | Readonly<Record<string, ClassWeight>> | null;
  /**
   * Ends the training after the batch that is being computed, as `model.stopTraining = true` does, but without another
   * validation: weights, optimizer and history keep what was learned, and the promise resolves.
   */
  readonly signal?: AbortSignal;
}

/** The arguments of fit(). */
export interface KerasFitArgs extends CommonFitArgs {
  /** Default 32. */
  readonly batchSize?: number;
  /** Whether the examples come in another order in each epoch. Default true. */
  readonly shuffle?: boolean;
  /** The share of the examples, from the end, that are for validation. They are not shuffled. */
  readonly validationSplit?: number;
  /** A weight for each example, or for each position of it; by output where the outputs have several. */
  readonly sampleWeight?: Tensors | null;
}

/** The arguments of fitDataset(). */
export interface KerasFitDatasetArgs extends CommonFitArgs {
  /** TensorFlow.js's name of `stepsPerEpoch`. */
  readonly batchesPerEpoch?: number;
  /** TensorFlow.js's name of `validationSteps`. */
  readonly validationBatches?: number;
}

/** The weights of a batch for trainOnBatch(): of its examples, or of classes, as for fit(). */
export type KerasTrainOnBatchArgs = Pick<KerasFitArgs, 'sampleWeight' | 'classWeight'>;

/** The arguments of evaluate(). */
export interface KerasEvaluateArgs extends Omit<ModelEvaluateArgs, 'sampleWeight'> {
  /** A weight for each example, or for each position of it; by output where the outputs have several. */
  readonly sampleWeight?: Tensors | null;
}
