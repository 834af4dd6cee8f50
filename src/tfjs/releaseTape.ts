// TensorFlow.js disposes of what a gradient's tape has saved when the gradient has been computed. If it throws on the
// way (an operation without a gradient, memory that runs out), those tensors would stay for ever: nobody else knows them.
// So would the value of the forward pass, where no tf.tidy() is around, as in Optimizer.minimize(). Engine.gradients is
// wrapped for that: tf.grad(), tf.variableGrads() and training go through it.

import { dispose, engine, type TensorContainer, tidy } from '@tensorflow/tfjs-core';

type Gradients = (...args: unknown[]) => unknown;

const installed = new WeakSet<object>();

/** Wraps Engine.gradients, once. */
export function installTapeRelease(): void {
  const tfjsEngine = engine() as unknown as { gradients: Gradients };
  if (installed.has(tfjsEngine.gradients)) return;
  const original = tfjsEngine.gradients;
  const gradients: Gradients = (...args) => {
    try {
      return tidy(() => original.apply(tfjsEngine, args) as TensorContainer);
    } catch (error) {
      releaseTape();
      throw error;
    }
  };
  installed.add(gradients);
  tfjsEngine.gradients = gradients;
}

/** Disposes of what the tape has saved, after a gradient that has thrown. Within another gradient it does nothing. */
export function releaseTape(): void {
  const { state } = engine();
  if (state.gradientDepth > 0) return; // the gradient around may catch the error and go on
  for (const { saved } of state.activeTape ?? []) dispose(saved ?? []);
  state.activeTape = null as unknown as typeof state.activeTape; // as TensorFlow.js leaves it
}
