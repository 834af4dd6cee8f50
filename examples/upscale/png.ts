/** Reads and writes PNG files, in Node. Every error names the file. */
import { readFile, writeFile } from 'node:fs/promises';
import { extname } from 'node:path';
import { convertIndexedToRgb, type DecodedPng, decode, encode, hasPngSignature } from 'fast-png';
import { type RgbImage, rgbFromRgba } from './image.js';

export async function readPng(path: string): Promise<RgbImage> {
  const bytes = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    throw new Error(`readPng: the image must be a readable file; received image=${path} (${reasonOf(error)})`);
  });
  if (!hasPngSignature(bytes)) {
    const kind = extname(path).toLowerCase() === '.png' ? 'not PNG data' : 'not a PNG file';
    throw new Error(
      `readPng: only PNG pictures are read here; received image=${path} (${kind}). ` +
        'The web page (npm run demo) takes every format that the browser knows.',
    );
  }
  try {
    return rgbFromPng(decode(bytes));
  } catch (error) {
    throw new Error(
      `readPng: the PNG file must be intact; received image=${path} (${(error as Error).message.replace(/:$/, '')})`,
    );
  }
}

export async function writePng(path: string, { width, height, data }: RgbImage): Promise<void> {
  await writeFile(path, encode({ width, height, data, channels: 3, depth: 8 }));
}

/** Converts 1 to 4 channels or a palette, of any bit depth, to 8-bit RGB, and blends transparent pixels with white. */
function rgbFromPng(png: DecodedPng): RgbImage {
  const { width, height, depth } = png;
  const palette = png.palette ?? (depth < 8 ? greys(depth) : undefined);
  const samples = palette ? convertIndexedToRgb({ ...png, palette }) : png.data;
  const channels = samples.length / (width * height);
  const top = depth === 16 ? 65535 : 255;

  const rgba = new Uint8ClampedArray(width * height * 4).fill(255);
  const hasAlpha = channels === 2 || channels === 4;
  for (let pixel = 0; pixel < width * height; pixel++) {
    const sample = (c: number) => ((samples[pixel * channels + c] as number) * 255) / top;
    for (let c = 0; c < 3; c++) rgba[pixel * 4 + c] = sample(channels < 3 ? 0 : c);
    if (hasAlpha) rgba[pixel * 4 + 3] = sample(channels - 1);
  }
  return rgbFromRgba(width, height, rgba);
}

/** A palette of greys. fast-png packs grey samples of 1, 2 or 4 bits like indices of a palette. */
function greys(depth: number): number[][] {
  const top = 2 ** depth - 1;
  return Array.from({ length: top + 1 }, (_, level) => Array<number>(3).fill((level * 255) / top));
}

function reasonOf({ code, message }: NodeJS.ErrnoException): string {
  switch (code) {
    case 'ENOENT':
      return 'no such file';
    case 'EISDIR':
      return 'a folder';
    case 'EACCES':
      return 'permission denied';
    default:
      return message;
  }
}
