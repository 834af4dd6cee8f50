// Decodes PNG and JPEG files where there is no browser to do it.

import { hasPngSignature } from 'fast-png';
import { messageOf } from '../core/errors.js';
import { decodeJpeg } from './decodeJpeg.js';
import { decodePng } from './decodePng.js';
import { makeUpright } from './exif.js';
import type { Picture } from './picture.js';
import { PictureError } from './pictureError.js';
import { readJpegHeader, readPngHeader } from './pictureHeader.js';

/** A small file may announce any size: 400 MB of pixels are the most that one picture gets. */
const MOST_PIXELS = 100e6;

/**
 * The picture in the bytes of a file, upright.
 * @param name The picture in messages.
 * @throws PictureError for bytes that are damaged, or neither PNG nor JPEG, and for more than 100 million pixels.
 */
export async function decodePicture(bytes: Uint8Array, name: string): Promise<Picture> {
  const isPng = hasPngSignature(bytes);
  if (!isPng && !isJpeg(bytes)) throw new PictureError(`${name} is neither a PNG nor a JPEG picture`);
  const { width, height, components, orientation } = isPng ? readPngHeader(bytes) : readJpegHeader(bytes);
  if (width * height > MOST_PIXELS)
    throw new PictureError(`${name} is too large: at most 100 million pixels, received ${width} x ${height}`);
  try {
    return makeUpright(isPng ? decodePng(bytes) : await decodeJpeg(bytes, components), orientation);
  } catch (error) {
    throw new PictureError(`${name} is damaged: ${messageOf(error)}`, { cause: error });
  }
}

function isJpeg(bytes: Uint8Array): boolean {
  return bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff;
}
