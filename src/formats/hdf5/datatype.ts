// Reads datatypes (File Format Specification IV.A.2.d) and dataspaces (IV.A.2.b).

import { checkFile, fileError } from '../kerasFileError.js';
import { type Cursor, WHERE } from './fileBytes.js';

export type NumberKind = 'float16' | 'bfloat16' | 'float32' | 'float64' | `${'int' | 'uint'}${8 | 16 | 32 | 64}`;

export type Datatype = { readonly size: number } & (
  | { readonly kind: 'number'; readonly number: NumberKind; readonly bigEndian: boolean }
  | { readonly kind: 'bool' }
  | { readonly kind: 'string'; readonly padding: 'zeroEnd' | 'zeros' | 'spaces' }
  | { readonly kind: 'variableString' }
  | { readonly kind: 'opaque' }
  /** A type whose values are not read; `name` is for messages. */
  | { readonly kind: 'other'; readonly name: string }
);

export interface Dataspace {
  /** Null for the empty dataspace, which has no elements. */
  readonly shape: readonly number[] | null;
  readonly count: number;
}

const MAX_RANK = 32; // H5S_MAX_RANK
const VARIABLE_BYTES = 16; // length, address, index (VI.B)
const PADDINGS = ['zeroEnd', 'zeros', 'spaces'] as const;

/**
 * The floating point types by bytes, bits of the exponent and bits of the fraction. No other type may pass for one of
 * them.
 */
const FLOATS: Readonly<Record<string, NumberKind>> = {
  '2:5,10': 'float16',
  '2:8,7': 'bfloat16',
  '4:8,23': 'float32',
  '8:11,52': 'float64',
};

export function readDatatype(cursor: Cursor): Datatype {
  const classAndVersion = cursor.u8();
  const version = classAndVersion >> 4;
  checkFile(version >= 1 && version <= 5, WHERE, 'unknown version of a datatype', { version, at: cursor.at - 1 });
  const bits = cursor.uint(3);
  const size = cursor.u32();
  checkFile(size > 0, WHERE, 'a datatype must have a size', { at: cursor.at - 4 });
  switch (classAndVersion & 15) {
    case 0:
      return readInteger(cursor, bits, size);
    case 1:
      return readFloat(cursor, bits, size);
    case 3:
      return { kind: 'string', size, padding: lookUp(PADDINGS, bits & 15, 'padding of text') };
    case 5:
      return { kind: 'opaque', size };
    case 8:
      return readEnum(cursor, bits, size, version);
    case 9:
      if ((bits & 15) !== 1) return { kind: 'other', size, name: 'lists of variable length' };
      checkFile(size === VARIABLE_BYTES, WHERE, 'text of variable length must take 16 bytes', { size });
      return { kind: 'variableString', size };
    default:
      return { kind: 'other', size, name: otherName(classAndVersion & 15) };
  }
}

/**
 * Reads the shape and the number of elements. A number beyond 2^53 is refused here; the caller checks smaller limits.
 */
export function readDataspace(cursor: Cursor): Dataspace {
  const version = cursor.u8();
  const rank = cursor.u8();
  cursor.skip(1); // flags: largest sizes may follow
  checkFile(version === 1 || version === 2, WHERE, 'unknown version of a dataspace', { version });
  checkFile(rank <= MAX_RANK, WHERE, `a dataset may have ${MAX_RANK} dimensions at most`, { rank });
  let isEmpty = false;
  if (version === 1) cursor.skip(5);
  else isEmpty = cursor.u8() === 2;
  if (isEmpty) return { shape: null, count: 0 };
  const shape = Array.from({ length: rank }, () => cursor.u64());
  const count = shape.reduce((product, size) => product * size, 1);
  const elements = shape.reduce((product, size) => product * Math.max(size, 1), 1);
  checkFile(Number.isSafeInteger(elements), WHERE, 'a dataset has too many elements', { shape });
  return { shape, count };
}

function readInteger(cursor: Cursor, bits: number, size: number): Datatype {
  const isWhole = cursor.u16() === 0 && cursor.u16() === 8 * size;
  if (!isWhole || (size !== 1 && size !== 2 && size !== 4 && size !== 8))
    return { kind: 'other', size, name: 'an odd integer' };
  const width = (8 * size) as 8 | 16 | 32 | 64;
  return { kind: 'number', number: `${bits & 8 ? 'int' : 'uint'}${width}`, size, bigEndian: (bits & 1) !== 0 };
}

function readFloat(cursor: Cursor, bits: number, size: number): Datatype {
  const bitOffset = cursor.u16();
  const precision = cursor.u16();
  cursor.skip(1); // position of the exponent
  const exponent = cursor.u8();
  const fractionAt = cursor.u8();
  const fraction = cursor.u8();
  const bias = cursor.u32();
  const number = FLOATS[`${size}:${exponent},${fraction}`];
  const isVax = (bits & 0x40) !== 0;
  const isPlain = bitOffset === 0 && fractionAt === 0 && precision === 8 * size && bias === 2 ** (exponent - 1) - 1;
  if (number === undefined || isVax || !isPlain) return { kind: 'other', size, name: 'an odd floating point number' };
  return { kind: 'number', number, size, bigEndian: (bits & 1) !== 0 };
}

/**
 * Reads an enumeration. One of one byte with the members FALSE and TRUE is h5py's bool; any other counts as its
 * numbers.
 */
function readEnum(cursor: Cursor, bits: number, size: number, version: number): Datatype {
  const count = bits & 0xffff;
  const base = readDatatype(cursor);
  checkFile(base.kind === 'number' && base.size === size, WHERE, 'an enumeration must be of integers', { size });
  if (count !== 2 || size !== 1) return base;
  const names: string[] = [];
  for (let i = 0; i < count; i++) names.push(readMemberName(cursor, version));
  const values = [cursor.u8(), cursor.u8()];
  const isBool = names.join() === 'FALSE,TRUE' && values.join() === '0,1';
  return isBool ? { kind: 'bool', size } : base;
}

function readMemberName(cursor: Cursor, version: number): string {
  const start = cursor.at;
  while (cursor.u8() !== 0);
  const length = cursor.at - start;
  const name = cursor.file.cursor(start, cursor.end).text(length - 1);
  if (version < 3) cursor.skip((8 - (length % 8)) % 8);
  return name;
}

function otherName(datatypeClass: number): string {
  const names: Readonly<Record<number, string>> = {
    2: 'times',
    4: 'bit fields',
    6: 'compounds',
    7: 'references',
    10: 'arrays',
    11: 'complex numbers',
  };
  const name = names[datatypeClass];
  if (name === undefined) throw fileError(WHERE, 'unknown class of datatype', { class: datatypeClass });
  return name;
}

function lookUp<Item>(items: readonly Item[], index: number, name: string): Item {
  checkFile(index < items.length, WHERE, `unknown ${name}`, { index });
  return items[index];
}
