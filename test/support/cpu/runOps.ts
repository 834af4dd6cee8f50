// Compares elementwise ops with the official `cpu` backend.

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { registerConvnetCpu } from '../../../src/backend/cpu.js';
import { elementwiseKernels } from '../../../src/engines/cpu/ops/elementwise/index.js';
import { reductionKernels } from '../../../src/engines/cpu/ops/reduction/index.js';
import { useBackend } from '../backends.js';

const name = 'convnet-cpu-elementwise';
registerConvnetCpu(name, { simd: 'auto' });

export const lengths = [0, 1, 2, 3, 4, 5, 7, 8, 15, 16, 17, 4095, 4096, 4097];
const specials = [
  NaN,
  Infinity,
  -Infinity,
  0,
  -0,
  1,
  -1,
  0.5,
  1.5,
  2.5,
  -0.5,
  -2.5,
  1e-40,
  -1e-40,
  3e38,
  -3e38,
  100,
  -100,
];

/** The values, shape and dtype of a tensor to make. */
export interface Given {
  readonly values: Float32Array | Int32Array | Uint8Array;
  readonly shape: readonly number[];
  readonly dtype: 'float32' | 'int32' | 'bool';
}

let state = 1;
function random(): number {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return state / 2 ** 32;
}

export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((a, b) => a * b, 1);
}

/** Values between -4 and 4, with special values among them if `odd`. */
export function floats(shape: readonly number[], odd = false): Given {
  const values = Float32Array.from({ length: sizeOf(shape) }, (_, i) =>
    odd && i % 3 === 0 ? specials[Math.floor(random() * specials.length)] : random() * 8 - 4,
  );
  return { values, shape, dtype: 'float32' };
}

export function mapped(given: Given, f: (value: number) => number): Given {
  return { ...given, values: Float32Array.from(given.values, f) };
}

export function ints(shape: readonly number[], most = 5): Given {
  const values = Int32Array.from({ length: sizeOf(shape) }, () => Math.floor((random() * 2 - 1) * most));
  return { values, shape, dtype: 'int32' };
}

export function bools(shape: readonly number[]): Given {
  return { values: Uint8Array.from({ length: sizeOf(shape) }, () => +(random() < 0.5)), shape, dtype: 'bool' };
}

interface Result {
  readonly shape: readonly number[];
  readonly dtype: string;
  readonly values: ArrayLike<number>;
}

export type Op = (...tensors: tf.Tensor[]) => tf.Tensor;

function runOn(backend: string, op: Op, given: readonly Given[]): Result {
  const before = tf.getBackend();
  tf.setBackend(backend);
  const result = tf.tidy(() => {
    const inputs = given.map(({ values, shape, dtype }) => tf.tensor(values, shape as number[], dtype));
    const y = op(...inputs);
    return { shape: y.shape, dtype: y.dtype, values: y.dataSync() };
  }) as unknown as Result;
  tf.setBackend(before);
  return result;
}

/**
 * Expects the shape, dtype and values of `cpu`. Values may differ by `tolerance` times the larger of value and `scale`.
 */
export function expectAsOnCpu(title: string, op: Op, given: readonly Given[], tolerance = 0, scale = 0): void {
  const want = runOn('cpu', op, given);
  const got = runOn(name, op, given);
  expect({ shape: got.shape, dtype: got.dtype, length: got.values.length }, title).to.deep.equal({
    shape: want.shape,
    dtype: want.dtype,
    length: want.values.length,
  });
  for (let i = 0; i < want.values.length; i++) {
    const [a, b] = [got.values[i], want.values[i]];
    const isSame = a === b || (Number.isNaN(a) && Number.isNaN(b));
    if (isSame || Math.abs(a - b) <= tolerance * Math.max(Math.abs(b), scale)) continue;
    throw new Error(
      `${title}: at ${i} of [${want.shape}] received ${a}, want ${b}; inputs ${given.map((g) => g.values[i % g.values.length])}`,
    );
  }
}

/** Selects a backend that has the kernels under test. */
export function useElementwise(): void {
  useBackend(name);
  before(() => {
    for (const { kernelName, kernelFunc } of [...elementwiseKernels, ...reductionKernels]) {
      if (tf.getKernel(kernelName, name)?.kernelFunc === kernelFunc) continue;
      tf.unregisterKernel(kernelName, name);
      tf.registerKernel({ kernelName, backendName: name, kernelFunc });
    }
  });
}
