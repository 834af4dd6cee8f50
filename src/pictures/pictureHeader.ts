// What a picture's file says before its pixels: size, channels and orientation.
// Sources: JPEG (ITU-T T.81, B.1 and B.2), PNG (W3C, third edition, 5.2 and 11.3.4.5).

import { tiffOrientation } from './exif.js';

export interface PictureHeader {
  readonly width: number;
  readonly height: number;
  /** Components of a JPEG: 1 grey, 3 colours, 4 inks. 0 for a PNG, whose decoder tells. */
  readonly components: number;
  /** 1 to 8 as in Exif; 1, upright, if the file does not say. */
  readonly orientation: number;
}

/** The header of a JPEG file. Zeros for what a file that ends early does not say: its decoder will report that. */
export function readJpegHeader(bytes: Uint8Array): PictureHeader {
  const header = { width: 0, height: 0, components: 0, orientation: 1 };
  for (const { marker, view } of jpegSegments(bytes)) {
    if (marker === 0xe1 && view.byteLength > 6 && view.getUint32(0) === ascii('Exif'))
      header.orientation = tiffOrientation(part(view, 6));
    if (isFrame(marker) && view.byteLength >= 6)
      Object.assign(header, { height: view.getUint16(1), width: view.getUint16(3), components: view.getUint8(5) });
  }
  return header;
}

/** SOF0 to SOF15; the three in between are tables and an extension. */
function isFrame(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
}

function* jpegSegments(bytes: Uint8Array): Generator<{ marker: number; view: DataView }> {
  const file = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 2;
  while (at + 4 <= file.byteLength && file.getUint8(at) === 0xff) {
    const marker = file.getUint8(at + 1);
    if (marker === 0xda) return; // the pixels begin
    if (marker === 0xff)
      at += 1; // a byte that fills up
    else if (marker === 0x01 || (marker >= 0xd0 && marker <= 0xd7))
      at += 2; // it stands alone
    else {
      const length = file.getUint16(at + 2);
      if (length < 2 || at + 2 + length > file.byteLength) return;
      yield { marker, view: part(file, at + 4, length - 2) };
      at += 2 + length;
    }
  }
}

/** The header of a PNG file, whose first chunk has the size. */
export function readPngHeader(bytes: Uint8Array): PictureHeader {
  const header = { width: 0, height: 0, components: 0, orientation: 1 };
  for (const { type, view } of pngChunks(bytes)) {
    if (type === ascii('IHDR') && view.byteLength >= 8)
      Object.assign(header, { width: view.getUint32(0), height: view.getUint32(4) });
    if (type === ascii('eXIf')) header.orientation = tiffOrientation(view);
  }
  return header;
}

function* pngChunks(bytes: Uint8Array): Generator<{ type: number; view: DataView }> {
  const file = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 8; at + 12 <= file.byteLength; ) {
    const length = file.getUint32(at);
    if (at + 12 + length > file.byteLength) return;
    yield { type: file.getUint32(at + 4), view: part(file, at + 8, length) };
    at += 12 + length;
  }
}

function part(view: DataView, offset: number, length = view.byteLength - offset): DataView {
  return new DataView(view.buffer, view.byteOffset + offset, length);
}

/** Four letters as the number that they are in a file. */
function ascii(letters: string): number {
  return [...letters].reduce((number, letter) => number * 256 + letter.charCodeAt(0), 0);
}
