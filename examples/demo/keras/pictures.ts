/** The picture on which the model runs. */
import type { Picture } from '../../../src/pictures/picture.js';
import { byId } from '../dom.js';
import { SAMPLE } from '../files.js';
import { decodePicture, MOST_PIXELS, sizeWithin } from '../picture.js';
import { paintPicture } from './results.js';

const canvas = byId('picture', HTMLCanvasElement);
const caption = byId('picture-text', HTMLElement);

let current: Picture | undefined;

export function openedPicture(): Picture | undefined {
  return current;
}

export async function openSamplePicture(): Promise<void> {
  const response = await fetch(SAMPLE.url);
  await openPicture(await response.blob(), SAMPLE.name);
}

/** Opens a picture, and scales it down if it has more pixels than a page can handle. */
export async function openPicture(file: Blob, name: string): Promise<void> {
  const bitmap = await decodePicture(file, name);
  const { width, height } = sizeWithin(bitmap, MOST_PIXELS);
  current = { width, height, data: readPixels(bitmap, width, height) };
  bitmap.close();
  paintPicture(canvas, current);
  caption.textContent = `${name}, ${width} × ${height}`;
}

function readPixels(bitmap: ImageBitmap, width: number, height: number): Uint8ClampedArray {
  const scratch = document.createElement('canvas');
  scratch.width = width;
  scratch.height = height;
  const context = scratch.getContext('2d', { willReadFrequently: true }) as CanvasRenderingContext2D;
  context.imageSmoothingQuality = 'high';
  context.drawImage(bitmap, 0, 0, width, height);
  return context.getImageData(0, 0, width, height).data;
}
