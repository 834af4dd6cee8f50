/** Decodes picture files, and draws pictures on canvases. */

import { type RgbImage, rgbaFromRgb, rgbFromRgba } from '../upscale/image.js';
import { PageError } from './pageError.js';

/** A picture with more pixels takes so long that the page asks first. */
export const COMFORTABLE_PIXELS = 512 * 512;

/** A larger picture is scaled down: the result has four times as many pixels, and the size of a canvas is limited. */
export const MOST_PIXELS = 2048 * 2048;

export async function decodePicture(file: Blob, name: string): Promise<ImageBitmap> {
  try {
    return await createImageBitmap(file);
  } catch {
    throw new PageError('Choose a PNG, JPEG or WebP file.', `${name} is not a picture that this browser can read.`);
  }
}

/** The largest size with the same proportions and at most `pixels` pixels, not larger than the picture. */
export function sizeWithin({ width, height }: ImageBitmap, pixels: number): { width: number; height: number } {
  const scale = Math.min(1, Math.sqrt(pixels / (width * height)));
  return { width: Math.max(1, Math.floor(width * scale)), height: Math.max(1, Math.floor(height * scale)) };
}

/** Draws the bitmap over white in this size, and reads the pixels back. */
export function readRgb(bitmap: ImageBitmap, { width, height }: { width: number; height: number }): RgbImage {
  const canvas = document.createElement('canvas');
  canvas.width = width;
  canvas.height = height;
  const context = contextOf(canvas);
  context.imageSmoothingQuality = 'high';
  context.fillStyle = '#fff';
  context.fillRect(0, 0, width, height);
  context.drawImage(bitmap, 0, 0, width, height);
  return rgbFromRgba(width, height, context.getImageData(0, 0, width, height).data);
}

/** Gives the canvas a new size, which also clears it. */
export function resize(canvas: HTMLCanvasElement, { width, height }: { width: number; height: number }): void {
  canvas.width = width;
  canvas.height = height;
}

export function paint(canvas: HTMLCanvasElement, image: RgbImage, top = 0): void {
  contextOf(canvas).putImageData(new ImageData(rgbaFromRgb(image), image.width, image.height), 0, top);
}

export function encodePng(canvas: HTMLCanvasElement): Promise<Blob> {
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) =>
      blob ? resolve(blob) : reject(new PageError('Choose a smaller picture.', 'The browser could not write the PNG.')),
    );
  });
}

/** The page and its tests read the pixels back, so the canvas stays in main memory. */
export function contextOf(canvas: HTMLCanvasElement): CanvasRenderingContext2D {
  return canvas.getContext('2d', { willReadFrequently: true }) as CanvasRenderingContext2D;
}
