// selfTest() for apps, most of which never call it: the calls and their plain loops are loaded when it is first called.

import { getBackend } from '@tensorflow/tfjs-core';
import type { SelfTestReport } from './report.js';

/**
 * Computes about 400 small problems with the kernels of a backend, and compares the results with those of TensorFlow.js's
 * `cpu` kernels, which are plain loops. On WebGL2 the operands are in the engine's own layout, and the test of every
 * program that has been used on this page so far runs too; a program that fails is not used any more.
 *
 * It takes some seconds, most of them for compiling on WebGL2, and leaves the page time to draw between two problems.
 *
 * @param name A backend of this package that has been set once; default: the active one.
 * @returns A report that can be sent as JSON.
 * @throws If that backend is not one of ours, or has not been used yet.
 */
export async function selfTest(name: string = getBackend()): Promise<SelfTestReport> {
  const { selfTest: run } = await import('./selfTest.js');
  return run(name);
}
