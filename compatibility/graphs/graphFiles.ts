// What compatibility/keras_graphs writes into its folder, and what was found about it here.

import type { TensorTree } from '../../src/core/tensorTree.js';
import type { Values } from '../masks/maskFiles.js';

/** A random Functional model. Inputs, outputs and targets have the structure of the model. */
export interface GraphCase {
  readonly id: string;
  readonly seed: number;
  readonly files: readonly string[];
  /** Why Keras could not write a format, or not read what it wrote. */
  readonly unwritten: Readonly<Record<string, string>>;
  readonly unread: Readonly<Record<string, string>>;
  /** By how much the model predicts otherwise once Keras has read it. */
  readonly changed: Readonly<Record<string, number>>;
  readonly inputs: TensorTree<Values>;
  readonly outputs: TensorTree<Values>;
  readonly targets: TensorTree<Values>;
  /** The loss of a test, without training. */
  readonly testLoss: number;
  /** The losses of steps of SGD; none for a model that draws in training. */
  readonly losses?: readonly number[];
  /** The predictions after these steps. */
  readonly after?: TensorTree<Values>;
}

export interface GraphReport {
  readonly versions: Readonly<Record<string, string>>;
  readonly cases: readonly GraphCase[];
  /** Seeds without a case, and Keras's reason. */
  readonly without: Readonly<Record<string, string>>;
}

/** Differences over the largest value; an error where there is nothing to compare. */
export interface GraphOutcome {
  readonly file: string;
  readonly predicts?: number;
  /** Once written as .keras, as .h5, and as model.json with shards, and read again. */
  readonly saves?: Readonly<Record<string, number>>;
  readonly losses?: number;
  readonly error?: string;
}
