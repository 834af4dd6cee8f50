// ResizeNearestNeighbor and its gradient.

import type {
  ResizeNearestNeighborAttrs,
  ResizeNearestNeighborGradAttrs,
  ResizeNearestNeighborGradInputs,
  ResizeNearestNeighborInputs,
} from '@tensorflow/tfjs-core';
import type { SourceAxis } from '../../../../../kernels/glsl/tiled/movement/sourceAxis.js';
import { poolProgram, poolSpec, poolValues } from '../../../../../kernels/glsl/tiled/pooling/pool.js';
import { type Alignment, nearestIndices } from '../../../../../kernels/resizeSamples.js';
import type { NamedKernel } from '../../../../tfjs/registry.js';
import { bind } from '../../gl/draw.js';
import { gathered } from '../movement/gather.js';
import { drawn, imagesOf } from '../tiledImages.js';
import { reshaped, tiledKernel } from '../tiledKernel.js';
import { isImageSize } from './bilinear.js';

const nearest = tiledKernel<ResizeNearestNeighborInputs, ResizeNearestNeighborAttrs>(
  'ResizeNearestNeighbor',
  ({ inputs: { images }, attrs: { size, ...alignment }, backend }) => {
    const x = imagesOf(backend, images);
    if (!x || !isImageSize(size)) return undefined;
    const [n, inH, inW, c] = images.shape;
    if (size[0] === inH && size[1] === inW) return reshaped(backend, images, images.shape);
    const rows = nearestAxis(inH, size[0], alignment);
    const columns = nearestAxis(inW, size[1], alignment);
    return rows && columns && gathered(backend, x, [n, size[0], size[1], c], { rows, columns });
  },
);

/**
 * Where each pixel was repeated: the sums over its copies. Other cases have no short formula and are left to
 * TensorFlow.js.
 */
const nearestGrad = tiledKernel<ResizeNearestNeighborGradInputs, ResizeNearestNeighborGradAttrs>(
  'ResizeNearestNeighborGrad',
  ({ inputs: { images, dy }, attrs, backend }) => {
    const gradient = imagesOf(backend, dy);
    const [n, inH, inW, c] = images.shape;
    const y = backend.tensors.layoutOf({ n, h: inH, w: inW, c });
    if (!gradient || !y || dy.shape[0] !== n || dy.shape[3] !== c) return undefined;
    const [, kH, kW] = dy.shape.map((size, i) => size / images.shape[i]);
    const axes = [nearestAxis(inH, dy.shape[1], attrs), nearestAxis(inW, dy.shape[2], attrs)];
    const isRepeated = axes.every((axis, i) => axis?.step === 1 && axis.divisor === [kH, kW][i]);
    if (!isRepeated) return undefined;
    const pooling = { kH, kW, strideH: kH, strideW: kW, padTop: 0, padLeft: 0 };
    const program = poolProgram(poolSpec('sum', gradient.layout, y, pooling));
    const values = poolValues(gradient.layout, y, pooling);
    return drawn(backend, y, bind(program, { x: gradient.drawnTexture() }, values));
  },
);

/**
 * Along one axis, the input pixel that is nearest to each output pixel. Undefined where TensorFlow.js, which computes
 * in floating point, takes another pixel: that resize is left to it.
 */
function nearestAxis(inSize: number, outSize: number, alignment: Alignment): SourceAxis | undefined {
  const { alignCorners, halfPixelCenters } = alignment;
  const indices = nearestIndices(inSize, outSize, alignment);
  const [input, output] = alignCorners && outSize > 1 ? [inSize - 1, outSize - 1] : [inSize, outSize];
  const ratio = {
    step: 2 * input,
    offset: (halfPixelCenters ? input : 0) + (alignCorners ? output : 0),
    divisor: 2 * output,
  };
  const repeated = { step: 1, offset: 0, divisor: Math.max(1, Math.round(outSize / inSize)) };
  const agrees = ({ step, offset, divisor }: SourceAxis) =>
    indices.every((index, i) => index === Math.floor((i * step + offset) / divisor));
  return [repeated, ratio].find(agrees);
}

export const nearestKernels: readonly NamedKernel[] = [nearest, nearestGrad];
