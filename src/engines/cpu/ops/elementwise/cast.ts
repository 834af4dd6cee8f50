// Cast, between floats, integers and booleans.

import type { DataType, TensorInfo } from '@tensorflow/tfjs-core';
import { binaryFlat, bools, unary } from '../../../../../kernels/wasm/elementwise/index.js';
import { withScratch } from '../../../../../kernels/wasm/scratch.js';
import type { NamedKernel } from '../../../../tfjs/registry.js';
import type { CpuBackend } from '../../backend.js';
import { deviceOf, type FastArgs, fastKernel, sizeOf } from '../cpuKernel.js';
import { type Dtype, isInHeap } from '../dtype.js';

/**
 * The official backend casts integers and booleans to floats without a conversion: the same data gets another dtype.
 * Here a tensor's dtype says what its bytes in the heap are, so the values are converted.
 */
function cast({ inputs: { x }, attrs: { dtype }, backend }: FastArgs<{ x: TensorInfo }, { dtype: DataType }>) {
  if (!isInHeap(x.dtype) || !isInHeap(dtype) || x.dtype === dtype) return undefined;
  const from = backend.toHeap(x);
  const result = backend.newTensor(x.shape, dtype);
  const length = sizeOf(x.shape);
  if (length > 0)
    convert(backend, { dtype: x.dtype, address: from }, { dtype, address: backend.toHeap(result) }, length);
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
    withScratch(device, 4, (zero) => {
      device.ints(zero, 1)[0] = 0;
      binaryFlat(device, name, { a: x, b: zero, y }, length, 'vs');
    });
  } else if (from.dtype === 'bool') {
    bools(device, to.dtype === 'float32' ? 'toFloats' : 'toInts', { a: x, b: y, c: y, y, length });
  } else {
    unary(device, to.dtype === 'float32' ? 'intsToFloats' : 'floatsToInts', { x, y, length });
  }
}

export const castKernel: NamedKernel = fastKernel('Cast', cast);
