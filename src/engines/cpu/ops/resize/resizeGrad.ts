// ResizeBilinearGrad and ResizeNearestNeighborGrad, NHWC.

import {
  type ResizeBilinearGradAttrs,
  type ResizeBilinearGradInputs,
  type ResizeNearestNeighborGradAttrs,
  type ResizeNearestNeighborGradInputs,
  type TensorInfo,
  util,
} from '@tensorflow/tfjs-core';
import { bilinearSamples, nearestIndices } from '../../../../../kernels/resizeSamples.js';
import { resizeGrad, type Share } from '../../../../../kernels/wasm/resize/index.js';
import type { NamedKernel } from '../../../../tfjs/registry.js';
import type { CpuBackend } from '../../backend.js';
import { areFloats, deviceOf, fastKernel } from '../cpuKernel.js';

/** The official gradients ignore half-pixel centres, too: they take corners for centres. */
const plainCenters = { halfPixelCenters: false };

const bilinearGrad = fastKernel<ResizeBilinearGradInputs, ResizeBilinearGradAttrs>(
  'ResizeBilinearGrad',
  ({ inputs, attrs: { alignCorners }, backend }) =>
    runGradient(backend, inputs, (inSize, outSize) => {
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
    runGradient(backend, inputs, (inSize, outSize) => {
      const shares = Array.from({ length: inSize }, (): Share[] => []);
      for (const [index, from] of nearestIndices(inSize, outSize, { alignCorners, ...plainCenters }).entries()) {
        shares[from].push({ index, weight: 1 });
      }
      return shares;
    }),
);

/** @param sharesOf For each of the inSize rows or columns of `images`: the output indices that it has gone into. */
function runGradient(
  backend: CpuBackend,
  { images, dy }: { readonly images: TensorInfo; readonly dy: TensorInfo },
  sharesOf: (inSize: number, outSize: number) => Share[][],
): TensorInfo | undefined {
  const isPlain = areFloats(images, dy) && images.shape.length === 4 && dy.shape.length === 4;
  const [batch, inH, inW, channels] = images.shape;
  const [dyBatch, dyH, dyW, dyChannels] = dy.shape;
  if (!isPlain || !util.arraysEqual([batch, channels], [dyBatch, dyChannels])) return undefined;
  const from = backend.toHeap(dy);
  const dx = backend.newTensor(images.shape);
  const shares = { rows: sharesOf(inH, dyH), columns: sharesOf(inW, dyW) };
  resizeGrad(deviceOf(backend), { dy: from, dx: backend.toHeap(dx) }, { batch, dyH, dyW, channels, ...shares });
  return dx;
}

export const resizeGradKernels: readonly NamedKernel[] = [bilinearGrad, nearestGrad];
