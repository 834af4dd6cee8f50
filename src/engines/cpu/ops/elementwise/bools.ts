// LogicalNot and Select, on booleans of one byte each.

import type { TensorInfo } from '@tensorflow/tfjs-core';
import { bools } from '../../../../../kernels/wasm/elementwise/index.js';
import type { NamedKernel } from '../../../../tfjs/registry.js';
import type { CpuBackend } from '../../backend.js';
import { deviceOf, type FastArgs, fastKernel, isSameShape, sizeOf } from '../cpuKernel.js';
import { isInHeap } from '../dtype.js';
import { castTo } from './cast.js';

function logicalNot({ inputs: { x }, backend, device }: FastArgs<{ x: TensorInfo }, object>): TensorInfo | undefined {
  if (x.dtype !== 'bool') return undefined;
  const from = backend.toHeap(x);
  const result = backend.newTensor(x.shape, 'bool');
  const y = backend.toHeap(result);
  bools(device, 'not', { a: from, b: from, c: y, y, length: sizeOf(x.shape) });
  return result;
}

interface Choice {
  readonly condition: TensorInfo;
  readonly t: TensorInfo;
  readonly e: TensorInfo;
}

function select({ inputs, backend }: FastArgs<Choice, object>): TensorInfo | undefined {
  const { condition, t, e } = inputs;
  if (condition.dtype !== 'bool' || e.dtype !== t.dtype || !isInHeap(t.dtype)) return undefined;
  if (!isSameShape(condition.shape, t.shape) || !isSameShape(e.shape, t.shape)) return undefined;
  if (t.dtype !== 'bool') return choose(backend, inputs);
  const [yes, no] = [castTo(backend, t, 'int32'), castTo(backend, e, 'int32')];
  const wide = choose(backend, { condition, t: yes, e: no });
  const result = castTo(backend, wide, 'bool');
  for (const { dataId } of [yes, no, wide]) backend.disposeData(dataId);
  return result;
}

function choose(backend: CpuBackend, { condition, t, e }: Choice): TensorInfo {
  const [a, b, c] = [condition, t, e].map((tensor) => backend.toHeap(tensor));
  const result = backend.newTensor(t.shape, t.dtype as 'float32' | 'int32');
  bools(deviceOf(backend), 'select', { a, b, c, y: backend.toHeap(result), length: sizeOf(t.shape) });
  return result;
}

export const boolKernels: readonly NamedKernel[] = [fastKernel('LogicalNot', logicalNot), fastKernel('Select', select)];
