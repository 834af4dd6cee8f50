// Backends on contexts of their own. A page may have some sixteen contexts: with one more the browser takes the oldest away,
// which is the one that all other suites use.

import * as tf from '@tensorflow/tfjs';
import { WebglBackend } from '../../../src/engines/webgl/backend.js';

/** Removes a backend and gives its context back to the browser. */
export function removeWithContext(name: string): void {
  const backend: tf.KernelBackend | undefined = tf.engine().registry[name]; // tf.findBackend() would make it
  tf.removeBackend(name);
  if (backend instanceof WebglBackend) backend.gl2.getExtension('WEBGL_lose_context')?.loseContext();
}
