// Resizing of images, NHWC: ResizeBilinear, ResizeNearestNeighbor and their gradients.

import {
  type ResizeBilinearAttrs,
  type ResizeBilinearGradAttrs,
  type ResizeBilinearGradInputs,
  type ResizeBilinearInputs,
  type ResizeNearestNeighborAttrs,
  type ResizeNearestNeighborGradAttrs,
  type ResizeNearestNeighborGradInputs,
  type ResizeNearestNeighborInputs,
  type TensorInfo,
  util,
} from '@tensorflow/tfjs-core';
import { bilinearSamples, nearestIndices } from '../../../../../kernels/resizeSamples.js';
import { gather } from '../../../../../kernels/wasm/movement/gather.js';
import { resizeBilinear } from '../../../../../kernels/wasm/resize/resizeBilinear.js';
import { resizeGrad, type Share } from '../../../../../kernels/wasm/resize/resizeGrad.js';
import type { NamedKernel } from '../../../../tfjs/registry.js';
import type { CpuBackend } from '../../backend.js';
import { areFloats, fastKernel, isWords } from '../cpuKernel.js';

const bilinear = fastKernel<ResizeBilinearInputs, ResizeBilinearAttrs>(
  'ResizeBilinear',
  ({ inputs: { images }, attrs: { size, ...alignment }, backend, device }) => {
    if (!areFloats(images) || !isSize(size)) return undefined;
    const [batch, inH, inW, channels] = images.shape;
    const rows = bilinearSamples(inH, size[0], alignment);
    const columns = bilinearSamples(inW, size[1], alignment);
    const x = backend.addressOf(images);
    const y = backend.newTensor([batch, size[0], size[1], channels]);
    resizeBilinear(device, { x, y: backend.addressOf(y) }, { batch, inH, inW, channels, rows, columns });
    return y;
  },
);

const nearest = fastKernel<ResizeNearestNeighborInputs, ResizeNearestNeighborAttrs>(
  'ResizeNearestNeighbor',
  ({ inputs: { images }, attrs: { size, ...alignment }, backend, device }) => {
    if (!isWords(images) || !isSize(size)) return undefined;
    const [batch, inH, inW, channels] = images.shape;
    const maps = [
      Array.from({ length: batch }, (_, n) => n * inH * inW * channels),
      nearestIndices(inH, size[0], alignment).map((y) => y * inW * channels),
      nearestIndices(inW, size[1], alignment).map((x) => x * channels),
    ];
    const from = backend.addressOf(images);
    const y = backend.newTensor([batch, size[0], size[1], channels], images.dtype);
    gather(device, { from, to: backend.addressOf(y), maps, run: channels });
    return y;
  },
);

function isSize(size: readonly number[]): boolean {
  return size.length === 2 && size.every((n) => Number.isInteger(n) && n > 0);
}

/** The host's gradients know nothing of half-pixel centres either: it takes those of plain corners. */
const plainCenters = { halfPixelCenters: false };

const bilinearGrad = fastKernel<ResizeBilinearGradInputs, ResizeBilinearGradAttrs>(
  'ResizeBilinearGrad',
  ({ inputs, attrs: { alignCorners }, backend }) =>
    gradient(backend, inputs, (inSize, outSize) => {
      const shares = Array.from({ length: inSize }, (): Share[] => []);
      for (const [index, sample] of bilinearSamples(inSize, outSize, { alignCorners, ...plainCenters }).entries()) {
        const { low, high, fraction } = sample;
        if (low === high) shares[low].push({ index, weight: 1 });
        else {
          shares[low].push({ index, weight: 1 - fraction });
          shares[high].push({ index, weight: fraction });
        }
      }
      return shares;
    }),
);

const nearestGrad = fastKernel<ResizeNearestNeighborGradInputs, ResizeNearestNeighborGradAttrs>(
  'ResizeNearestNeighborGrad',
  ({ inputs, attrs: { alignCorners }, backend }) =>
    gradient(backend, inputs, (inSize, outSize) => {
      const shares = Array.from({ length: inSize }, (): Share[] => []);
      for (const [index, from] of nearestIndices(inSize, outSize, { alignCorners, ...plainCenters }).entries()) {
        shares[from].push({ index, weight: 1 });
      }
      return shares;
    }),
);

/** @param sharesOf Where each index of a side of `images` has gone, of which there are inSize. */
function gradient(
  backend: CpuBackend,
  { images, dy }: { readonly images: TensorInfo; readonly dy: TensorInfo },
  sharesOf: (inSize: number, outSize: number) => Share[][],
): TensorInfo | undefined {
  const isPlain = areFloats(images, dy) && images.shape.length === 4 && dy.shape.length === 4;
  const [batch, inH, inW, channels] = images.shape;
  const [dyBatch, dyH, dyW, dyChannels] = dy.shape;
  if (!isPlain || !util.arraysEqual([batch, channels], [dyBatch, dyChannels])) return undefined;
  const from = backend.addressOf(dy);
  const dx = backend.newTensor(images.shape);
  const shares = { rows: sharesOf(inH, dyH), columns: sharesOf(inW, dyW) };
  const device = backend.device as NonNullable<CpuBackend['device']>;
  resizeGrad(device, { dy: from, dx: backend.addressOf(dx) }, { batch, dyH, dyW, channels, ...shares });
  return dx;
}

/** Resizing in WebAssembly, under the host's names. */
export const resizeKernels: readonly NamedKernel[] = [bilinear, nearest, bilinearGrad, nearestGrad];
