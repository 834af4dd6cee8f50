// FromPixels: what tf.browser.fromPixels() calls where a backend has it.

import { pixelsToInts } from '../../../../../kernels/wasm/movement/index.js';
import { withScratch } from '../../../../../kernels/wasm/scratch.js';
import { check } from '../../../../core/errors.js';
import { type NamedKernel, typedKernel } from '../../../../tfjs/registry.js';
import type { CpuBackend } from '../../backend.js';
import { deviceOf } from '../cpuKernel.js';

/** Bytes of pixels, [height, width, 4]. */
interface Pixels {
  readonly data: Uint8Array | Uint8ClampedArray;
  readonly width: number;
  readonly height: number;
}

type Drawable = HTMLImageElement | HTMLVideoElement | ImageBitmap | HTMLCanvasElement | OffscreenCanvas;

export const fromPixelsKernel: NamedKernel = typedKernel<
  { readonly pixels: Pixels | Drawable },
  { readonly numChannels: number },
  CpuBackend
>('FromPixels', ({ inputs: { pixels }, attrs: { numChannels: channels }, backend }) => {
  const { data, width, height } = 'data' in pixels ? pixels : readDrawable(pixels);
  const isCount = Number.isInteger(channels) && channels >= 1 && channels <= 4;
  check(isCount, 'fromPixels', 'numChannels must be 1, 2, 3 or 4', { numChannels: channels });
  const count = width * height;
  const sizes = { width, height, 'data.length': data.length };
  check(data.BYTES_PER_ELEMENT === 1, 'fromPixels', 'data must be bytes', { data: data.constructor.name });
  check(data.length === 4 * count, 'fromPixels', 'data must have four bytes for each pixel', sizes);
  const device = deviceOf(backend);
  const result = backend.newTensor([height, width, channels], 'int32');
  const y = backend.toHeap(result);
  withScratch(device, data.length, (bytes) => {
    device.heap.bytes(bytes, data.length).set(data);
    pixelsToInts(device, { pixels: bytes, y, channels, count });
  });
  return result;
});

type Context = CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D;

/** A canvas to draw on, made at the first use. */
let shared: Context | undefined;

function readDrawable(source: Drawable): Pixels {
  const isVideo = 'videoWidth' in source;
  const [width, height] = isVideo ? [source.videoWidth, source.videoHeight] : [source.width, source.height];
  // A canvas with another kind of context has none of this kind, and is drawn like an image.
  const own = 'getContext' in source ? (source.getContext('2d') as Context | null) : null;
  if (own) return { data: own.getImageData(0, 0, width, height).data, width, height };
  shared ??= openContext();
  shared.canvas.width = width;
  shared.canvas.height = height;
  shared.drawImage(source, 0, 0, width, height);
  return { data: shared.getImageData(0, 0, width, height).data, width, height };
}

function openContext(): Context {
  const canvas = typeof document === 'undefined' ? new OffscreenCanvas(1, 1) : document.createElement('canvas');
  return canvas.getContext('2d', { willReadFrequently: true }) as Context;
}
