// Softmax along the last dimension.

import type { TensorInfo } from '@tensorflow/tfjs-core';
import { softmax } from '../../../../../kernels/wasm/reduction/index.js';
import type { NamedKernel } from '../../../../tfjs/registry.js';
import { deviceOf, type FastArgs, fastKernel, sizeOf } from '../cpuKernel.js';

function runSoftmax({
  inputs: { logits },
  attrs: { dim },
  backend,
}: FastArgs<{ logits: TensorInfo }, { dim: number }>): TensorInfo | undefined {
  const { shape, dtype } = logits;
  const isLast = dim === -1 || dim === shape.length - 1;
  if (dtype !== 'float32' || !isLast || shape.length === 0) return undefined;
  const x = backend.toHeap(logits);
  const result = backend.newTensor(shape);
  const length = shape[shape.length - 1];
  const rows = length === 0 ? 0 : sizeOf(shape) / length;
  softmax(deviceOf(backend), { x, y: backend.toHeap(result), rows, length });
  return result;
}

export const softmaxKernel: NamedKernel = fastKernel('Softmax', runSoftmax);
