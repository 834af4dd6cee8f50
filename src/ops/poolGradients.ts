// The gradients of pooling, where TensorFlow.js's own are wrong. They apply on the backends of this package.
//
// TensorFlow.js's gradient of an average divides by the whole window, also where the padding cuts the window and the
// average was taken over fewer pixels. Here dy is scaled by what is missing before the same kernel. Both gradients of 2D
// pooling also pass `dimRoundingMode` on, which TensorFlow.js's forget.

import { backend_util, clone, engine, mul, type NamedTensorMap, type Tensor, tensor } from '@tensorflow/tfjs-core';
import { areSinglePixels, type PoolAttrs, type ResolvedPool, resolvePool, windowCounts } from '../core/pool.js';
import { type Gradient, replaceOnConvnet } from './onConvnet.js';

/** The attributes of TensorFlow.js's 3D pooling kernels. */
interface Pool3dAttrs {
  readonly filterSize: [number, number, number] | number;
  readonly strides: [number, number, number] | number;
  readonly pad: 'valid' | 'same' | number;
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil';
}

const poolGradients: readonly Gradient[] = [
  {
    kernelName: 'MaxPool',
    inputsToSave: ['x'],
    outputsToSave: [true],
    gradFunc: (dy: Tensor, [x, y]: Tensor[], attrs: PoolAttrs) => ({
      x: () => {
        if (isCopy(x, resolvePool('MaxPool', x.shape, attrs))) return clone(dy);
        return run('MaxPoolGrad', { dy, input: x, output: y }, attrs);
      },
    }),
  },
  {
    kernelName: 'AvgPool',
    inputsToSave: ['x'],
    gradFunc: (dy: Tensor, [x]: Tensor[], attrs: PoolAttrs) => ({
      x: () => {
        const resolved = resolvePool('AvgPool', x.shape, attrs);
        if (isCopy(x, resolved)) return clone(dy);
        const { window, strides, out, padTop, padLeft } = resolved;
        const axes: Axis[] = [
          { size: x.shape[1] as number, out: out[0], k: window[0], stride: strides[0], before: padTop },
          { size: x.shape[2] as number, out: out[1], k: window[1], stride: strides[1], before: padLeft },
        ];
        return run('AvgPoolGrad', { dy: scaled(dy, axes), input: x }, attrs);
      },
    }),
  },
  {
    kernelName: 'AvgPool3D',
    inputsToSave: ['x'],
    gradFunc: (dy: Tensor, [x]: Tensor[], attrs: Pool3dAttrs) => ({
      x: () => run('AvgPool3DGrad', { dy: scaled(dy, axesOf3d(x, attrs)), input: x }, attrs),
    }),
  },
] as unknown as readonly Gradient[];

function run(kernelName: string, inputs: NamedTensorMap, attrs: object): Tensor {
  return engine().runKernel(kernelName, inputs, attrs as Record<string, never>);
}

/** Whether TensorFlow.js copies the images although the windows are not the pixels themselves. */
function isCopy(x: Tensor, resolved: ResolvedPool): boolean {
  const { strides, padTop, padLeft } = resolved;
  const arePixels = strides[0] === 1 && strides[1] === 1 && padTop === 0 && padLeft === 0;
  return !arePixels && areSinglePixels(x.shape, resolved);
}

/** One axis of windows. */
interface Axis {
  readonly size: number;
  readonly out: number;
  readonly k: number;
  readonly stride: number;
  readonly before: number;
}

function axesOf3d(x: Tensor, { filterSize, strides, pad, dimRoundingMode }: Pool3dAttrs): Axis[] {
  const shape = x.shape as [number, number, number, number, number];
  const info = backend_util.computePool3DInfo(shape, filterSize, strides, 1, pad, dimRoundingMode);
  const { padInfo } = info;
  return [
    { size: info.inDepth, out: info.outDepth, k: info.filterDepth, stride: info.strideDepth, before: padInfo.front },
    { size: info.inHeight, out: info.outHeight, k: info.filterHeight, stride: info.strideHeight, before: padInfo.top },
    { size: info.inWidth, out: info.outWidth, k: info.filterWidth, stride: info.strideWidth, before: padInfo.left },
  ];
}

/** dy times the pixels of a whole window over those of each window; dy itself where no window is cut. */
function scaled(dy: Tensor, axes: readonly Axis[]): Tensor {
  const factors = axes.map((axis) =>
    windowCounts(axis.size, axis.out, axis).map((count) => axis.k / Math.max(count, 1)),
  );
  if (factors.every((axis) => axis.every((factor) => factor === 1))) return dy;
  const product = factors.reduce((all, axis) => all.flatMap((a) => axis.map((b) => a * b)), [1]);
  return mul(dy, tensor(product, [1, ...axes.map(({ out }) => out), 1]));
}

/** Puts them in the place of TensorFlow.js's, which stay in charge on other backends. */
export function installPoolGradients(): void {
  for (const gradient of poolGradients) replaceOnConvnet(gradient.kernelName, () => gradient);
}
