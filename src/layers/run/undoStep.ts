// A training step that throws leaves no tensor: not what TensorFlow.js keeps for the way back through the graph either.

import { dispose, type Tensor, type TensorContainer, tidy } from '@tensorflow/tfjs-core';
import { releaseTape } from '../../tfjs/releaseTape.js';

/**
 * Runs a step; what it keeps is its result. Disposes of all that it made if it throws.
 *
 * @param kept Tensors that the step keeps itself, filled while it runs.
 */
export function undoOnError<T extends TensorContainer>(kept: Tensor[], step: () => T): T {
  try {
    return tidy(step);
  } catch (error) {
    dispose(kept);
    releaseTape();
    throw error;
  }
}
