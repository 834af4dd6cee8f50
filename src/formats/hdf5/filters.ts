// Undoes the filters of chunks, the last one first (File Format Specification IV.A.2.l): deflate, shuffle and
// fletcher32, which h5py and h5repack have without plugins.

import { messageOf } from '../../core/errors.js';
import { inflateUpTo } from '../inflate.js';
import { checkFile, fileError } from '../kerasFileError.js';
import { type Cursor, WHERE } from './fileBytes.js';

export interface Filter {
  readonly id: number;
  readonly values: readonly number[];
}

const DEFLATE = 1;
const SHUFFLE = 2;
const FLETCHER32 = 3;
const NAMES: Readonly<Record<number, string>> = {
  4: 'szip',
  5: 'nbit',
  6: 'scale-offset',
  32000: 'lzf',
  32001: 'blosc',
};
const MAX_FILTERS = 32; // H5Z_MAX_NFILTERS
const MAX_DEFLATE_RATIO = 1032; // RFC 1951
const CHECKSUM_BYTES = 4;
const ADLER_BASE = 65521;
const ADLER_RUN = 3800; // bytes before the sums could pass 2^31

export function readFilters(cursor: Cursor): Filter[] {
  const version = cursor.u8();
  const count = cursor.u8();
  checkFile(version === 1 || version === 2, WHERE, 'unknown version of the filters', { version });
  checkFile(count <= MAX_FILTERS, WHERE, `a dataset may have ${MAX_FILTERS} filters at most`, { count });
  if (version === 1) cursor.skip(6);
  return Array.from({ length: count }, () => readFilter(cursor, version));
}

function readFilter(cursor: Cursor, version: number): Filter {
  const id = cursor.u16();
  const nameLength = version === 1 || id >= 256 ? cursor.u16() : 0;
  cursor.skip(2); // flags: whether a writer may leave the filter out
  const count = cursor.u16();
  cursor.skip(version === 1 ? Math.ceil(nameLength / 8) * 8 : nameLength);
  const values = Array.from({ length: count }, () => cursor.u32());
  if (version === 1 && count % 2 === 1) cursor.skip(4);
  return { id, values };
}

/**
 * The bytes of a chunk before its filters, which must be `size` many. Bit i of `mask` says that filter i was left out.
 */
export function undoFilters(
  chunk: Uint8Array,
  filters: readonly Filter[],
  mask: number,
  size: number,
  elementSize: number,
) {
  let bytes = chunk;
  for (let i = filters.length - 1; i >= 0; i--) {
    if (((mask >>> i) & 1) === 0) bytes = undoFilter(bytes, filters[i], size, elementSize);
  }
  checkFile(bytes.length === size, WHERE, 'a chunk must have its full size', { expected: size, bytes: bytes.length });
  return bytes;
}

function undoFilter(bytes: Uint8Array, { id, values }: Filter, size: number, elementSize: number): Uint8Array {
  switch (id) {
    case DEFLATE:
      return inflate(bytes, size);
    case SHUFFLE:
      return unshuffle(bytes, values[0] ?? elementSize);
    case FLETCHER32:
      return checkFletcher32(bytes);
    default:
      throw fileError(WHERE, 'chunks may be filtered with gzip, shuffle and fletcher32 only', {
        filter: NAMES[id] ?? id,
      });
  }
}

function inflate(packed: Uint8Array, size: number): Uint8Array {
  // Each other filter may have added a checksum of four bytes before the compression.
  const limit = size + MAX_FILTERS * CHECKSUM_BYTES;
  checkFile(size <= MAX_DEFLATE_RATIO * packed.length, WHERE, 'no compressed chunk can grow to this size', {
    packed: packed.length,
    size,
  });
  let bytes: Uint8Array;
  try {
    bytes = inflateUpTo(limit, packed, 'zlib');
  } catch (error) {
    throw fileError(WHERE, `a chunk cannot be inflated (${messageOf(error)})`, { bytes: packed.length }, error);
  }
  checkFile(bytes.length <= limit, WHERE, 'a chunk is larger than it says', { size });
  const view = new DataView(packed.buffer, packed.byteOffset, packed.byteLength);
  const holds = packed.length >= 6 && view.getUint32(packed.length - 4) === adler32(bytes);
  checkFile(holds, WHERE, 'the checksum of a compressed chunk must hold', { bytes: packed.length });
  return bytes;
}

/** The checksum of zlib (RFC 1950), which fflate does not check. */
function adler32(bytes: Uint8Array): number {
  let a = 1;
  let b = 0;
  for (let at = 0; at < bytes.length; ) {
    for (const end = Math.min(at + ADLER_RUN, bytes.length); at < end; at++) {
      a += bytes[at];
      b += a;
    }
    a %= ADLER_BASE;
    b %= ADLER_BASE;
  }
  return ((b << 16) | a) >>> 0;
}

/**
 * Undoes the shuffle, which wrote the first bytes of all elements, then the second bytes, … A partial element stays as
 * it is.
 */
function unshuffle(bytes: Uint8Array, elementSize: number): Uint8Array {
  checkFile(elementSize > 0, WHERE, 'shuffled elements must have a size', { elementSize });
  const count = Math.floor(bytes.length / elementSize);
  if (count <= 1 || elementSize === 1) return bytes;
  const elements = bytes.slice();
  for (let byte = 0, from = 0; byte < elementSize; byte++) {
    for (let i = 0, to = byte; i < count; i++, to += elementSize) elements[to] = bytes[from++];
  }
  return elements;
}

/**
 * Checks and removes the checksum: two sums of big-endian 16-bit words modulo 65535, stored little-endian at the end.
 */
function checkFletcher32(bytes: Uint8Array): Uint8Array {
  const length = bytes.length - CHECKSUM_BYTES;
  checkFile(length >= 0, WHERE, 'a chunk is too short for its checksum', { bytes: bytes.length });
  let sum1 = 0;
  let sum2 = 0;
  for (let at = 0; at < length; at += 2) {
    sum1 = (sum1 + ((bytes[at] << 8) | (at + 1 < length ? bytes[at + 1] : 0))) % 65535;
    sum2 = (sum2 + sum1) % 65535;
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset + length, CHECKSUM_BYTES);
  const holds = view.getUint16(0, true) % 65535 === sum1 && view.getUint16(2, true) % 65535 === sum2;
  checkFile(holds, WHERE, 'the checksum of a chunk must hold', { sum1, sum2 });
  return bytes.subarray(0, length);
}
