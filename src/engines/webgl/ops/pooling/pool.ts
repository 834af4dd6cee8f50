// Pooling of images: MaxPool, AvgPool and their gradients. That of volumes, MaxPool3D and AvgPool3D, is two of images, and
// so is the gradient of MaxPool3D.

import {
  type AvgPool3DAttrs,
  type AvgPool3DInputs,
  type AvgPoolGradAttrs,
  type AvgPoolGradInputs,
  type AvgPoolInputs,
  backend_util,
  type MaxPool3DGradAttrs,
  type MaxPool3DGradInputs,
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
import {
  liesInTiles,
  poolGradInTileProgram,
  poolGradInTileValues,
} from '../../../../../kernels/glsl/tiled/pooling/poolGradInTile.js';
import type { WindowAxis } from '../../../../../kernels/maxPool3dGrad.js';
import { areSinglePixels as isSinglePixels } from '../../../../core/pool.js';
import { pool3dWindows } from '../../../../tfjs/pool3dWindows.js';
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
  /** Whether a window lies in the padding alone, where the mean of no pixels is NaN. */
  readonly areEmpty: boolean;
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
  const { top, left } = info.padInfo;
  const { inHeight, inWidth, outHeight, outWidth, filterHeight, filterWidth } = info;
  return windowsBetween(backend, shape4D, [
    { inSize: inHeight, outSize: outHeight, size: filterHeight, stride: info.strideHeight, padding: top },
    { inSize: inWidth, outSize: outWidth, size: filterWidth, stride: info.strideWidth, padding: left },
  ]);
}

function windowsBetween(
  { tensors }: WebglBackend,
  shape: readonly [number, number, number, number],
  [rows, columns]: readonly [WindowAxis, WindowAxis],
): Windows | undefined {
  const [n, h, w, c] = shape;
  const [outH, outW] = [rows.outSize, columns.outSize];
  const x = tensors.layoutOf({ n, h, w, c });
  const y = tensors.layoutOf({ n, h: outH, w: outW, c });
  if (!x || !y) return undefined;
  const pooling: Pooling = {
    ...{ kH: rows.size, kW: columns.size, strideH: rows.stride, strideW: columns.stride },
    ...{ padTop: rows.padding, padLeft: columns.padding },
  };
  const areSinglePixels = isSinglePixels(shape, { window: [pooling.kH, pooling.kW], out: [outH, outW] });
  return { ...pooling, areSinglePixels, areEmpty: [rows, columns].some(isBesides), x, y };
}

/** Whether the first window ends before the picture, or the last one begins behind it. */
function isBesides({ inSize, outSize, size, stride, padding }: WindowAxis): boolean {
  return padding >= size || (outSize - 1) * stride - padding >= inSize;
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

/** The windows over height and width of all planes, and those over the depth of what these give. */
function volumeWindows(backend: WebglBackend, { shape }: TensorInfo, attrs: MaxPool3DGradAttrs) {
  const { batch: n, channels: c, depth, height, width } = pool3dWindows(shape, attrs);
  const outPixels = height.outSize * width.outSize;
  const planes = windowsBetween(backend, [n * depth.inSize, height.inSize, width.inSize, c], [height, width]);
  const pixels = { size: 1, stride: 1, padding: 0, inSize: outPixels, outSize: outPixels };
  const depths = windowsBetween(backend, [n, depth.inSize, outPixels, c], [depth, pixels]);
  return planes && depths && { planes, depths, outShape: [n, depth.outSize, height.outSize, width.outSize, c] };
}

/** Over height and width, then over the depth: of both all pixels of a window that exist have the same number. */
function pool3d(kernelName: string, operation: 'max' | 'mean'): NamedKernel {
  return tiledKernel<AvgPool3DInputs, AvgPool3DAttrs>(kernelName, ({ inputs: { x }, attrs, backend }) => {
    if (x.dtype !== 'float32') return undefined;
    const volumes = volumeWindows(backend, x, attrs);
    if (!volumes) return undefined;
    const { planes, depths, outShape } = volumes;
    // There TensorFlow.js has 0 for the mean of no pixels.
    if (operation === 'mean' && (planes.areEmpty || depths.areEmpty)) return undefined;
    const pass = (from: TensorInfo, windows: Windows) => {
      const images = { ...from, shape: shapeOf(windows.x) };
      return pooled(backend, backend.tensors.toTiled(images, windows.x), operation, windows);
    };
    const overPlanes = pass(x, planes);
    try {
      return { ...pass(overPlanes, depths), shape: outShape };
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
    const { x, y } = windows;
    const [images, gradient] = [backend.tensors.toTiled(input, x), backend.tensors.toTiled(dy, y)];
    const tiles = { dy: y.tile, dx: x.tile };
    if (liesInTiles(windows, tiles)) {
      const inputs = { x: images.drawnTexture(), dy: gradient.drawnTexture() };
      return drawn(backend, x, bind(poolGradInTileProgram(tiles), inputs, poolGradInTileValues(y, x)));
    }
    const argmax = pooled(backend, images, 'argmax', windows);
    const dx = maxGradient(backend, gradient, argmax, windows);
    backend.disposeIntermediateTensorInfo(argmax);
    return dx;
  },
);

const maxPool3DGrad = tiledKernel<MaxPool3DGradInputs, MaxPool3DGradAttrs>(
  'MaxPool3DGrad',
  ({ inputs: { dy, input }, attrs, backend }) => {
    const windows = volumeWindows(backend, input, attrs);
    if (!windows || dy.dtype !== 'float32' || input.dtype !== 'float32') return undefined;
    const { planes, depths } = windows;
    const made: TensorInfo[] = [];
    const pass = (info: TensorInfo, layout: TileLayout, run: (tensor: TiledTensor) => TensorInfo) => {
      const result = run(backend.tensors.toTiled({ ...info, shape: shapeOf(layout) }, layout));
      made.push(result);
      return result;
    };
    const overPlanes = pass(input, planes.x, (x) => pooled(backend, x, 'max', planes));
    const inPlanes = pass(input, planes.x, (x) => pooled(backend, x, 'argmax', planes));
    const inDepths = pass(overPlanes, depths.x, (x) => pooled(backend, x, 'argmax', depths));
    const dPlanes = pass(dy, depths.y, (given) => maxGradient(backend, given, inDepths, depths));
    const dx = pass(dPlanes, planes.y, (given) => maxGradient(backend, given, inPlanes, planes));
    for (const info of made) if (info !== dx) backend.disposeIntermediateTensorInfo(info);
    return { ...dx, shape: [...input.shape] };
  },
);

/** Passes dy of each window to where its maximum is. */
function maxGradient(backend: WebglBackend, dy: TiledTensor, argmax: TensorInfo, { x, y, ...pooling }: Windows) {
  const inputs = { dy: dy.drawnTexture(), argmax: backend.tensors.toTiled(argmax, y).drawnTexture() };
  const program = poolGradProgram({ kind: 'max', dy: y.tile, dx: x.tile });
  return drawn(backend, x, bind(program, inputs, poolGradValues(y, x, pooling, 1)));
}

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
  maxPool3DGrad,
  avgPoolGrad,
];
