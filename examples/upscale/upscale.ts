/**
 * Runs a super-resolution network over a picture on the current backend, tile by tile (predictTiled of
 * tfjs-backend-convnet/vision).
 */
import { type Tensor, tensor4d, tidy } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { type FinishedRows, predictTiled } from '../../src/vision.js';
import { type RgbImage, rgbaFromRgb } from './image.js';

export interface UpscaleOptions {
  /** Output pixels per input pixel, along each axis. */
  readonly scale: number;
  /** Radius of the network's field of view in input pixels. */
  readonly margin: number;
  /** The largest side of a tile, in input pixels. Default: DEFAULT_PATCH. */
  readonly patch?: number;
  /** Stops between two tiles; the promise then rejects with the signal's reason. */
  readonly signal?: AbortSignal;
  /** Called after each tile. The next one waits for its promise, so that a page can paint. */
  readonly onProgress?: (done: number, total: number) => void | Promise<void>;
  /** Called with each band of the result when it is final, from the top. */
  readonly onRows?: (top: number, rows: RgbImage) => void;
}

/**
 * Small enough that a page blocked by a CPU backend answers between two tiles, large enough that overlaps do not
 * dominate.
 */
export const DEFAULT_PATCH = 112;

/** Upscales a picture. It leaves no tensor behind, also if it throws or is stopped. */
export async function upscale(model: LayersModel, image: RgbImage, options: UpscaleOptions): Promise<RgbImage> {
  const { scale, margin, patch = DEFAULT_PATCH, signal, onProgress, onRows } = options;
  const width = image.width * scale;
  const data = new Uint8ClampedArray(width * image.height * scale * 3);
  const onTile = (rows: FinishedRows) => {
    const part = bytesOf(rows, width);
    data.set(part.data, rows.y * width * 3);
    onRows?.(rows.y, part);
  };
  const picture = { width: image.width, height: image.height, data: rgbaFromRgb(image) };
  // With four times the radius the result is that of the whole picture; a smaller tile has what it can.
  const overlap = Math.min(4 * margin, Math.floor((patch - 1) / 2));
  await predictTiled(model, picture, { tile: patch, overlap, preprocess: 'none', signal, onProgress, onTile });
  return { width, height: image.height * scale, data };
}

/** Rounded and clipped to 0..255. A clamped array would store NaN as black, and a broken backend would look like a dark picture. */
function bytesOf({ width, height, channels, data }: FinishedRows, expected: number): RgbImage {
  if (width !== expected || channels !== 3) {
    throw new Error(`upscale: the network must give ${expected} x 3 values a row; received ${width} x ${channels}`);
  }
  if (data.some(Number.isNaN)) throw new Error('upscale: the network must return numbers; received NaN');
  return { width, height, data: Uint8ClampedArray.from(data) };
}

/** Runs the network on a whole picture: [height * scale, width * scale, 3] floats, neither rounded nor clipped. */
export async function runPatch(model: LayersModel, { width, height, data }: RgbImage): Promise<Float32Array> {
  const y = tidy(() => model.predict(tensor4d(Float32Array.from(data), [1, height, width, 3])) as Tensor);
  try {
    return (await y.data()) as Float32Array;
  } finally {
    y.dispose();
  }
}
