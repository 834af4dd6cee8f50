// The orientation of a photograph. A camera stores the rows of its sensor, and says in the Exif part of the file how to
// rotate and mirror them.
// Source: Exif 2.32 (CIPA DC-008), 4.6.4 tag 0x0112, in the TIFF 6.0 layout.

import type { Picture } from './picture.js';

/** The orientation that the TIFF part of a file says, 1 to 8 as in Exif; 1, upright, if it does not say, or is damaged. */
export function tiffOrientation(tiff: DataView): number {
  if (tiff.byteLength < 8) return 1;
  const isLittle = tiff.getUint16(0) === 0x4949;
  const directory = tiff.getUint32(4, isLittle);
  if (directory + 2 > tiff.byteLength) return 1;
  const entries = tiff.getUint16(directory, isLittle);
  for (let i = 0; i < entries; i++) {
    const entry = directory + 2 + 12 * i;
    if (entry + 12 > tiff.byteLength) return 1;
    if (tiff.getUint16(entry, isLittle) !== 0x0112) continue;
    const value = tiff.getUint16(entry + 8, isLittle);
    return value >= 1 && value <= 8 ? value : 1;
  }
  return 1;
}

/** Rotates and mirrors a picture of this Exif orientation so that it is upright. */
export function makeUpright(picture: Picture, orientation: number): Picture {
  if (orientation === 1) return picture;
  const { width, height, data } = picture;
  const isTransposed = orientation > 4;
  const [outW, outH] = isTransposed ? [height, width] : [width, height];
  const pixels = new Uint32Array(data.slice().buffer);
  const out = new Uint32Array(pixels.length);
  const flipsX = [2, 3, 7, 8].includes(orientation);
  const flipsY = [3, 4, 6, 7].includes(orientation);
  for (let oy = 0; oy < outH; oy++) {
    for (let ox = 0; ox < outW; ox++) {
      const [x, y] = isTransposed ? [oy, ox] : [ox, oy];
      out[oy * outW + ox] = pixels[(flipsY ? height - 1 - y : y) * width + (flipsX ? width - 1 - x : x)];
    }
  }
  return { width: outW, height: outH, data: new Uint8Array(out.buffer) };
}
