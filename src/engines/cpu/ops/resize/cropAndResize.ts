// CropAndResize, NHWC: boxes of images, each resized to one size.

import type { CropAndResizeAttrs, CropAndResizeInputs, TypedArray } from '@tensorflow/tfjs-core';
import type { Device } from '../../../../../kernels/wasm/device.js';
import { bitsOf, fill, gather, move, stridesOf } from '../../../../../kernels/wasm/movement/index.js';
import { resizeBilinear } from '../../../../../kernels/wasm/resize/index.js';
import { withScratch } from '../../../../../kernels/wasm/scratch.js';
import type { NamedKernel } from '../../../../tfjs/registry.js';
import { areFloats, fastKernel } from '../cpuKernel.js';

export const cropAndResizeKernel: NamedKernel = fastKernel<CropAndResizeInputs, CropAndResizeAttrs>(
  'CropAndResize',
  ({ inputs: { image, boxes, boxInd }, attrs: { cropSize, method, extrapolationValue }, backend, device }) => {
    if (!areFloats(image, boxes) || boxInd.dtype !== 'int32') return undefined;
    const [batch, inH, inW, channels] = image.shape;
    const [outH, outW] = cropSize;
    // Copies, since views end with the next allocation.
    const corners = Float32Array.from(backend.data.get(boxes.dataId).values as TypedArray);
    const numbers = Int32Array.from(backend.data.get(boxInd.dataId).values as TypedArray);
    if (numbers.some((n) => n < 0) || !corners.every(Number.isFinite)) return undefined;
    const x = backend.toHeap(image);
    const result = backend.newTensor([numbers.length, outH, outW, channels]);
    const y = backend.toHeap(result);
    const sizes = { inH, inW, outH, outW, channels, isNearest: method === 'nearest', outside: extrapolationValue };
    for (const [i, n] of numbers.entries()) {
      const to = y + 4 * i * outH * outW * channels;
      // TensorFlow.js gives zeros for an image that is not there.
      if (n >= batch) fill(device, to, outH * outW * channels, 0);
      else {
        const from = x + 4 * n * inH * inW * channels;
        const [top, left, bottom, right] = corners.subarray(4 * i, 4 * i + 4);
        cropInto(
          device,
          { from, to },
          { rows: along(top, bottom, inH, outH), columns: along(left, right, inW, outW) },
          sizes,
        );
      }
    }
    return result;
  },
);

/** The positions in the image of the pixels of a crop that lie in it; `start` is the number of the first of these. */
interface Positions {
  readonly start: number;
  readonly inside: readonly number[];
}

/** In the float64 arithmetic of TensorFlow.js, whose rounding decides what lies outside. */
function along(low: number, high: number, inSize: number, outSize: number): Positions {
  const scale = outSize > 1 ? ((high - low) * (inSize - 1)) / (outSize - 1) : 0;
  const all = Array.from({ length: outSize }, (_, i) =>
    outSize > 1 ? low * (inSize - 1) + i * scale : 0.5 * (low + high) * (inSize - 1),
  );
  const isInside = (position: number) => position >= 0 && position <= inSize - 1;
  return { start: Math.max(0, all.findIndex(isInside)), inside: all.filter(isInside) };
}

interface Sizes {
  readonly inH: number;
  readonly inW: number;
  readonly outH: number;
  readonly outW: number;
  readonly channels: number;
  readonly isNearest: boolean;
  /** The value of pixels that lie outside of the image. */
  readonly outside: number;
}

interface Crop {
  readonly rows: Positions;
  readonly columns: Positions;
}

function cropInto(device: Device, { from, to }: { from: number; to: number }, crop: Crop, sizes: Sizes): void {
  const { outH, outW, channels, outside } = sizes;
  const [h, w] = [crop.rows.inside.length, crop.columns.inside.length];
  if (h === outH && w === outW) {
    resample(device, { from, to }, crop, sizes);
    return;
  }
  fill(device, to, outH * outW * channels, bitsOf(outside, 'float32'));
  if (h === 0 || w === 0) return;
  withScratch(device, 4 * h * w * channels, (part) => {
    resample(device, { from, to: part }, crop, sizes);
    const [outRow, outColumn] = stridesOf([outH, outW, channels]);
    const corner = to + 4 * (crop.rows.start * outRow + crop.columns.start * outColumn);
    move(device, part, corner, [
      { size: h, from: w * channels, to: outRow },
      { size: w * channels, from: 1, to: 1 },
    ]);
  });
}

/** Writes the pixels at all positions of a crop, one after the other. */
function resample(
  device: Device,
  { from, to }: { from: number; to: number },
  { rows, columns }: Crop,
  sizes: Sizes,
): void {
  const { inH, inW, channels, isNearest } = sizes;
  if (isNearest) {
    const maps = [
      rows.inside.map((position) => Math.round(position) * inW * channels),
      columns.inside.map((position) => Math.round(position) * channels),
    ];
    gather(device, { from, to, maps, run: channels });
    return;
  }
  const samples = ({ inside }: Positions) =>
    inside.map((position) => {
      const low = Math.floor(position);
      return { low, high: Math.ceil(position), fraction: position - low };
    });
  const sampling = { batch: 1, inH, inW, channels, rows: samples(rows), columns: samples(columns) };
  resizeBilinear(device, { x: from, y: to }, sampling);
}
