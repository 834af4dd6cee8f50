// Attributes of groups and datasets (File Format Specification IV.A.2.m and IV.A.2.v). They are messages in the header
// or, if they are many or large, in a fractal heap. Names are read at once, values on request.

import { checkFile, fileError } from '../kerasFileError.js';
import { readRecords } from './btree2.js';
import { type Dataspace, type Datatype, readDataspace, readDatatype } from './datatype.js';
import { decodeNumbers, decodeStrings, describe } from './decodeValues.js';
import { type Cursor, decodeText, type FileBytes, WHERE } from './fileBytes.js';
import { openHeap } from './fractalHeap.js';
import type { GlobalHeap } from './globalHeap.js';
import type { H5Attributes, H5Dataset, H5Group, H5Value } from './h5Types.js';
import { findMessage, MESSAGE, type Message, openMessage, openShared } from './objectHeader.js';

const NAME_RECORDS = 8; // B-tree of attributes by name: heap id, flags, order, hash
const SHARED_DATATYPE = 1;
const SHARED_DATASPACE = 2;

interface Attribute {
  readonly name: string;
  value(): H5Value;
}

/** The attributes of the group or dataset that has these messages. */
export function readAttributes(file: FileBytes, messages: readonly Message[], heap: GlobalHeap): H5Attributes {
  const attributes = new Map<string, Attribute>();
  const values = new Map<string, H5Value>();
  const add = (cursor: Cursor) => {
    const attribute = readAttribute(cursor, heap);
    const { name } = attribute;
    checkFile(!attributes.has(name), WHERE, 'two attributes must not have the same name', { name });
    attributes.set(name, attribute);
  };
  for (const message of messages) {
    if (message.type === MESSAGE.attribute) add(openMessage(file, message));
  }
  const info = findMessage(file, messages, MESSAGE.attributeInfo);
  if (info) readDense(info, add);
  return {
    names: [...attributes.keys()],
    has: (name) => attributes.has(name),
    get(name) {
      const attribute = attributes.get(name);
      if (!attribute) return undefined;
      if (!values.has(name)) values.set(name, attribute.value());
      return values.get(name);
    },
  };
}

/**
 * Reads a list of names such as `layer_names`; null if there is no such attribute. Keras splits a list above 64512
 * bytes into `layer_names0`, `layer_names1`, …, and stores an empty list as numbers.
 */
export function readStringList({ attributes, path }: H5Group | H5Dataset, name: string): string[] | null {
  const parts: string[] = [];
  if (attributes.has(name)) return stringsOf(attributes.get(name), path, name);
  let part = 0;
  for (; attributes.has(`${name}${part}`); part++)
    for (const text of stringsOf(attributes.get(`${name}${part}`), path, name)) parts.push(text);
  return part > 0 ? parts : null;
}

function stringsOf(value: H5Value | undefined, path: string, name: string): string[] {
  const list = Array.isArray(value) ? value : typeof value === 'string' ? [value] : null;
  const isText = list !== null && (list as unknown[]).every((item) => typeof item === 'string');
  checkFile(isText, WHERE, 'this attribute must be a list of strings', { path, name });
  return list as string[];
}

/** Reads attributes in a fractal heap (IV.A.2.v). */
function readDense(info: Cursor, add: (cursor: Cursor) => void): void {
  const { file } = info;
  info.expectVersion(0, 'attribute info');
  const flags = info.u8();
  if (flags & 1) info.skip(2); // largest creation index
  const heapAddress = info.address();
  const names = info.address();
  if (heapAddress === undefined || names === undefined) return;
  const heap = openHeap(file, heapAddress);
  for (const record of readRecords(file, names, NAME_RECORDS)) {
    const id = record.part(8);
    checkFile((record.u8() & 2) === 0, WHERE, 'shared attributes are not supported', { at: id.at });
    add(heap.find(id));
  }
}

/** Reads an attribute message (IV.A.2.m). */
function readAttribute(cursor: Cursor, heap: GlobalHeap): Attribute {
  const version = cursor.u8();
  checkFile(version >= 1 && version <= 3, WHERE, 'unknown version of an attribute', { version });
  const flags = version === 1 ? cursor.u8() & 0 : cursor.u8();
  const sizes = [cursor.u16(), cursor.u16(), cursor.u16()];
  if (version === 3) cursor.skip(1); // character set of the name
  const [nameBytes, datatype, dataspace] = sizes.map((size) => {
    const part = cursor.part(size);
    if (version === 1) cursor.skip((8 - (size % 8)) % 8);
    return part;
  });
  const name = readZeroTerminated(nameBytes);
  return {
    name,
    value() {
      // New cursors, since a caller may try again after a failure.
      const type = readDatatype(restart(datatype, flags & SHARED_DATATYPE, MESSAGE.datatype));
      const space = readDataspace(restart(dataspace, flags & SHARED_DATASPACE, MESSAGE.dataspace));
      return decodeValue(cursor.file.cursor(cursor.at, cursor.end), type, space, name, heap);
    },
  };
}

function restart({ file, at, end }: Cursor, isShared: number, type: number): Cursor {
  const cursor = file.cursor(at, end);
  return isShared ? openShared(cursor, type) : cursor;
}

function decodeValue(
  cursor: Cursor,
  type: Datatype,
  { shape, count }: Dataspace,
  name: string,
  heap: GlobalHeap,
): H5Value {
  if (shape === null) return null;
  const values = decodeList(cursor, type, count, name, heap);
  return shape.length === 0 ? values[0] : values;
}

function decodeList(cursor: Cursor, type: Datatype, count: number, name: string, heap: GlobalHeap) {
  switch (type.kind) {
    case 'string':
    case 'variableString':
      return decodeStrings(cursor, count, type, heap);
    case 'bool':
      return Array.from(cursor.bytes(count), (byte) => byte !== 0);
    case 'number':
      return Array.from(decodeNumbers(cursor.bytes(count * type.size), type) as ArrayLike<number | bigint>, safeNumber);
    case 'opaque':
    case 'other':
      throw fileError(WHERE, 'an attribute of this type cannot be read', { name, type: describe(type) });
    default:
      return type satisfies never;
  }
}

function safeNumber(value: number | bigint): number {
  const number = Number(value);
  checkFile(
    typeof value === 'number' || Number.isSafeInteger(number),
    WHERE,
    'an integer of an attribute is beyond 2^53',
    {
      value: String(value),
    },
  );
  return number;
}

function readZeroTerminated(cursor: Cursor): string {
  const bytes = cursor.bytes(cursor.left);
  const end = bytes.indexOf(0);
  return decodeText(end < 0 ? bytes : bytes.subarray(0, end));
}
