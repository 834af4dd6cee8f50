// Collects the little-endian fields of structures, and the structures of a file.

import type { Bytes } from '../../core/bytes.js';
import { checkFile } from '../kerasFileError.js';

export const NOWHERE = -1; // the undefined address, written as all ones
const LARGEST_FILE = 2 ** 32;

/** Appends fields one after the other. */
export class Fields {
  readonly #bytes: number[] = [];

  get length(): number {
    return this.#bytes.length;
  }

  u8(...values: readonly number[]): this {
    for (const value of values) this.#bytes.push(value & 255);
    return this;
  }

  u16(value: number): this {
    return this.u8(value, value >>> 8);
  }

  u32(value: number): this {
    return this.u16(value).u16(value >>> 16);
  }

  /** Appends a length or an address. */
  u64(value: number): this {
    if (value === NOWHERE) return this.u32(0xffffffff).u32(0xffffffff);
    return this.u32(value % 2 ** 32).u32(Math.floor(value / 2 ** 32));
  }

  text(letters: string): this {
    for (const letter of letters) this.#bytes.push(letter.charCodeAt(0));
    return this;
  }

  raw(bytes: ArrayLike<number>): this {
    for (let i = 0; i < bytes.length; i++) this.#bytes.push(bytes[i]);
    return this;
  }

  done(): Uint8Array {
    return Uint8Array.from(this.#bytes);
  }
}

/** Collects the parts of a file at their addresses, and copies them into one array at the end. */
export class Output {
  readonly #parts: [number, Uint8Array][] = [];
  #end: number;

  /** The `reserved` bytes at the beginning are given to `finish`. */
  constructor(reserved: number) {
    this.#end = reserved;
  }

  /** Adds a part at the next multiple of eight and gives its address. */
  add(bytes: Uint8Array): number {
    const address = this.next;
    this.#parts.push([address, bytes]);
    this.#end = address + bytes.length;
    return address;
  }

  /** The address that the next part gets. */
  get next(): number {
    return Math.ceil(this.#end / 8) * 8;
  }

  get end(): number {
    return this.#end;
  }

  finish(start: Uint8Array): Bytes {
    checkFile(this.#end <= LARGEST_FILE, 'writeHdf5', 'a file may have 4 GiB at most', { bytes: this.#end });
    const file = new Uint8Array(this.#end);
    file.set(start);
    for (const [address, bytes] of this.#parts) file.set(bytes, address);
    return file;
  }
}
