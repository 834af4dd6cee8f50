// Decodes PNG files: 1 to 4 channels or a palette, of any bit depth.
// Source: PNG (W3C, third edition), 11.3.1.1 for the transparent colour of pictures without an opacity of their own.

import { convertIndexedToRgb, type DecodedPng, decode } from 'fast-png';
import type { Picture } from './picture.js';

/** @throws Error for a file that is damaged. */
export function decodePng(bytes: Uint8Array): Picture {
  const png = decode(bytes, { checkCrc: true });
  const { width, height, depth } = png;
  const palette = png.palette ?? (depth < 8 ? greys(depth) : undefined);
  const samples = palette ? convertIndexedToRgb({ ...png, palette }) : png.data;
  const data = rgbaOf(samples, width * height, depth === 16 ? 257 : 1);
  if (png.transparency && !png.palette) clearColour(data, samples, keyOf(png));
  return { width, height, data };
}

function rgbaOf(samples: DecodedPng['data'], pixels: number, divisor: number): Uint8ClampedArray {
  const channels = samples.length / pixels;
  const rgba = new Uint8ClampedArray(pixels * 4).fill(255);
  for (let pixel = 0; pixel < pixels; pixel++) {
    const sample = (c: number) => samples[pixel * channels + c] / divisor;
    for (let c = 0; c < 3; c++) rgba[pixel * 4 + c] = sample(channels < 3 ? 0 : c);
    if (channels % 2 === 0) rgba[pixel * 4 + 3] = sample(channels - 1);
  }
  return rgba;
}

/** The samples of the one colour that is transparent. Grey of few bits has become three channels of 8 bits. */
function keyOf({ transparency, depth }: DecodedPng): number[] {
  const key = Array.from(transparency ?? []);
  return depth < 8 ? greys(depth)[key[0]] : key;
}

function clearColour(rgba: Uint8ClampedArray, samples: DecodedPng['data'], key: readonly number[]): void {
  const channels = (samples.length / rgba.length) * 4;
  for (let pixel = 0; pixel * 4 < rgba.length; pixel++) {
    if (key.every((value, c) => samples[pixel * channels + c] === value)) rgba[pixel * 4 + 3] = 0;
  }
}

/** A palette of greys. fast-png packs grey samples of 1, 2 or 4 bits like indices of a palette. */
function greys(depth: number): number[][] {
  const top = 2 ** depth - 1;
  return Array.from({ length: top + 1 }, (_, level) => Array<number>(3).fill((level * 255) / top));
}
