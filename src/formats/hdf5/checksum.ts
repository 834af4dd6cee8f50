// The checksum of the newer HDF5 structures: Bob Jenkins's lookup3 (`hashlittle`),
// https://burtleburtle.net/bob/c/lookup3.c, with the initial value 0 (HDF5 File Format Specification 3.0, IV.A and
// III.A.2).

import { checkFile } from '../kerasFileError.js';
import { type FileBytes, WHERE } from './fileBytes.js';

/** Throws unless the four bytes at `end` are the checksum of the bytes from `start` to `end`. */
export function verifyChecksum(file: FileBytes, start: number, end: number, structure: string): void {
  const stored = file.cursor(end).u32();
  file.claim(start, end - start, file.length);
  checkFile(lookup3(file.bytes.subarray(start, end)) === stored, WHERE, `the checksum of the ${structure} must hold`, {
    at: start,
  });
}

/** The checksum as an unsigned 32-bit number. */
export function lookup3(bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let a = (0xdeadbeef + bytes.length) | 0;
  let b = a;
  let c = a;
  let at = 0;
  for (; bytes.length - at > 12; at += 12) {
    a = (a + view.getInt32(at, true)) | 0;
    b = (b + view.getInt32(at + 4, true)) | 0;
    c = (c + view.getInt32(at + 8, true)) | 0;
    a = ((a - c) ^ rotate(c, 4)) | 0;
    c = (c + b) | 0;
    b = ((b - a) ^ rotate(a, 6)) | 0;
    a = (a + c) | 0;
    c = ((c - b) ^ rotate(b, 8)) | 0;
    b = (b + a) | 0;
    a = ((a - c) ^ rotate(c, 16)) | 0;
    c = (c + b) | 0;
    b = ((b - a) ^ rotate(a, 19)) | 0;
    a = (a + c) | 0;
    c = ((c - b) ^ rotate(b, 4)) | 0;
    b = (b + a) | 0;
  }
  if (at === bytes.length) return c >>> 0;
  const tail = new Uint8Array(12);
  tail.set(bytes.subarray(at));
  const rest = new DataView(tail.buffer);
  a = (a + rest.getInt32(0, true)) | 0;
  b = (b + rest.getInt32(4, true)) | 0;
  c = (c + rest.getInt32(8, true)) | 0;
  c = ((c ^ b) - rotate(b, 14)) | 0;
  a = ((a ^ c) - rotate(c, 11)) | 0;
  b = ((b ^ a) - rotate(a, 25)) | 0;
  c = ((c ^ b) - rotate(b, 16)) | 0;
  a = ((a ^ c) - rotate(c, 4)) | 0;
  b = ((b ^ a) - rotate(a, 14)) | 0;
  c = ((c ^ b) - rotate(b, 24)) | 0;
  return c >>> 0;
}

function rotate(value: number, bits: number): number {
  return (value << bits) | (value >>> (32 - bits));
}
