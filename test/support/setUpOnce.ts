// The tests switch between dozens of backends thousands of times, and each time tf.setBackend walks through the kernels of
// all of them, in search of functions that set kernels up. One walk for each started backend is enough: the
// walks took more than a fifth of the processor time of the CPU engine's tests.

import { engine } from '@tensorflow/tfjs-core';

interface SetUp {
  readonly backendInstance: object;
  setupRegisteredKernels(): void;
}

const prototype = Object.getPrototypeOf(engine()) as SetUp;
const walk = prototype.setupRegisteredKernels;
let walked = new WeakSet<object>();

prototype.setupRegisteredKernels = function () {
  if (walked.has(this.backendInstance)) return;
  walked.add(this.backendInstance);
  walk.call(this);
};

/** Lets the next choice of each backend set its kernels up again, for tests of what that does. */
export function setUpAgain(): void {
  walked = new WeakSet();
}
