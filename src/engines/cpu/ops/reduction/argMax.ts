// ArgMax and ArgMin along the last dimension.

import { type TensorInfo, util } from '@tensorflow/tfjs-core';
import { argExtreme, type Extreme } from '../../../../../kernels/wasm/reduction/index.js';
import type { NamedKernel } from '../../../../tfjs/registry.js';
import { deviceOf, type FastArgs, fastKernel, sizeOf } from '../cpuKernel.js';

interface Inputs {
  readonly x: TensorInfo;
}

interface Attrs {
  readonly axis: number | number[];
}

function runArg(which: Extreme, { inputs: { x }, attrs, backend }: FastArgs<Inputs, Attrs>): TensorInfo | undefined {
  const size = sizeOf(x.shape);
  const last = x.shape.length - 1;
  if (x.dtype !== 'float32' || size === 0 || last < 0) return undefined;
  const axes = util.parseAxisParam(attrs.axis, x.shape);
  if (axes.length !== 1 || axes[0] !== last) return undefined;
  const from = backend.toHeap(x);
  const result = backend.newTensor(x.shape.slice(0, last), 'int32');
  const length = x.shape[last];
  argExtreme(deviceOf(backend), which, { x: from, y: backend.toHeap(result), rows: size / length, length });
  return result;
}

export const argMaxKernels: readonly NamedKernel[] = [
  fastKernel<Inputs, Attrs>('ArgMax', (args) => runArg('max', args)),
  fastKernel<Inputs, Attrs>('ArgMin', (args) => runArg('min', args)),
];
