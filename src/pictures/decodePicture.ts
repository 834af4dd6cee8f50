// Decodes PNG and JPEG files where there is no browser to do it.

import { convertIndexedToRgb, type DecodedPng, decode, hasPngSignature } from 'fast-png';
import jpeg from 'jpeg-js';
import { messageOf } from '../core/errors.js';
import { makeUpright, orientationOf } from './exif.js';
import type { Picture } from './picture.js';
import { PictureError } from './pictureError.js';

/**
 * The picture in the bytes of a file, upright.
 * @param name The picture in messages.
 * @throws PictureError for bytes that are damaged, or neither PNG nor JPEG.
 */
export function decodePicture(bytes: Uint8Array, name: string): Picture {
  const decoder = hasPngSignature(bytes) ? fromPng : isJpeg(bytes) ? fromJpeg : null;
  if (decoder === null) throw new PictureError(`${name} is neither a PNG nor a JPEG picture`);
  try {
    return decoder(bytes);
  } catch (error) {
    throw new PictureError(`${name} is damaged: ${messageOf(error)}`, { cause: error });
  }
}

function isJpeg(bytes: Uint8Array): boolean {
  return bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff;
}

function fromJpeg(bytes: Uint8Array): Picture {
  const { width, height, data } = jpeg.decode(bytes, { useTArray: true, maxMemoryUsageInMB: 2048 });
  return makeUpright({ width, height, data }, orientationOf(bytes));
}

/** Decodes a PNG with 1 to 4 channels or a palette, of any bit depth. */
function fromPng(bytes: Uint8Array): Picture {
  const png = decode(bytes, { checkCrc: true });
  const { width, height, depth } = png;
  const palette = png.palette ?? (depth < 8 ? greys(depth) : undefined);
  const samples = palette ? convertIndexedToRgb({ ...png, palette }) : png.data;
  return { width, height, data: rgbaOf(samples, width * height, depth === 16 ? 257 : 1) };
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

/** A palette of greys. fast-png packs grey samples of 1, 2 or 4 bits like indices of a palette. */
function greys(depth: number): number[][] {
  const top = 2 ** depth - 1;
  return Array.from({ length: top + 1 }, (_, level) => Array<number>(3).fill((level * 255) / top));
}
