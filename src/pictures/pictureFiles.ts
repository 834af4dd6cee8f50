// Reads PNG and JPEG files, and writes PNG. Every error names the file.

import { readFile } from 'node:fs/promises';
import { encode } from 'fast-png';
import { fileProblem } from '../core/errors.js';
import { decodePicture } from './decodePicture.js';
import type { Picture } from './picture.js';
import { PictureError } from './pictureError.js';

/**
 * Reads a picture, upright.
 * @throws PictureError for a file that is missing, damaged, or neither PNG nor JPEG.
 */
export async function readPicture(path: string): Promise<Picture> {
  const bytes = await readFile(path).catch((error: unknown) => {
    throw new PictureError(`cannot read the picture '${path}': ${fileProblem(error)}`, { cause: error });
  });
  return decodePicture(bytes, `'${path}'`);
}

/** The bytes of a PNG file. */
export function encodePng({ width, height, data }: Picture): Uint8Array {
  return encode({ width, height, data, channels: 4, depth: 8 });
}
