// Casts, booleans, and tensors of one value.

import type { DataType, TensorInfo } from '@tensorflow/tfjs-core';
import { type BoolName, binaryFlat, bools, unary } from '../../../../../kernels/wasm/elementwise/index.js';
import type { NamedKernel } from '../../../../tfjs/registry.js';
import type { CpuBackend } from '../../backend.js';
import { deviceOf, type FastArgs, fastKernel, isSameShape, sizeOf } from '../cpuKernel.js';

type Dtype = 'float32' | 'int32' | 'bool';

function isOurs(dtype: DataType): dtype is Dtype {
  return dtype === 'float32' || dtype === 'int32' || dtype === 'bool';
}

/**
 * The host gives integers and booleans that become floats the same data under another dtype. Here a tensor's dtype says what
 * its bytes in the heap are, so they are converted.
 */
function cast({ inputs: { x }, attrs: { dtype }, backend }: FastArgs<{ x: TensorInfo }, { dtype: DataType }>) {
  if (!isOurs(x.dtype) || !isOurs(dtype) || x.dtype === dtype) return undefined;
  const from = backend.addressOf(x);
  const result = backend.newTensor(x.shape, dtype);
  const length = sizeOf(x.shape);
  if (length > 0)
    convert(backend, { dtype: x.dtype, address: from }, { dtype, address: backend.addressOf(result) }, length);
  return result;
}

interface Values {
  readonly dtype: Dtype;
  readonly address: number;
}

function convert(backend: CpuBackend, from: Values, to: Values, length: number): void {
  const device = deviceOf(backend);
  const [x, y] = [from.address, to.address];
  if (to.dtype === 'bool') {
    const name = from.dtype === 'float32' ? 'notEqual' : 'notEqualInts';
    const zero = device.alloc(4);
    device.ints(zero, 1)[0] = 0;
    binaryFlat(device, name, { a: x, b: zero, y }, length, 'vs');
    device.free(zero);
  } else if (from.dtype === 'bool') {
    bools(device, to.dtype === 'float32' ? 'toFloats' : 'toInts', { a: x, b: y, c: y, y, length });
  } else {
    unary(device, to.dtype === 'float32' ? 'intsToFloats' : 'floatsToInts', { x, y, length });
  }
}

function logic(name: BoolName, backend: CpuBackend, a: TensorInfo, b: TensorInfo): TensorInfo | undefined {
  if (a.dtype !== 'bool' || b.dtype !== 'bool' || !isSameShape(a.shape, b.shape)) return undefined;
  const [pa, pb] = [backend.addressOf(a), backend.addressOf(b)];
  const result = backend.newTensor(a.shape, 'bool');
  const y = backend.addressOf(result);
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
  const [a, b, c] = [condition, t, e].map((tensor) => backend.addressOf(tensor));
  const result = backend.newTensor(shape, dtype);
  bools(deviceOf(backend), 'select', { a, b, c, y: backend.addressOf(result), length: sizeOf(shape) });
  return result;
}

function filled(backend: CpuBackend, shape: readonly number[], value: number, dtype: DataType): TensorInfo | undefined {
  if (!isOurs(dtype)) return undefined;
  const result = backend.newTensor(shape, dtype);
  const address = backend.addressOf(result);
  const device = deviceOf(backend);
  const length = sizeOf(shape);
  if (dtype === 'bool') device.heap.bytes(address, length).fill(value);
  else if (dtype === 'int32' && value !== 0) device.ints(address, length).fill(value);
  else unary(device, 'fill', { x: address, y: address, length, p: value });
  return result;
}

interface FillAttrs {
  readonly shape: readonly number[];
  readonly value: number | string;
  readonly dtype?: DataType;
}

function fill({ attrs: { shape, value, dtype }, backend }: FastArgs<object, FillAttrs>): TensorInfo | undefined {
  return typeof value === 'number' ? filled(backend, shape, value, dtype ?? 'float32') : undefined;
}

export const convertKernels: readonly NamedKernel[] = [
  fastKernel('Cast', cast),
  fastKernel('Fill', fill),
  fastKernel<{ x: TensorInfo }>('ZerosLike', ({ inputs: { x }, backend }) => filled(backend, x.shape, 0, x.dtype)),
  fastKernel<{ x: TensorInfo }>('OnesLike', ({ inputs: { x }, backend }) => filled(backend, x.shape, 1, x.dtype)),
  fastKernel<{ a: TensorInfo; b: TensorInfo }>('LogicalAnd', ({ inputs: { a, b }, backend }) =>
    logic('and', backend, a, b),
  ),
  fastKernel<{ x: TensorInfo }>('LogicalNot', ({ inputs: { x }, backend }) => logic('not', backend, x, x)),
  fastKernel('Select', select),
];
