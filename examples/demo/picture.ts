/** Pictures in the page: from files to bytes and from bytes to canvases. */
import { type RgbImage, rgbaFromRgb, rgbFromRgba } from '../upscale/image.js';

/** More input pixels than this take long enough that the visitor is asked first. */
export const COMFORTABLE_PIXELS = 512 * 512;

/** More than this is only run scaled down: the result would have four times as many, and canvases have limits. */
export const MOST_PIXELS = 2048 * 2048;

export async function decodePicture(file: Blob, name: string): Promise<ImageBitmap> {
  try {
    return await createImageBitmap(file);
  } catch {
    throw new Error(`${name} is not a picture that this browser can read. Try a PNG, JPEG or WebP file.`);
  }
}

/** The largest size of the same shape with at most so many pixels; never larger than the picture. */
export function sizeWithin({ width, height }: ImageBitmap, pixels: number): { width: number; height: number } {
  const scale = Math.min(1, Math.sqrt(pixels / (width * height)));
  return { width: Math.max(1, Math.floor(width * scale)), height: Math.max(1, Math.floor(height * scale)) };
}

export function rgbFromBitmap(bitmap: ImageBitmap, { width, height }: { width: number; height: number }): RgbImage {
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

export function paint(canvas: HTMLCanvasElement, image: RgbImage, left = 0, top = 0): void {
  contextOf(canvas).putImageData(new ImageData(rgbaFromRgb(image), image.width, image.height), left, top);
}

export function pngOf(canvas: HTMLCanvasElement): Promise<Blob> {
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error('The browser could not write the PNG.'))));
  });
}

/** Read back by the page and its tests, so it stays in main memory. */
function contextOf(canvas: HTMLCanvasElement): CanvasRenderingContext2D {
  return canvas.getContext('2d', { willReadFrequently: true }) as CanvasRenderingContext2D;
}
