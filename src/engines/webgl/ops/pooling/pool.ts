// Pooling of images: MaxPool, AvgPool and their gradients. That of volumes, MaxPool3D and AvgPool3D, is two of images.

import {
  type AvgPool3DAttrs,
  type AvgPool3DInputs,
  type AvgPoolGradAttrs,
  type AvgPoolGradInputs,
  type AvgPoolInputs,
  backend_util,
  type MaxPoolAttrs,
  type MaxPoolGradAttrs,
  type MaxPoolGradInputs,
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
  backend: WebglBackend,
  { shape }: TensorInfo,
  { filterSize, strides, pad, dimRoundingMode }: PoolAttrs,
): Windows | undefined {
  const shape4D = shape as [number, number, number, number];
  const info = backend_util.computePool2DInfo(shape4D, filterSize, strides, 1, pad, dimRoundingMode);
  const { filterHeight: kH, filterWidth: kW, strideHeight: strideH, strideWidth: strideW } = info;
  const { top: padTop, left: padLeft } = info.padInfo;
  const out = [info.outHeight, info.outWidth] as const;
  return windowsBetween(backend, shape4D, out, { kH, kW, strideH, strideW, padTop, padLeft });
}

function windowsBetween(
  { tensors }: WebglBackend,
  shape: readonly [number, number, number, number],
  [outH, outW]: readonly [number, number],
  pooling: Pooling,
): Windows | undefined {
  const [n, h, w, c] = shape;
  const x = tensors.layoutOf({ n, h, w, c });
  const y = tensors.layoutOf({ n, h: outH, w: outW, c });
  if (!x || !y) return undefined;
  const areSinglePixels = isSinglePixels(shape, { window: [pooling.kH, pooling.kW], out: [outH, outW] });
  return { ...pooling, areSinglePixels, x, y };
}

function pooled(backend: WebglBackend, images: TiledTensor, kind: PoolSpec['kind'], windows: Windows): TensorInfo {
  const { x, y } = windows;
  const program = poolProgram(poolSpec(kind, x, y, windows));
  return drawn(backend, y, bind(program, { x: images.drawnTexture() }, poolValues(x, y, windows)));
}

/** Tiled or not: TensorFlow.js's programs begin a maximum with -1e20, and round the mean of equal values. */
function pool2d(kernelName: string, operation: 'max' | 'mean'): NamedKernel {
  return tiledKernel<AvgPoolInputs, PoolAttrs>(kernelName, ({ inputs: { x }, attrs, backend }) => {
    if (x.dtype !== 'float32' || x.shape.length !== 4) return undefined;
    const windows = windowsOf(backend, x, attrs);
    if (!windows || windows.areSinglePixels) return undefined;
    return pooled(backend, backend.tensors.toTiled(x, windows.x), operation, windows);
  });
}

/** Over height and width, then over the depth: of both all pixels of a window that exist have the same number. */
function pool3d(kernelName: string, operation: 'max' | 'mean'): NamedKernel {
  return tiledKernel<AvgPool3DInputs, AvgPool3DAttrs>(kernelName, ({ inputs: { x }, attrs, backend }) => {
    if (x.dtype !== 'float32') return undefined;
    const [n, depth, h, w, c] = x.shape;
    const { filterSize, strides, pad, dimRoundingMode } = attrs;
    const info = backend_util.computePool3DInfo([n, depth, h, w, c], filterSize, strides, 1, pad, dimRoundingMode);
    const { outDepth, outHeight, outWidth, padInfo } = info;
    const planes = windowsBetween(backend, [n * depth, h, w, c], [outHeight, outWidth], {
      ...{ kH: info.filterHeight, kW: info.filterWidth, strideH: info.strideHeight, strideW: info.strideWidth },
      ...{ padTop: padInfo.top, padLeft: padInfo.left },
    });
    const depths = windowsBetween(backend, [n, depth, outHeight * outWidth, c], [outDepth, outHeight * outWidth], {
      ...{ kH: info.filterDepth, kW: 1, strideH: info.strideDepth, strideW: 1 },
      ...{ padTop: padInfo.front, padLeft: 0 },
    });
    if (!planes || !depths) return undefined;
    const pass = (from: TensorInfo, windows: Windows) => {
      const images = { ...from, shape: shapeOf(windows.x) };
      return pooled(backend, backend.tensors.toTiled(images, windows.x), operation, windows);
    };
    const overPlanes = pass(x, planes);
    try {
      return { ...pass(overPlanes, depths), shape: info.outShape };
    } finally {
      backend.disposeIntermediateTensorInfo(overPlanes);
    }
  });
}

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

export const poolKernels: readonly NamedKernel[] = [
  pool2d('MaxPool', 'max'),
  pool2d('AvgPool', 'mean'),
  pool3d('MaxPool3D', 'max'),
  pool3d('AvgPool3D', 'mean'),
  maxPoolGrad,
  avgPoolGrad,
];
