// Rules of running a graph that changed between versions of Keras. A loaded model keeps those of the version that wrote it.

import { isBefore, majorOf } from '../../core/kerasVersion.js';

export interface KerasRules {
  /** As the file says. */
  readonly version: string;
  /**
   * Which `training` wins, that of the model or that of the call in the graph. Keras 3: the model's, in which fit() and
   * predict() always say one. Keras 2: the call's. Source: https://keras.io/guides/transfer_learning/ and the models of
   * both that test/fixtures holds.
   */
  readonly modelTrainingWins: boolean;
  /**
   * Keras 3 passes a mask to a layer's parameter `mask` if its call has one tensor argument, and to `<argument>_mask` if it
   * has several: a recurrent layer that is given `initial_state` sees no mask of its sequence.
   */
  readonly namesMasksByArgument: boolean;
  /**
   * From Keras 3.8 on a call of MultiHeadAttention takes the masks off its inputs, for whatever reads these tensors later,
   * and does not look at `query_mask`.
   */
  readonly attentionTakesMasks: boolean;
  /** Whether a mask that a call was given is handed on to its outputs; else they get that of its first argument. */
  readonly handsGivenMasksOn: boolean;
  /** Whether a null among the masks that a call of a model is given leaves the mask on the tensor, or takes it away. */
  readonly modelsKeepMasks: boolean;
  /** Whether a layer whose first argument is a list of tensors hands masks on: not before Keras 3.4. */
  readonly listsHandMasksOn: boolean;
  /** Whether a mask with one axis less than a loss holds for its last axis: in Keras 2. Keras 3 broadcasts it instead. */
  readonly lossMasksGrow: boolean;
  /** Whether metrics leave masked positions out: in Keras 2, and again from 3.12 on. The loss does in every version. */
  readonly metricsSeeMasks: boolean;
  /**
   * Keras 3 trains a layer that was unfrozen within a frozen nested model; Keras 2 trains nothing in such a model.
   */
  readonly freezesByLayer: boolean;
  /** Whether logs name outputs by their layers, also where these have keys: in Keras 2. */
  readonly labelsByLayer: boolean;
  /** Whether `input` and `output` of a Sequential are those of the call from outside: in Keras 3. */
  readonly showsCallsOfChains: boolean;
  /** Whether `layers` of a functional model has its raw operations: in Keras 2. */
  readonly listsOperations: boolean;
  /** Whether crossentropies, and where they find the logits of an output, are those of tf.keras. */
  readonly hasTfKerasLosses: boolean;
}

/** @param version As the file says; what is no number of a version counts as the newest Keras. */
export function rulesOf(version: string): KerasRules {
  const isKeras3 = majorOf(version) === 3;
  return {
    version,
    modelTrainingWins: isKeras3,
    namesMasksByArgument: isKeras3,
    attentionTakesMasks: isKeras3 && !isBefore(version, 3, 8),
    handsGivenMasksOn: !isKeras3 || !isBefore(version, 3, 11),
    modelsKeepMasks: isKeras3,
    listsHandMasksOn: !isKeras3 || !isBefore(version, 3, 4),
    lossMasksGrow: !isKeras3,
    metricsSeeMasks: !isKeras3 || !isBefore(version, 3, 12),
    freezesByLayer: isKeras3,
    labelsByLayer: !isKeras3,
    showsCallsOfChains: isKeras3,
    listsOperations: !isKeras3,
    hasTfKerasLosses: !isKeras3,
  };
}

/** The rules of models that are made in JavaScript. */
export const newestRules: KerasRules = rulesOf('3.15.1');
