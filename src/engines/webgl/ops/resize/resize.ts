// Images in another size: ResizeBilinear, ResizeNearestNeighbor and its gradient, DepthToSpace.

import type {
  DepthToSpaceAttrs,
  DepthToSpaceInputs,
  ResizeBilinearAttrs,
  ResizeBilinearInputs,
  ResizeNearestNeighborAttrs,
  ResizeNearestNeighborGradAttrs,
  ResizeNearestNeighborGradInputs,
  ResizeNearestNeighborInputs,
} from '@tensorflow/tfjs-core';
import {
  depthToSpaceInts,
  depthToSpaceProgram,
  depthToSpaceSpec,
} from '../../../../../kernels/glsl/tiled/movement/depthToSpace.js';
import type { Side } from '../../../../../kernels/glsl/tiled/movement/sourceAxis.js';
import { poolProgram, poolSpec, poolUniforms } from '../../../../../kernels/glsl/tiled/pooling/pool.js';
import { bilinearInts, bilinearProgram } from '../../../../../kernels/glsl/tiled/resize/bilinear.js';
import { type Alignment, nearestIndices } from '../../../../../kernels/resizeSamples.js';
import type { NamedKernel } from '../../../../tfjs/registry.js';
import { gathered } from '../movement/gather.js';
import { drawn, imagesOf, reshaped } from '../tiledImages.js';
import { tiledKernel } from '../tiledKernel.js';

const bilinear = tiledKernel<ResizeBilinearInputs, ResizeBilinearAttrs>(
  'ResizeBilinear',
  ({ inputs: { images }, attrs: { size, ...alignment }, backend }) => {
    const x = imagesOf(backend, images);
    if (!x || !isSize(size)) return undefined;
    const [n, inH, inW, c] = images.shape;
    const y = backend.tensors.layoutOf({ n, h: size[0], w: size[1], c });
    if (!y) return undefined;
    const rows = sideBetween(inH, size[0], alignment);
    const columns = sideBetween(inW, size[1], alignment);
    const program = bilinearProgram({ x: x.layout.tile, y: y.tile });
    const ints = bilinearInts(x.layout, y, { rows, columns });
    return drawn(backend, y, { program, inputs: { x: x.texture }, ints });
  },
);

const nearest = tiledKernel<ResizeNearestNeighborInputs, ResizeNearestNeighborAttrs>(
  'ResizeNearestNeighbor',
  ({ inputs: { images }, attrs: { size, ...alignment }, backend }) => {
    const x = imagesOf(backend, images);
    if (!x || !isSize(size)) return undefined;
    const [n, inH, inW, c] = images.shape;
    if (size[0] === inH && size[1] === inW) return reshaped(backend, images, images.shape);
    const rows = nearestSide(inH, size[0], alignment);
    const columns = nearestSide(inW, size[1], alignment);
    return rows && columns && gathered(backend, x, [n, size[0], size[1], c], { rows, columns });
  },
);

/** Where each pixel was repeated: the sums of its copies. What else there is has no formula as short and is TensorFlow.js's. */
const nearestGrad = tiledKernel<ResizeNearestNeighborGradInputs, ResizeNearestNeighborGradAttrs>(
  'ResizeNearestNeighborGrad',
  ({ inputs: { images, dy }, attrs, backend }) => {
    const gradient = imagesOf(backend, dy);
    const [n, inH, inW, c] = images.shape;
    const y = backend.tensors.layoutOf({ n, h: inH, w: inW, c });
    if (!gradient || !y || dy.shape[0] !== n || dy.shape[3] !== c) return undefined;
    const [, kH, kW] = dy.shape.map((size, i) => size / images.shape[i]);
    const sides = [nearestSide(inH, dy.shape[1], attrs), nearestSide(inW, dy.shape[2], attrs)];
    const isRepeated = sides.every((side, i) => side?.step === 1 && side.divisor === [kH, kW][i]);
    if (!isRepeated) return undefined;
    const pooling = { kH, kW, strideH: kH, strideW: kW, padTop: 0, padLeft: 0 };
    const program = poolProgram(poolSpec('mean', gradient.layout, y, pooling));
    const uniforms = poolUniforms(gradient.layout, y, pooling, kH * kW);
    return drawn(backend, y, { program, inputs: { x: gradient.texture }, ...uniforms });
  },
);

function isSize(size: readonly number[]): boolean {
  return size.length === 2 && size.every((length) => Number.isInteger(length) && length > 0);
}

/** Where output indices lie between those of the input, as a ratio: what samples.ts computes in floating point. */
function sideBetween(inSize: number, outSize: number, { alignCorners, halfPixelCenters }: Alignment): Side {
  const [input, output] = alignCorners && outSize > 1 ? [inSize - 1, outSize - 1] : [inSize, outSize];
  if (!halfPixelCenters) return { step: input, offset: 0, divisor: output };
  return { step: 2 * input, offset: input - output, divisor: 2 * output };
}

/**
 * The side of a resize to the nearest pixel. Undefined where TensorFlow.js's floating point takes another pixel than the one that
 * is nearest, which is left to TensorFlow.js.
 */
function nearestSide(inSize: number, outSize: number, alignment: Alignment): Side | undefined {
  const { alignCorners, halfPixelCenters } = alignment;
  const indices = nearestIndices(inSize, outSize, alignment);
  const [input, output] = alignCorners && outSize > 1 ? [inSize - 1, outSize - 1] : [inSize, outSize];
  const ratio = {
    step: 2 * input,
    offset: (halfPixelCenters ? input : 0) + (alignCorners ? output : 0),
    divisor: 2 * output,
  };
  const repeated = { step: 1, offset: 0, divisor: Math.max(1, Math.round(outSize / inSize)) };
  const agrees = ({ step, offset, divisor }: Side) =>
    indices.every((index, i) => index === Math.floor((i * step + offset) / divisor));
  return [repeated, ratio].find(agrees);
}

const depthToSpace = tiledKernel<DepthToSpaceInputs, DepthToSpaceAttrs>(
  'DepthToSpace',
  ({ inputs: { x }, attrs: { blockSize, dataFormat }, backend }) => {
    const images = imagesOf(backend, x);
    if (!images || dataFormat !== 'NHWC' || blockSize < 2) return undefined;
    const [n, h, w, c] = x.shape;
    const dims = { n, h: h * blockSize, w: w * blockSize, c: c / (blockSize * blockSize) };
    const y = backend.tensors.layoutOf(dims);
    if (!y || !Number.isInteger(dims.c)) return undefined;
    const program = depthToSpaceProgram(depthToSpaceSpec(images.layout, y));
    const ints = depthToSpaceInts(images.layout, y, blockSize);
    return drawn(backend, y, { program, inputs: { x: images.texture }, ints });
  },
);

/** Resizing in tiles, under TensorFlow.js's names. */
export const resizeKernels: readonly NamedKernel[] = [bilinear, nearest, nearestGrad, depthToSpace];
