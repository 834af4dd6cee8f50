// Reads the global heap, which stores text of variable length (File Format Specification III.E): collections of
// numbered objects.

import { checkFile } from '../kerasFileError.js';
import { type Cursor, decodeText, type FileBytes, WHERE } from './fileBytes.js';

const HEADER_BYTES = 16;

/** The collections of a file by address. Each is indexed once. */
export class GlobalHeap {
  readonly #collections = new Map<number, Map<number, Uint8Array>>();

  /**
   * The text of an element of variable length: its length, the address of its collection, the number of its object
   * (VI.B).
   */
  text(file: FileBytes, element: Cursor): string {
    const length = element.u32();
    const address = element.address();
    const index = element.u32();
    if (length === 0 || address === undefined || address === 0) return '';
    const object = this.#collection(file, address).get(index);
    const rule = 'a text must be in the global heap in full length';
    checkFile(object !== undefined && object.length >= length, WHERE, rule, { address, index, length });
    file.claim(object.byteOffset - file.bytes.byteOffset, length, file.length);
    // A C string may be stored with its terminating zero.
    const end = object.subarray(0, length).indexOf(0);
    return decodeText(object.subarray(0, end < 0 ? length : end));
  }

  #collection(file: FileBytes, address: number): Map<number, Uint8Array> {
    const known = this.#collections.get(address);
    if (known) return known;
    const header = file.cursor(address);
    header.expectSignature('GCOL');
    header.expectVersion(1, 'global heap');
    header.skip(3);
    const size = header.u64();
    checkFile(size >= HEADER_BYTES, WHERE, 'a collection of the global heap must have a sensible size', { size });
    const objects = new Map<number, Uint8Array>();
    const body = header.part(size - HEADER_BYTES);
    while (body.left >= HEADER_BYTES) {
      const index = body.u16();
      body.skip(2 + 4); // reference count, reserved
      const length = body.u64();
      if (index === 0) break; // the rest is free space
      objects.set(index, body.bytes(length));
      body.skip(Math.min((8 - (length % 8)) % 8, body.left));
    }
    this.#collections.set(address, objects);
    return objects;
  }
}
