// ArgMax and ArgMin along one dimension.

import { type ArgMaxAttrs, type TensorInfo, util } from '@tensorflow/tfjs-core';
import { argExtreme, type Extreme } from '../../../../../kernels/wasm/reduction/index.js';
import type { NamedKernel } from '../../../../tfjs/registry.js';
import { type FastArgs, fastKernel, isWords, sizeOf } from '../cpuKernel.js';

interface Inputs {
  readonly x: TensorInfo;
}

function runArg(
  which: Extreme,
  { inputs: { x }, attrs, backend, device }: FastArgs<Inputs, ArgMaxAttrs>,
): TensorInfo | undefined {
  const { shape } = x;
  const axes = util.parseAxisParam(attrs.axis, shape);
  if (!isWords(x) || axes.length !== 1 || shape.length === 0) return undefined;
  const [axis] = axes;
  const [before, after] = [shape.slice(0, axis), shape.slice(axis + 1)];
  const from = backend.toHeap(x);
  const result = backend.newTensor([...before, ...after], 'int32');
  const sizes = { outer: sizeOf(before), length: shape[axis], inner: sizeOf(after) };
  argExtreme(device, which, x.dtype, { x: from, y: backend.toHeap(result), ...sizes });
  return result;
}

export const argMaxKernels: readonly NamedKernel[] = [
  fastKernel<Inputs, ArgMaxAttrs>('ArgMax', (args) => runArg('max', args)),
  fastKernel<Inputs, ArgMaxAttrs>('ArgMin', (args) => runArg('min', args)),
];
