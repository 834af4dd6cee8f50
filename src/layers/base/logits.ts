// What softmax and sigmoid were given, for the crossentropies of a model's outputs: they are computed from it, so that an
// output of 0 or 1 keeps its gradient, and so that a loss of logits of such an output is that of its logits. This is what
// Keras does on TensorFlow, where the tensor holds its logits; on JAX it clips the output.
// Source: https://keras.io/api/losses/probabilistic_losses/ and losses of tf.keras 2.15 and Keras 3.15 on TensorFlow

import { clone, dispose, keep, type Tensor } from '@tensorflow/tfjs-core';

/** Which function made the output. */
export type Squashing = 'softmax' | 'sigmoid';

interface Logits {
  readonly by: Squashing;
  readonly logits: Tensor;
}

/** By the data of the output: a copy of it has the same. */
const known = new WeakMap<object, Logits>();
let kept: Tensor[] | null = null;
let isWanted = false;

/** Runs a step of training or a test: outputs of the models that it runs keep their logits until it ends. */
export function withLogits<T>(run: () => T): T {
  const outer = { kept, isWanted };
  const own: Tensor[] = [];
  kept = own;
  isWanted = true;
  try {
    return run();
  } finally {
    ({ kept, isWanted } = outer);
    dispose(own);
  }
}

/** Whether what runs now makes an output of a model in such a step. */
export function wantsLogits(): boolean {
  return isWanted;
}

/** Says whether the next layer makes an output of the model. */
export function wantLogits(areWanted: boolean): void {
  isWanted = areWanted;
}

/** Gives the output y of softmax or sigmoid, and keeps what it was computed from where that is wanted. */
export function noteLogits(by: Squashing, logits: Tensor, y: Tensor): Tensor {
  if (!isWanted || kept === null) return y;
  const own = keep(clone(logits));
  kept.push(own);
  known.set(y.dataId, { by, logits: own });
  return y;
}

/** What an output was computed from; undefined where that is not known, or another function made it. */
export function logitsOf(y: Tensor, by: Squashing): Tensor | undefined {
  const found = known.get(y.dataId);
  const isSame = found?.by === by && !found.logits.isDisposed && `${found.logits.shape}` === `${y.shape}`;
  return isSame ? found.logits : undefined;
}
