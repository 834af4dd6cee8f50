// Compares movement ops of the CPU engine with the official `cpu` backend: the same values, shapes and dtypes.

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { registerConvnetCpu } from '../../../src/backend/cpu.js';
import { movementKernels } from '../../../src/engines/cpu/ops/movement/index.js';
import { cpuOptions } from '../../../src/engines/cpu/runtime/openDevice.js';
import { useBackend } from '../backends.js';

const ours = 'convnet-cpu-movement';
registerConvnetCpu(ours, cpuOptions());

export const channels = [1, 2, 3, 4, 5, 7, 8, 13, 16, 17, 32, 33];
export const images: readonly (readonly number[])[] = channels.map((c) => [2, 4, 6, c]);
export const empty: readonly (readonly number[])[] = [
  [0, 4, 6, 3],
  [2, 4, 6, 0],
];
type Dtype = 'float32' | 'int32' | 'bool';
type Op = (x: tf.Tensor) => tf.Tensor | tf.Tensor[];

/** Different values. Floats have NaN and infinities among them. */
export function tensor(shape: readonly number[], dtype: Dtype = 'float32'): tf.Tensor {
  const length = shape.reduce((product, n) => product * n, 1);
  const values = Array.from({ length }, (_, i) => (dtype === 'bool' ? (i % 3) & 1 : i - 5));
  if (dtype === 'float32')
    for (const [i, odd] of [Number.NaN, 1 / 0, -1 / 0].entries()) if (i + 7 < length) values[i + 7] = odd;
  return tf.tensor(values, [...shape], dtype);
}

interface Result {
  readonly shape: readonly number[];
  readonly dtype: string;
  readonly values: readonly number[];
}

function run(shape: readonly number[], dtype: Dtype, op: Op): Result[] {
  return tf.tidy(() =>
    [op(tensor(shape, dtype))].flat().map((y) => ({ shape: y.shape, dtype: y.dtype, values: [...y.dataSync()] })),
  ) as unknown as Result[];
}

/** Declares one test: `op` of tensors of these shapes. */
export function compare(title: string, shapes: readonly (readonly number[])[], op: Op): void {
  it(`${title}, ${shapes.length} shapes`, async () => {
    for (const dtype of ['float32', 'int32', 'bool'] as const) {
      await tf.setBackend('cpu');
      const expected = shapes.map((shape) => run(shape, dtype, op));
      await tf.setBackend(ours);
      for (const [i, shape] of shapes.entries()) {
        expect(run(shape, dtype, op), `${title} of ${dtype} [${shape}]`).to.deep.equal(expected[i]);
      }
    }
  });
}

/** Selects a backend that has the kernels under test. */
export function useMovement(): void {
  useBackend(ours);
  before(() => {
    for (const kernel of movementKernels) {
      tf.unregisterKernel(kernel.kernelName, ours);
      tf.registerKernel({ ...kernel, backendName: ours });
    }
  });
}
