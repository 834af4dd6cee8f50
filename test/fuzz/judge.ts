// Runs a problem on the active backend and says what differs.

import * as tf from '@tensorflow/tfjs';
import { capturedSuffix, runCaptured } from './captured.js';
import type { Expected, Problem } from './family.js';

/** Undefined if all outputs are right, or else what is wrong. */
export function judge({ run, expected }: Problem, slack = 1): string | undefined {
  const before = tf.memory().numTensors;
  const all = tf.getBackend().endsWith(capturedSuffix) ? () => runCaptured(run) : run;
  const outputs = tf.tidy(() => all().map((t) => ({ shape: t.shape, values: t.dataSync() }))) as unknown as Output[];
  const left = tf.memory().numTensors - before;
  if (left !== 0) return `${left} tensors are left`;
  if (outputs.length !== expected.length) return `${outputs.length} outputs, expected ${expected.length}`;
  for (const [i, output] of outputs.entries()) {
    const fault = compare(output, expected[i], slack);
    if (fault) return `${expected[i].name}: ${fault}`;
  }
  return undefined;
}

interface Output {
  readonly shape: readonly number[];
  readonly values: ArrayLike<number>;
}

function compare({ shape, values }: Output, expected: Expected, slack: number): string | undefined {
  if (`${shape}` !== `${expected.shape}`) return `shape [${shape}], expected [${expected.shape}]`;
  if (values.length !== expected.values.length) return `${values.length} values, expected ${expected.values.length}`;
  for (let i = 0; i < values.length; i++) {
    const [value, right] = [values[i], expected.values[i]];
    if (Object.is(value, right) || value === right || (Number.isNaN(value) && Number.isNaN(right))) continue;
    const tolerance = slack * expected.tolerance(i);
    if (Math.abs(value - right) <= tolerance || tolerance === Number.POSITIVE_INFINITY) continue;
    return `value ${i} is ${value}, expected ${right} +- ${tolerance}`;
  }
  return undefined;
}
