// Writes text of variable length into collections of the global heap, each text once (File Format Specification III.E).
// The heap comes before all other parts of a file, since attributes refer to their texts by address.

import { encodeText } from '../../core/text.js';
import { Fields, type Output } from './writeFields.js';

const HEADER_BYTES = 16;
const SMALLEST_COLLECTION = 4096; // H5HG_MINSIZE
const FULL = 65_536; // bytes after which a new collection begins
const MOST_OBJECTS = 60_000; // an index has 16 bits

interface TextReference {
  readonly length: number;
  readonly address: number;
  readonly index: number;
}

/** Writes all texts. `element` gives the reference that stands for a text in an attribute. */
export function writeStrings(texts: ReadonlySet<string>, output: Output): { element(text: string): Uint8Array } {
  const references = new Map<string, TextReference>();
  let objects: Uint8Array[] = [];
  let bytes = HEADER_BYTES;
  const flush = () => {
    if (objects.length > 0) output.add(collection(objects, bytes));
    objects = [];
    bytes = HEADER_BYTES;
  };
  for (const text of texts) {
    const encoded = encodeText(text);
    if (bytes > FULL || objects.length >= MOST_OBJECTS) flush();
    objects.push(encoded);
    bytes += HEADER_BYTES + padded(encoded.length);
    references.set(text, { length: encoded.length, address: output.next, index: objects.length });
  }
  flush();
  return {
    element(text) {
      const { length, address, index } = references.get(text) ?? { length: 0, address: 0, index: 0 };
      return new Fields().u32(length).u64(address).u32(index).done();
    },
  };
}

function collection(objects: readonly Uint8Array[], used: number): Uint8Array {
  const free = Math.max(SMALLEST_COLLECTION - used, 0);
  // Object 0 stands for the free space. Its size includes its header, which must fit.
  const size = used + (free > 0 ? Math.max(free, HEADER_BYTES) : 0);
  const bytes = new Uint8Array(size);
  bytes.set(new Fields().text('GCOL').u8(1, 0, 0, 0).u64(size).done());
  let at = HEADER_BYTES;
  for (const [i, object] of objects.entries()) {
    bytes.set(
      new Fields()
        .u16(i + 1)
        .u16(1)
        .u32(0)
        .u64(object.length)
        .done(),
      at,
    );
    bytes.set(object, at + HEADER_BYTES);
    at += HEADER_BYTES + padded(object.length);
  }
  if (size > used)
    bytes.set(
      new Fields()
        .u16(0)
        .u16(0)
        .u32(0)
        .u64(size - used)
        .done(),
      at,
    );
  return bytes;
}

function padded(bytes: number): number {
  return Math.ceil(bytes / 8) * 8;
}
