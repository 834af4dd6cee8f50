// MaxPool, AvgPool and their gradients, NHWC. The kernels of TensorFlow.js have no other layout, and no dilation.

import {
  type AvgPoolAttrs,
  type AvgPoolGradAttrs,
  type AvgPoolGradInputs,
  type AvgPoolInputs,
  backend_util,
  type MaxPoolAttrs,
  type MaxPoolGradAttrs,
  type MaxPoolGradInputs,
  type MaxPoolInputs,
  type TensorInfo,
  util,
} from '@tensorflow/tfjs-core';
import * as pool from '../../../../../kernels/wasm/pooling/index.js';
import { areSinglePixels } from '../../../../core/pool.js';
import type { NamedKernel } from '../../../../tfjs/registry.js';
import { areFloats, type FastArgs, fastKernel, shareAs } from '../cpuKernel.js';

type PoolAttrs = Pick<MaxPoolAttrs, 'filterSize' | 'strides' | 'pad' | 'dimRoundingMode'>;

/** Undefined for empty tensors and for errors, which the official kernel handles. */
function poolingOf(x: TensorInfo, { filterSize, strides, pad, dimRoundingMode }: PoolAttrs): pool.Pooling | undefined {
  if (x.shape.length !== 4 || !areFloats(x)) return undefined;
  const shape = x.shape as [number, number, number, number];
  const info = backend_util.computePool2DInfo(shape, filterSize, strides, 1, pad, dimRoundingMode);
  if (util.sizeFromShape(info.outShape) <= 0) return undefined;
  return {
    batch: info.batchSize,
    inH: info.inHeight,
    inW: info.inWidth,
    channels: info.inChannels,
    outH: info.outHeight,
    outW: info.outWidth,
    kH: info.filterHeight,
    kW: info.filterWidth,
    strideH: info.strideHeight,
    strideW: info.strideWidth,
    padTop: info.padInfo.top,
    padLeft: info.padInfo.left,
  };
}

function forward(
  { inputs: { x }, attrs, backend, device }: FastArgs<{ x: TensorInfo }, PoolAttrs>,
  run: typeof pool.maxPool,
): TensorInfo | undefined {
  const pooling = poolingOf(x, attrs);
  if (!pooling) return undefined;
  const { batch, outH, outW, channels } = pooling;
  const { kH, kW } = pooling;
  if (areSinglePixels(x.shape, { window: [kH, kW], out: [outH, outW] })) return shareAs(backend, x, x.shape);
  const from = backend.toHeap(x);
  const y = backend.newTensor([batch, outH, outW, channels]);
  run(device, pooling, { x: from, y: backend.toHeap(y) });
  return y;
}

const maxPool = fastKernel<MaxPoolInputs, MaxPoolAttrs>('MaxPool', (args) => forward(args, pool.maxPool));

const avgPool = fastKernel<AvgPoolInputs, AvgPoolAttrs>('AvgPool', (args) => forward(args, pool.avgPool));

const maxPoolGrad = fastKernel<MaxPoolGradInputs, MaxPoolGradAttrs>(
  'MaxPoolGrad',
  ({ inputs: { dy, input }, attrs, backend, device }) => {
    const pooling = poolingOf(input, attrs);
    if (!pooling || !fits(dy, pooling)) return undefined;
    const at = { x: backend.toHeap(input), dy: backend.toHeap(dy) };
    const dx = backend.newTensor(input.shape);
    pool.maxPoolGrad(device, pooling, { ...at, dx: backend.toHeap(dx) });
    return dx;
  },
);

const avgPoolGrad = fastKernel<AvgPoolGradInputs, AvgPoolGradAttrs>(
  'AvgPoolGrad',
  ({ inputs: { dy, input }, attrs, backend, device }) => {
    const pooling = poolingOf(input, attrs);
    if (!pooling || !fits(dy, pooling)) return undefined;
    const from = backend.toHeap(dy);
    const dx = backend.newTensor(input.shape);
    pool.avgPoolGrad(device, pooling, { dy: from, dx: backend.toHeap(dx) });
    return dx;
  },
);

function fits(dy: TensorInfo, { batch, outH, outW, channels }: pool.Pooling): boolean {
  return areFloats(dy) && util.arraysEqual(dy.shape, [batch, outH, outW, channels]);
}

export const poolingKernels: readonly NamedKernel[] = [maxPool, avgPool, maxPoolGrad, avgPoolGrad];
