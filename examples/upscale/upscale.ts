/**
 * Runs a super-resolution network over a picture, window by window, on the current backend: upscale(picture) =
 * stitch(model(window) for each window), with the overlap that makes the seams vanish (see windows.ts).
 */
import { type Tensor, tensor4d, tidy } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { crop, type Rect, type RgbImage } from './image.js';
import { planWindows, type Window } from './windows.js';

export interface Progress {
  readonly done: number;
  readonly total: number;
  /** The part of the result that the latest window added, and its position; absent before the first window. */
  readonly fresh?: { readonly rect: Rect; readonly part: RgbImage };
}

export interface UpscaleOptions {
  /** Output pixels per input pixel, along each axis. */
  readonly scale: number;
  /** Radius of the network's field of view in input pixels. */
  readonly margin: number;
  /** The largest side of a window with its margins, in input pixels. Default: DEFAULT_PATCH. */
  readonly patch?: number;
  /** Stops between two windows; the promise then rejects with the signal's reason. */
  readonly signal?: AbortSignal;
  /** Called before the first window and after each. The next window waits for its promise, so that a page can paint. */
  readonly onProgress?: (progress: Progress) => void | Promise<void>;
}

/**
 * Small enough that a page blocked by a CPU backend answers between two windows, large enough that margins do not
 * dominate.
 */
export const DEFAULT_PATCH = 80;

/** Upscales a picture. It leaves no tensor behind, also if it throws or is stopped. */
export async function upscale(model: LayersModel, image: RgbImage, options: UpscaleOptions): Promise<RgbImage> {
  const { scale, margin, patch = DEFAULT_PATCH, signal, onProgress } = options;
  const windows = planWindows(image.width, image.height, patch, margin);
  const total = windows.length;
  const width = image.width * scale;
  const height = image.height * scale;
  const result = { width, height, data: new Uint8ClampedArray(width * height * 3) };

  await onProgress?.({ done: 0, total });
  for (const [i, window] of windows.entries()) {
    await handleEvents();
    signal?.throwIfAborted();
    paste(result, window, scale, await runPatch(model, readWindow(image, window), scale));
    const rect = ownedRect(window, scale);
    await onProgress?.({ done: i + 1, total, fresh: { rect, part: crop(result, rect) } });
  }
  return result;
}

/** Runs the network on a whole picture: [height * scale, width * scale, 3] floats, neither rounded nor clipped. */
export async function runPatch(model: LayersModel, image: RgbImage, scale: number): Promise<Float32Array> {
  const { width, height } = image;
  const y = tidy(() => model.predict(tensor4d(Float32Array.from(image.data), [1, height, width, 3])) as Tensor);
  try {
    const expected = [1, height * scale, width * scale, 3];
    if (y.shape.join() !== expected.join()) {
      throw new Error(`runPatch: the network must return the shape [${expected}]; received shape=[${y.shape}]`);
    }
    const values = (await y.data()) as Float32Array;
    // A clamped array would store NaN as black, and a broken backend would look like a dark picture.
    if (values.some(Number.isNaN)) throw new Error('runPatch: the network must return numbers; received NaN');
    return values;
  } finally {
    y.dispose();
  }
}

function readWindow(image: RgbImage, { x, y }: Window): RgbImage {
  return crop(image, { left: x.start, top: y.start, width: x.size, height: y.size });
}

/** Copies the pixels that the window owns. The clamped array rounds and clips to 0..255. */
function paste(result: RgbImage, window: Window, scale: number, patch: Float32Array): void {
  const { left, top, width, height } = ownedRect(window, scale);
  const { x, y } = window;
  for (let row = top; row < top + height; row++) {
    const from = ((row - y.start * scale) * x.size * scale + left - x.start * scale) * 3;
    result.data.set(patch.subarray(from, from + width * 3), (row * result.width + left) * 3);
  }
}

/** The pixels that the window owns, in output pixels. */
function ownedRect({ x, y }: Window, scale: number): Rect {
  return { left: x.from * scale, top: y.from * scale, width: (x.to - x.from) * scale, height: (y.to - y.from) * scale };
}

/**
 * Lets the page handle clicks, and Node signals. A CPU backend works on this thread and would delay them to the last
 * window.
 */
function handleEvents(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}
