// Cumsum and Cumprod along one dimension, and Range.

import { type CumsumAttrs, type RangeAttrs, type TensorInfo, util } from '@tensorflow/tfjs-core';
import { bitsOf, fill } from '../../../../../kernels/wasm/movement/index.js';
import { type CumulateName, cumulate } from '../../../../../kernels/wasm/reduction/index.js';
import type { NamedKernel } from '../../../../tfjs/registry.js';
import { type FastArgs, fastKernel, isWords, sizeOf } from '../cpuKernel.js';

interface Inputs {
  readonly x: TensorInfo;
}

function runCumulate(
  name: CumulateName,
  { inputs: { x }, attrs, backend, device }: FastArgs<Inputs, CumsumAttrs>,
): TensorInfo | undefined {
  const { shape } = x;
  if (!isWords(x) || shape.length === 0) return undefined;
  const [axis] = util.parseAxisParam(attrs.axis, shape);
  const from = backend.toHeap(x);
  const result = backend.newTensor(shape, x.dtype);
  cumulate(device, name, x.dtype, {
    ...{ x: from, y: backend.toHeap(result) },
    ...{ outer: sizeOf(shape.slice(0, axis)), length: shape[axis], inner: sizeOf(shape.slice(axis + 1)) },
    ...{ isExclusive: attrs.exclusive, isReversed: attrs.reverse },
  });
  return result;
}

/** The running sum of steps, which rounds as TensorFlow.js's does where the step is a value of the dtype. */
const range = fastKernel<object, RangeAttrs>('Range', ({ attrs: { start, stop, step, dtype }, backend, device }) => {
  const isEmpty = start === stop || (start < stop && step < 0) || (stop < start && step > 1);
  const length = Math.abs(Math.ceil((stop - start) / step));
  if (isEmpty || !(length > 0 && length < Infinity) || !isValue(start, dtype) || !isValue(step, dtype))
    return undefined;
  const result = backend.newTensor([length], dtype);
  const x = backend.toHeap(result);
  // A range that goes down has the step 1 where none is given.
  fill(device, x, length, bitsOf(stop < start && step === 1 ? -1 : step, dtype));
  fill(device, x, 1, bitsOf(start, dtype));
  const sizes = { outer: 1, length, inner: 1, isExclusive: false, isReversed: false };
  cumulate(device, 'sum', dtype, { x, y: x, ...sizes });
  return result;
});

function isValue(value: number, dtype: RangeAttrs['dtype']): boolean {
  return value === (dtype === 'float32' ? Math.fround(value) : value | 0);
}

export const cumulateKernels: readonly NamedKernel[] = [
  fastKernel<Inputs, CumsumAttrs>('Cumsum', (args) => runCumulate('sum', args)),
  fastKernel<Inputs, CumsumAttrs>('Cumprod', (args) => runCumulate('prod', args)),
  range,
];
