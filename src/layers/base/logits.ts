// What softmax and sigmoid were given, for the crossentropies of a model's outputs: they are computed from it, so that an
// output of 0 or 1 keeps its gradient, and so that a loss of logits of such an output is that of its logits. This is what
// Keras does on TensorFlow, where the tensor holds its logits; on JAX it clips the output.
// Source: https://keras.io/api/losses/probabilistic_losses/ and losses of tf.keras 2.15 and Keras 3.15 on TensorFlow

import { clone, dispose, keep, type Tensor } from '@tensorflow/tfjs-core';

/** Which function made the output. */
export type Squashing = 'softmax' | 'sigmoid';

/**
 * Whether a layer's output should keep its logits. 'any': for each crossentropy, of whichever function they are, as Keras
 * has it; so the binary one of an output of softmax is that of the logits. 'ofItsKind': for the crossentropy that belongs
 * to the function, as tf.keras has it of operations of TensorFlow.
 */
export type LogitsWanted = false | 'any' | 'ofItsKind';

/** Layers and models of which Keras knows that what holds for their input holds for their output. */
export interface GivesInput {
  /** Whether Keras's layer gives the tensor that it was given, at least in inference, and no copy of it. */
  givesInput(isTfKeras: boolean): boolean;
}

interface Logits {
  readonly by: Squashing;
  readonly isForAny: boolean;
  readonly logits: Tensor;
}

/** By the data of the output: a copy of it has the same. */
const known = new WeakMap<object, Logits>();
let kept: Tensor[] | null = null;
let wanted: LogitsWanted = false;
let isTfKeras = false;

/**
 * Runs a step of training or a test: outputs of the models that it runs keep their logits until it ends.
 *
 * @param byTfKeras Whether losses are computed as tf.keras computes them.
 */
export function withLogits<T>(byTfKeras: boolean, run: () => T): T {
  const outer = { kept, wanted, isTfKeras };
  const own: Tensor[] = [];
  kept = own;
  wanted = 'any';
  isTfKeras = byTfKeras;
  try {
    return run();
  } finally {
    ({ kept, wanted, isTfKeras } = outer);
    dispose(own);
  }
}

/** Whether a loss or metric is computed for a model of tf.keras, some of whose formulas are others. */
export function followsTfKeras(): boolean {
  return isTfKeras;
}

/** Whether what runs now makes an output of a model in such a step. */
export function wantsLogits(): boolean {
  return wanted !== false;
}

/** Says whether the next layer makes an output of the model. */
export function wantLogits(areWanted: LogitsWanted): void {
  wanted = areWanted;
}

/** Gives the output y of softmax or sigmoid, and keeps what it was computed from where that is wanted. */
export function noteLogits(by: Squashing, logits: Tensor, y: Tensor): Tensor {
  if (wanted === false || kept === null) return y;
  const own = keep(clone(logits));
  kept.push(own);
  known.set(y.dataId, { by, isForAny: wanted === 'any', logits: own });
  return y;
}

/** What an output was computed from, for the crossentropy of a function; undefined where that is not known. */
export function logitsOf(y: Tensor, by: Squashing): Tensor | undefined {
  const found = known.get(y.dataId);
  const fits = found && (found.isForAny || found.by === by);
  return fits && !found.logits.isDisposed && `${found.logits.shape}` === `${y.shape}` ? found.logits : undefined;
}
