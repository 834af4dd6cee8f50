// Cumsum and Cumprod along one dimension, and Range.

import { type CumsumAttrs, type RangeAttrs, type TensorInfo, util } from '@tensorflow/tfjs-core';
import { bitsOf, fill } from '../../../../../kernels/wasm/movement/index.js';
import { type CumulateName, cumulate } from '../../../../../kernels/wasm/reduction/index.js';
import type { NamedKernel } from '../../../../tfjs/registry.js';
import { type FastArgs, fastKernel, isWords, sizeOf } from '../cpuKernel.js';
import { castTo } from '../elementwise/cast.js';

interface Inputs {
  readonly x: TensorInfo;
}

/** Booleans are counted: their result are integers. */
function runCumulate(name: CumulateName, args: FastArgs<Inputs, CumsumAttrs>): TensorInfo | undefined {
  const { inputs, attrs, backend, device } = args;
  const { x } = inputs;
  const { shape } = x;
  if (shape.length === 0) return undefined;
  if (sizeOf(shape) === 0) return ofNothing(backend, x);
  if (x.dtype === 'bool') {
    const wide = castTo(backend, x, 'int32');
    const result = runCumulate(name, { ...args, inputs: { x: wide } });
    backend.disposeData(wide.dataId);
    return result;
  }
  if (!isWords(x)) return undefined;
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

/** The official kernels make a shape without sizes where a tensor of no values has a negative axis. */
function ofNothing(backend: FastArgs<Inputs, CumsumAttrs>['backend'], { shape, dtype }: TensorInfo): TensorInfo {
  const outDtype = dtype === 'float32' ? dtype : 'int32';
  return backend.makeTensorInfo([...shape], outDtype, util.getTypedArrayFromDType(outDtype, 0));
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
