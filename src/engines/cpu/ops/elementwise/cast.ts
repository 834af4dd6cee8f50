// Cast, between floats, integers and booleans.

import type { DataType, TensorInfo } from '@tensorflow/tfjs-core';
import { binaryFlat, bools, unary } from '../../../../../kernels/wasm/elementwise/index.js';
import type { NamedKernel } from '../../../../tfjs/registry.js';
import type { CpuBackend } from '../../backend.js';
import { deviceOf, type FastArgs, fastKernel, shareAs, sizeOf } from '../cpuKernel.js';
import { type Dtype, isInHeap } from '../dtype.js';

/**
 * The official backend casts integers and booleans to floats without a conversion: the same data gets another dtype.
 * Here a tensor's dtype says what its bytes in the heap are, so the values are converted.
 */
function cast({ inputs: { x }, attrs: { dtype }, backend }: FastArgs<{ x: TensorInfo }, { dtype: DataType }>) {
  if (!isInHeap(x.dtype) || !isInHeap(dtype)) return undefined;
  return x.dtype === dtype ? shareAs(backend, x, x.shape) : castTo(backend, x, dtype);
}

/** A new tensor of the values in another dtype. Floats become integers as in JavaScript; what is not 0 is true. */
export function castTo(backend: CpuBackend, x: TensorInfo, dtype: Dtype): TensorInfo {
  const from = backend.toHeap(x);
  const result = backend.newTensor(x.shape, dtype);
  const length = sizeOf(x.shape);
  const to = { dtype, address: backend.toHeap(result) };
  if (length > 0) convert(backend, { dtype: x.dtype as Dtype, address: from }, to, length);
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
    binaryFlat(device, name, { a: x, b: device.zeros, y }, length, 'vs');
  } else if (from.dtype === 'bool') {
    bools(device, to.dtype === 'float32' ? 'toFloats' : 'toInts', { a: x, b: y, c: y, y, length });
  } else {
    unary(device, to.dtype === 'float32' ? 'intsToFloats' : 'floatsToInts', { x, y, length });
  }
}

export const castKernel: NamedKernel = fastKernel('Cast', cast);
