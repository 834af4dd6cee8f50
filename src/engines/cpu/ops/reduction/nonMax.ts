// NonMaxSuppressionV3, V4 and V5, without soft suppression.

import type { NonMaxSuppressionV4Attrs, NonMaxSuppressionV5Attrs, TensorInfo } from '@tensorflow/tfjs-core';
import { fill, gatherSlices, move } from '../../../../../kernels/wasm/movement/index.js';
import { nonMaxSuppression, topK } from '../../../../../kernels/wasm/reduction/index.js';
import { withScratch } from '../../../../../kernels/wasm/scratch.js';
import type { NamedKernel } from '../../../../tfjs/registry.js';
import type { CpuBackend } from '../../backend.js';
import { areFloats, deviceOf, type FastArgs, fastKernel } from '../cpuKernel.js';

interface Inputs {
  readonly boxes: TensorInfo;
  readonly scores: TensorInfo;
}

type Attrs = NonMaxSuppressionV5Attrs & Partial<NonMaxSuppressionV4Attrs>;

/** The numbers of the boxes taken: their address, and how many there are. */
interface Taken {
  readonly address: number;
  readonly count: number;
}

type Finish<R> = (backend: CpuBackend, taken: Taken, scores: TensorInfo, attrs: Attrs) => R;

function suppress<R>(
  { inputs: { boxes, scores }, attrs, backend, device }: FastArgs<Inputs, Attrs>,
  finish: Finish<R>,
): R | undefined {
  const { maxOutputSize, iouThreshold, scoreThreshold, softNmsSigma = 0 } = attrs;
  const [length] = scores.shape;
  const most = Math.min(maxOutputSize, length);
  if (!areFloats(boxes, scores) || most < 1 || softNmsSigma !== 0) return undefined;
  const [boxesAt, x] = [backend.toHeap(boxes), backend.toHeap(scores)];
  return withScratch(device, 4 * (2 * length + most), (values) => {
    const [indices, address] = [values + 4 * length, values + 8 * length];
    const take = (k: number) => {
      topK(device, 'float32', { x, values, indices, rows: 1, length, k });
      const limits = { most, iouThreshold, scoreThreshold };
      return nonMaxSuppression(device, {
        boxes: boxesAt,
        scores: values,
        order: indices,
        count: k,
        taken: address,
        ...limits,
      });
    };
    // Most often the best few candidates are enough, and need not be sorted among all.
    const few = Math.min(length, Math.max(64, 4 * most));
    let count = take(few);
    const isShort = count !== undefined && count < most && few < length;
    if (isShort && !(device.floats(values, few)[few - 1] <= scoreThreshold)) count = take(length);
    return count === undefined ? undefined : finish(backend, { address, count }, scores, attrs);
  });
}

/** A tensor of the numbers of the boxes, with zeros up to `length`. */
function numbersOf(backend: CpuBackend, { address, count }: Taken, length = count): TensorInfo {
  const result = backend.newTensor([length], 'int32');
  const y = backend.toHeap(result);
  move(deviceOf(backend), address, y, [{ size: count, from: 1, to: 1 }]);
  fill(deviceOf(backend), y + 4 * count, length - count, 0);
  return result;
}

const padded: Finish<TensorInfo[]> = (backend, taken, _, { padToMaxOutputSize, maxOutputSize }) => {
  const numbers = numbersOf(backend, taken, padToMaxOutputSize ? Math.max(maxOutputSize, taken.count) : undefined);
  const valid = backend.newTensor([], 'int32');
  fill(deviceOf(backend), backend.toHeap(valid), 1, taken.count);
  return [numbers, valid];
};

const withScores: Finish<TensorInfo[]> = (backend, taken, scores) => {
  const { address: indices, count } = taken;
  const numbers = numbersOf(backend, taken);
  const result = backend.newTensor([count]);
  const at = { x: backend.toHeap(scores), y: backend.toHeap(result), indices };
  const sizes = { batch: 1, outer: 1, count, run: 1, strides: [1], matrix: scores.shape[0] };
  if (count > 0) gatherSlices(deviceOf(backend), { ...at, ...sizes });
  return [numbers, result];
};

function kernel(version: 'V3' | 'V4' | 'V5', finish: Finish<TensorInfo | TensorInfo[]>): NamedKernel {
  return fastKernel<Inputs, Attrs>(`NonMaxSuppression${version}`, (args) => suppress(args, finish));
}

export const nonMaxKernels: readonly NamedKernel[] = [
  kernel('V3', (backend, taken) => numbersOf(backend, taken)),
  kernel('V4', padded),
  kernel('V5', withScores),
];
