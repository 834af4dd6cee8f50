// LogicalAnd, LogicalNot and Select, on booleans of one byte each.

import type { TensorInfo } from '@tensorflow/tfjs-core';
import { type BoolName, bools } from '../../../../../kernels/wasm/elementwise/index.js';
import type { NamedKernel } from '../../../../tfjs/registry.js';
import type { CpuBackend } from '../../backend.js';
import { deviceOf, type FastArgs, fastKernel, isSameShape, sizeOf } from '../cpuKernel.js';

function logic(name: BoolName, backend: CpuBackend, a: TensorInfo, b: TensorInfo): TensorInfo | undefined {
  if (a.dtype !== 'bool' || b.dtype !== 'bool' || !isSameShape(a.shape, b.shape)) return undefined;
  const [pa, pb] = [backend.toHeap(a), backend.toHeap(b)];
  const result = backend.newTensor(a.shape, 'bool');
  const y = backend.toHeap(result);
  bools(deviceOf(backend), name, { a: pa, b: pb, c: y, y, length: sizeOf(a.shape) });
  return result;
}

interface Choice {
  readonly condition: TensorInfo;
  readonly t: TensorInfo;
  readonly e: TensorInfo;
}

function select({ inputs: { condition, t, e }, backend }: FastArgs<Choice, object>): TensorInfo | undefined {
  const { dtype, shape } = t;
  if (condition.dtype !== 'bool' || e.dtype !== dtype || (dtype !== 'float32' && dtype !== 'int32')) return undefined;
  if (!isSameShape(condition.shape, shape) || !isSameShape(e.shape, shape)) return undefined;
  const [a, b, c] = [condition, t, e].map((tensor) => backend.toHeap(tensor));
  const result = backend.newTensor(shape, dtype);
  bools(deviceOf(backend), 'select', { a, b, c, y: backend.toHeap(result), length: sizeOf(shape) });
  return result;
}

export const boolKernels: readonly NamedKernel[] = [
  fastKernel<{ a: TensorInfo; b: TensorInfo }>('LogicalAnd', ({ inputs: { a, b }, backend }) =>
    logic('and', backend, a, b),
  ),
  fastKernel<{ x: TensorInfo }>('LogicalNot', ({ inputs: { x }, backend }) => logic('not', backend, x, x)),
  fastKernel('Select', select),
];
