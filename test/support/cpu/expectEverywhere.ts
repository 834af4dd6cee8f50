// Runs an op on every variant of the CPU engine and expects what a plain reference has computed.

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { cpuVariants } from './cpuVariants.js';
import type { Given } from './runOps.js';

export interface Expected {
  readonly shape: readonly number[];
  readonly dtype: 'float32' | 'int32' | 'bool';
  readonly values: ArrayLike<number>;
}

type Op = (...tensors: tf.Tensor[]) => tf.Tensor | tf.Tensor[];

/** The default variant too, which has relaxed SIMD where the machine has it. */
const everywhere = ['convnet-cpu', ...cpuVariants];
/** Without the variant that runs TensorFlow.js's kernels, for what these compute wrong. */
export const withSimd: readonly string[] = everywhere.filter((name) => name !== 'convnet-cpu-js');

function run(op: Op, given: readonly Given[]): Expected[] {
  return tf.tidy(() => {
    const inputs = given.map(({ values, shape, dtype }) => tf.tensor(values, shape as number[], dtype));
    return [op(...inputs)].flat().map((y) => ({ shape: y.shape, dtype: y.dtype, values: [...y.dataSync()] }));
  }) as unknown as Expected[];
}

interface Options {
  /** Times the larger of 1 and the value. 0 also asks for the sign of a zero. Default: 0. */
  readonly tolerance?: number;
  /** Default: all variants. */
  readonly on?: readonly string[];
}

export async function expectEverywhere(
  title: string,
  op: Op,
  given: readonly Given[],
  expected: readonly Expected[],
  { tolerance = 0, on = everywhere }: Options = {},
): Promise<void> {
  const before = tf.getBackend();
  for (const backend of on) {
    await tf.setBackend(backend);
    const results = run(op, given);
    for (const [i, want] of expected.entries()) {
      const got = results[i];
      const where = `${title}, output ${i} on ${backend}`;
      expect({ shape: got.shape, dtype: got.dtype }, where).to.deep.equal({ shape: want.shape, dtype: want.dtype });
      expect(got.values.length, where).to.equal(want.values.length);
      for (let j = 0; j < want.values.length; j++) {
        const [a, b] = [got.values[j], want.values[j]];
        const isSame = Object.is(a, b) || (tolerance > 0 && a === b);
        if (!isSame && !(Math.abs(a - b) <= tolerance * Math.max(Math.abs(b), 1))) {
          throw new Error(`${where}: at ${j} of [${want.shape}] received ${a}, want ${b}`);
        }
      }
    }
  }
  await tf.setBackend(before);
}
