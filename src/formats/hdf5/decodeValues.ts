// Decodes bytes of a file to typed arrays and strings. Aligned little-endian numbers are a view of the file, others are
// copied once; no value goes through a DataView.

import { fileError } from '../kerasFileError.js';
import type { Datatype, NumberKind } from './datatype.js';
import { type Cursor, decodeText, type FileBytes, WHERE } from './fileBytes.js';
import type { GlobalHeap } from './globalHeap.js';
import type { H5Numbers } from './h5Types.js';

type Constructor = new (buffer: ArrayBufferLike, byteOffset: number, length: number) => H5Numbers;

/** The typed array that holds the bits of each kind of number. */
export const STORED_AS: Readonly<Record<NumberKind, Constructor & { readonly BYTES_PER_ELEMENT: number }>> = {
  float16: Uint16Array,
  bfloat16: Uint16Array,
  float32: Float32Array,
  float64: Float64Array,
  int8: Int8Array,
  int16: Int16Array,
  int32: Int32Array,
  int64: BigInt64Array,
  uint8: Uint8Array,
  uint16: Uint16Array,
  uint32: Uint32Array,
  uint64: BigUint64Array,
};

/** The numbers of a datatype; float16 and bfloat16 as Float32Array. */
export function decodeNumbers(
  bytes: Uint8Array,
  { number, size, bigEndian }: Datatype & { kind: 'number' },
): H5Numbers {
  const ordered = bigEndian && size > 1 ? swapBytes(bytes, size) : bytes;
  const numbers = viewAs(ordered, number);
  if (number === 'float16') return float16ToFloat32(numbers as Uint16Array);
  if (number === 'bfloat16') return bfloat16ToFloat32(numbers as Uint16Array);
  return numbers;
}

/** Little-endian bytes as an array of their type, without a copy if they are aligned. */
export function viewAs(bytes: Uint8Array, kind: NumberKind): H5Numbers {
  const Type = STORED_AS[kind];
  const size = Type.BYTES_PER_ELEMENT;
  const aligned = bytes.byteOffset % size === 0 ? bytes : bytes.slice();
  return new Type(aligned.buffer, aligned.byteOffset, aligned.length / size);
}

/** Converts bfloat16, the upper halves of float32 numbers. */
export function bfloat16ToFloat32(halves: Uint16Array): Float32Array {
  const bits = new Uint32Array(halves.length);
  for (let i = 0; i < halves.length; i++) bits[i] = halves[i] << 16;
  return new Float32Array(bits.buffer);
}

let float16Table: Float32Array | undefined;

/** Converts IEEE 754 half precision, with a table of all 65536 values. */
export function float16ToFloat32(halves: Uint16Array): Float32Array {
  float16Table ??= Float32Array.from({ length: 65536 }, (_, bits) => float16Value(bits));
  const table = float16Table;
  const values = new Float32Array(halves.length);
  for (let i = 0; i < halves.length; i++) values[i] = table[halves[i]];
  return values;
}

function float16Value(bits: number): number {
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  const sign = bits & 0x8000 ? -1 : 1;
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1024 + fraction) * 2 ** (exponent - 25);
}

/**
 * Decodes `count` texts of fixed or variable length at `cursor`. Text of variable length is in the global heap of
 * `file`.
 */
export function decodeStrings(
  cursor: Cursor,
  count: number,
  datatype: Datatype,
  heap: GlobalHeap,
  file: FileBytes = cursor.file,
): string[] {
  const strings: string[] = [];
  for (let i = 0; i < count; i++) {
    if (datatype.kind === 'variableString') strings.push(heap.text(file, cursor.part(datatype.size)));
    else if (datatype.kind === 'string') strings.push(fixedString(cursor.bytes(datatype.size), datatype.padding));
    else throw fileError(WHERE, 'text is expected', { found: describe(datatype) });
  }
  return strings;
}

/** The name of a datatype for messages. */
export function describe(datatype: Datatype): string {
  switch (datatype.kind) {
    case 'number':
      return datatype.number;
    case 'other':
      return datatype.name;
    case 'opaque':
      return `${datatype.size} opaque bytes`;
    case 'bool':
      return 'bool';
    case 'string':
    case 'variableString':
      return 'string';
    default:
      return datatype satisfies never;
  }
}

function fixedString(bytes: Uint8Array, padding: 'zeroEnd' | 'zeros' | 'spaces'): string {
  const pad = padding === 'spaces' ? 0x20 : 0;
  let end = padding === 'zeroEnd' ? bytes.indexOf(0) : bytes.length;
  if (end < 0) end = bytes.length;
  while (end > 0 && bytes[end - 1] === pad) end--;
  return decodeText(bytes.subarray(0, end));
}

function swapBytes(bytes: Uint8Array, size: number): Uint8Array {
  const copy = new Uint8Array(bytes.length);
  for (let at = 0; at < bytes.length; at += size) {
    for (let i = 0; i < size; i++) copy[at + i] = bytes[at + size - 1 - i];
  }
  return copy;
}
