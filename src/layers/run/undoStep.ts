// A training step that throws leaves no tensor: not what TensorFlow.js keeps for the way back through the graph either.

import { dispose, engine, type Tensor, type TensorContainer, tidy } from '@tensorflow/tfjs-core';

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
    forgetTape();
    throw error;
  }
}

/** TensorFlow.js empties the tape at the end of a gradient, and not where one throws. */
function forgetTape(): void {
  const { state } = engine();
  if (state.gradientDepth > 0) return; // the tape of somebody around
  for (const { saved } of state.activeTape ?? []) dispose(saved ?? []);
  state.activeTape = null as unknown as typeof state.activeTape;
}
