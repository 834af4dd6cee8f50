// Gradients in the place of TensorFlow.js's, on the backends of this package alone.

import { getBackend, getGradient, type Tensor } from '@tensorflow/tfjs-core';
import { isConvnet, replaceGradient, type TypedGradient } from '../tfjs/registry.js';

export type Gradient = TypedGradient<never>;

const ours = new WeakSet<object>();

/** Installs gradients once; `make` gets what TensorFlow.js has, which stays in charge on other backends. */
export function replaceOnConvnet(kernelName: string, make: (official: Gradient | undefined) => Gradient): void {
  const official = getGradient(kernelName);
  if (official && ours.has(official)) return;
  const own = make(official as Gradient | undefined);
  replaceGradient(
    {
      ...own,
      gradFunc: (dy: Tensor, saved: Tensor[], attrs: never) => {
        if (!official || isConvnet(getBackend())) return own.gradFunc(dy, saved, attrs);
        return official.gradFunc(dy, saved, attrs) as Record<string, () => Tensor>;
      },
    },
    official != null,
  );
  const installed = getGradient(kernelName);
  if (installed) ours.add(installed);
}
