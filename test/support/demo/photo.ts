import { fileURLToPath } from 'node:url';
import { encode } from 'fast-png';
import type { RgbImage } from '../../../examples/upscale/image.js';
import { readPng } from '../../../examples/upscale/png.js';

export const repository = fileURLToPath(new URL('../../../', import.meta.url));

/** The photograph of the examples. */
export function photo(): Promise<RgbImage> {
  return readPng(`${repository}examples/photo/chelsea.png`);
}

export function pngOf({ width, height, data }: RgbImage): Buffer {
  return Buffer.from(encode({ width, height, data, channels: 3, depth: 8 }));
}
