// Reads little-endian fields at absolute addresses. Every read must lie in the file, and a budget limits the number of
// reads. The budget stops at trees that lead back into themselves: each field of a sound file is read once or twice, so
// the number of reads stays below the number of bytes.

import { decodeText as decodeUtf8 } from '../../core/text.js';
import { checkFile, fileError } from '../kerasFileError.js';
import { plainBytes } from '../plainBytes.js';

export const WHERE = 'hdf5';
const FREE_READS = 100_000; // so that small files may reuse their structures
const MOST_READS = 1e8; // takes about a second
const BYTES_PER_READ = 64; // a longer field costs several reads

/** The bytes of a file with a budget of reads. */
export class FileBytes {
  readonly length: number;
  readonly bytes: Uint8Array;
  readonly #view: DataView;
  readonly #maxReads: number;
  #left: number;

  constructor(bytes: Uint8Array, maxReads = Math.min(FREE_READS + 4 * bytes.length, MOST_READS)) {
    this.bytes = plainBytes(bytes);
    this.length = bytes.length;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#maxReads = maxReads;
    this.#left = maxReads;
  }

  /** The same file with a new budget, for work that a caller may repeat. */
  withFreshBudget(): FileBytes {
    return new FileBytes(this.bytes, this.#maxReads);
  }

  cursor(at: number, end = this.length): Cursor {
    return new Cursor(this, at, end);
  }

  /**
   * Throws unless `bytes` bytes from `at` on lie before `end`. Takes a read from the budget, or several for a long
   * field.
   */
  claim(at: number, bytes: number, end: number): void {
    const inside = at >= 0 && bytes >= 0 && at + bytes <= end && end <= this.length && Number.isSafeInteger(at);
    if (!inside) throw fileError(WHERE, 'the file is truncated or damaged: a field lies outside', { at, bytes, end });
    this.#left -= 1 + Math.floor(bytes / BYTES_PER_READ);
    if (this.#left < 0) {
      throw fileError(WHERE, 'the structure of the file is too long: it may lead back into itself', {
        reads: this.#maxReads,
      });
    }
  }

  get view(): DataView {
    return this.#view;
  }
}

/** Reads fields one after the other, up to `end`. */
export class Cursor {
  constructor(
    readonly file: FileBytes,
    public at: number,
    readonly end: number,
  ) {}

  get left(): number {
    return this.end - this.at;
  }

  u8(): number {
    return this.file.view.getUint8(this.#next(1));
  }

  u16(): number {
    return this.file.view.getUint16(this.#next(2), true);
  }

  u32(): number {
    return this.file.view.getUint32(this.#next(4), true);
  }

  /** A length or count. No file has one beyond 2^53. */
  u64(): number {
    const value = this.uint(8);
    checkFile(Number.isSafeInteger(value), WHERE, 'a length in the file is beyond all sense', {
      at: this.at - 8,
      value,
    });
    return value;
  }

  /** An unsigned number of 1 to 8 bytes. */
  uint(bytes: number): number {
    const at = this.#next(bytes);
    let value = 0;
    for (let i = bytes - 1; i >= 0; i--) value = value * 256 + this.file.view.getUint8(at + i);
    return value;
  }

  /** An address in the file; undefined for the undefined address, all ones. */
  address(): number | undefined {
    const value = this.uint(8);
    return value >= 2 ** 64 - 2048 ? undefined : value; // a double cannot hold all ones exactly
  }

  /** An address that must be defined. */
  requiredAddress(): number {
    const value = this.address();
    checkFile(value !== undefined, WHERE, 'an address is missing in the file', { at: this.at - 8 });
    return value;
  }

  bytes(length: number): Uint8Array {
    const at = this.#next(length);
    return this.file.bytes.subarray(at, at + length);
  }

  /** UTF-8 or ASCII text of a known length. */
  text(length: number): string {
    return decodeText(this.bytes(length));
  }

  /** A cursor over the next `length` bytes. This cursor continues after them. */
  part(length: number): Cursor {
    const at = this.#next(length);
    return new Cursor(this.file, at, at + length);
  }

  skip(length: number): void {
    this.#next(length);
  }

  /** Throws unless these four letters come next. */
  expectSignature(expected: string): void {
    const at = this.at;
    const found = String.fromCharCode(...this.bytes(4));
    checkFile(found === expected, WHERE, `'${expected}' is expected in the file`, { at, found });
  }

  /** Throws unless the next byte is this version. */
  expectVersion(expected: number, structure: string): void {
    const version = this.u8();
    checkFile(version === expected, WHERE, `unknown version of the ${structure}`, { version, at: this.at - 1 });
  }

  #next(bytes: number): number {
    const { at } = this;
    this.file.claim(at, bytes, this.end);
    this.at = at + bytes;
    return at;
  }
}

/** Decodes UTF-8, which includes ASCII. Throws for any other text. */
export function decodeText(bytes: Uint8Array): string {
  try {
    return decodeUtf8(bytes, { fatal: true, ignoreBOM: true });
  } catch {
    checkFile(false, WHERE, 'a text in the file is not UTF-8', { bytes: bytes.length });
  }
}
