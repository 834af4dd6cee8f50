// Pooling of images: MaxPool, AvgPool and their gradients.

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
import type { TileLayout } from '../../../../../kernels/glsl/tiled/layout/layout.js';
import {
  type Pooling,
  type PoolSpec,
  poolProgram,
  poolSpec,
  poolValues,
} from '../../../../../kernels/glsl/tiled/pooling/pool.js';
import { poolGradProgram, poolGradValues } from '../../../../../kernels/glsl/tiled/pooling/poolGrad.js';
import { areSinglePixels as isSinglePixels } from '../../../../core/pool.js';
import type { NamedKernel } from '../../../../tfjs/registry.js';
import type { WebglBackend } from '../../backend.js';
import { bind } from '../../gl/draw.js';
import type { TiledTensor } from '../../tensors/tiledTensor.js';
import { drawn, imagesOf, shapeOf } from '../tiledImages.js';
import { tiledKernel } from '../tiledKernel.js';

type PoolAttrs = Pick<MaxPoolAttrs, 'filterSize' | 'strides' | 'pad' | 'dimRoundingMode'>;

interface Windows extends Pooling {
  /** Whether each window is the pixel itself. */
  readonly areSinglePixels: boolean;
  readonly x: TileLayout;
  readonly y: TileLayout;
}

/** Undefined if the images, or the pooled images, are empty or do not fit into a texture. */
function windowsOf(
  { tensors }: WebglBackend,
  { shape }: TensorInfo,
  { filterSize, strides, pad, dimRoundingMode }: PoolAttrs,
): Windows | undefined {
  const shape4D = shape as [number, number, number, number];
  const info = backend_util.computePool2DInfo(shape4D, filterSize, strides, 1, pad, dimRoundingMode);
  const { batchSize: n, inHeight, inWidth, outHeight, outWidth, inChannels: c } = info;
  const x = tensors.layoutOf({ n, h: inHeight, w: inWidth, c });
  const y = tensors.layoutOf({ n, h: outHeight, w: outWidth, c });
  if (!x || !y) return undefined;
  const { filterHeight: kH, filterWidth: kW, strideHeight: strideH, strideWidth: strideW } = info;
  const { top: padTop, left: padLeft } = info.padInfo;
  const areSinglePixels = isSinglePixels(shape, { window: [kH, kW], out: [outHeight, outWidth] });
  return { kH, kW, strideH, strideW, padTop, padLeft, areSinglePixels, x, y };
}

function pooled(backend: WebglBackend, images: TiledTensor, kind: PoolSpec['kind'], windows: Windows): TensorInfo {
  const { x, y } = windows;
  const program = poolProgram(poolSpec(kind, x, y, windows));
  return drawn(backend, y, bind(program, { x: images.drawnTexture() }, poolValues(x, y, windows)));
}

function forward(backend: WebglBackend, x: TensorInfo, attrs: PoolAttrs, kind: 'max' | 'mean'): TensorInfo | undefined {
  const images = imagesOf(backend, x);
  const windows = images && windowsOf(backend, x, attrs);
  if (!windows || windows.areSinglePixels) return undefined; // TensorFlow.js passes single pixels on as they are
  return pooled(backend, images, kind, windows);
}

const maxPool = tiledKernel<MaxPoolInputs, MaxPoolAttrs>('MaxPool', ({ inputs: { x }, attrs, backend }) => {
  return forward(backend, x, attrs, 'max');
});

const avgPool = tiledKernel<AvgPoolInputs, AvgPoolAttrs>('AvgPool', ({ inputs: { x }, attrs, backend }) => {
  return forward(backend, x, attrs, 'mean');
});

/** The windows of a gradient, if these programs compute it. */
function gradientWindows(
  backend: WebglBackend,
  { dy, input }: { readonly dy: TensorInfo; readonly input: TensorInfo },
  attrs: PoolAttrs,
): Windows | undefined {
  if (input.shape.length !== 4) return undefined;
  if (dy.dtype !== 'float32' || input.dtype !== 'float32') return undefined;
  const windows = windowsOf(backend, input, attrs);
  return windows && util.arraysEqual(dy.shape, shapeOf(windows.y)) ? windows : undefined;
}

const maxPoolGrad = tiledKernel<MaxPoolGradInputs, MaxPoolGradAttrs>(
  'MaxPoolGrad',
  ({ inputs: { dy, input }, attrs, backend }) => {
    // Tiled or not: of equal maxima TensorFlow.js's program takes the last, Keras and the CPU engine the first.
    const windows = gradientWindows(backend, { dy, input }, attrs);
    if (!windows) return undefined;
    const { tensors } = backend;
    const { x, y } = windows;
    const argmax = pooled(backend, tensors.toTiled(input, x), 'argmax', windows);
    const inputs = { dy: tensors.toTiled(dy, y).drawnTexture(), argmax: tensors.toTiled(argmax, y).drawnTexture() };
    const program = poolGradProgram({ kind: 'max', dy: y.tile, dx: x.tile });
    const dx = drawn(backend, x, bind(program, inputs, poolGradValues(y, x, windows, 1)));
    backend.disposeIntermediateTensorInfo(argmax);
    return dx;
  },
);

const avgPoolGrad = tiledKernel<AvgPoolGradInputs, AvgPoolGradAttrs>(
  'AvgPoolGrad',
  ({ inputs: { dy, input }, attrs, backend }) => {
    const isTiled = imagesOf(backend, dy) || imagesOf(backend, input);
    const windows = isTiled && gradientWindows(backend, { dy, input }, attrs);
    if (!windows) return undefined;
    const { x, y, kH, kW } = windows;
    const program = poolGradProgram({ kind: 'mean', dy: y.tile, dx: x.tile });
    const inputs = { dy: backend.tensors.toTiled(dy, y).drawnTexture() };
    return drawn(backend, x, bind(program, inputs, poolGradValues(y, x, windows, 1 / (kH * kW))));
  },
);

export const poolKernels: readonly NamedKernel[] = [maxPool, avgPool, maxPoolGrad, avgPoolGrad];
