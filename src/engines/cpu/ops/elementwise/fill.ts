// Fill, ZerosLike and OnesLike: tensors of one value.

import type { DataType, TensorInfo } from '@tensorflow/tfjs-core';
import { bitsOf, fill as fillMemory } from '../../../../../kernels/wasm/movement/index.js';
import type { NamedKernel } from '../../../../tfjs/registry.js';
import type { CpuBackend } from '../../backend.js';
import { deviceOf, type FastArgs, fastKernel, sizeOf } from '../cpuKernel.js';
import { isInHeap } from '../dtype.js';

function makeFilled(
  backend: CpuBackend,
  shape: readonly number[],
  value: number,
  dtype: DataType,
): TensorInfo | undefined {
  if (!isInHeap(dtype)) return undefined;
  const result = backend.newTensor(shape, dtype);
  const address = backend.toHeap(result);
  const length = sizeOf(shape);
  if (dtype === 'bool') deviceOf(backend).heap.bytes(address, length).fill(value);
  else fillMemory(deviceOf(backend), address, length, bitsOf(value, dtype));
  return result;
}

interface FillAttrs {
  readonly shape: readonly number[];
  readonly value: number | string;
  readonly dtype?: DataType;
}

function fill({ attrs: { shape, value, dtype }, backend }: FastArgs<object, FillAttrs>): TensorInfo | undefined {
  return typeof value === 'number' ? makeFilled(backend, shape, value, dtype ?? 'float32') : undefined;
}

export const fillKernels: readonly NamedKernel[] = [
  fastKernel('Fill', fill),
  fastKernel<{ x: TensorInfo }>('ZerosLike', ({ inputs: { x }, backend }) => makeFilled(backend, x.shape, 0, x.dtype)),
  fastKernel<{ x: TensorInfo }>('OnesLike', ({ inputs: { x }, backend }) => makeFilled(backend, x.shape, 1, x.dtype)),
];
