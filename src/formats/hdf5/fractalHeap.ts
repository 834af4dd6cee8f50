// Reads fractal heaps (File Format Specification III.G), where newer files store links and attributes that are many or
// large. The id of an object is an offset into blocks of doubling sizes, a key of the B-tree of huge objects, or the
// object itself.

import { checkFile, fileError } from '../kerasFileError.js';
import { bytesFor, readRecords } from './btree2.js';
import { verifyChecksum } from './checksum.js';
import { type Cursor, type FileBytes, WHERE } from './fileBytes.js';

export interface FractalHeap {
  /** A cursor over the object of an id; the argument is a cursor over the id. */
  find(id: Cursor): Cursor;
}

interface Heap {
  readonly file: FileBytes;
  readonly offsetBytes: number;
  readonly lengthBytes: number;
  readonly idBytes: number;
  readonly hugeTree: number | undefined;
  readonly width: number;
  readonly startSize: number;
  readonly maxDirectSize: number;
  readonly root: number | undefined;
  readonly rootRows: number;
}

const HUGE_RECORDS = 1; // address, length, key; no filters

export function openHeap(file: FileBytes, address: number): FractalHeap {
  const heap = readHeader(file, address);
  let huge: Map<number, Cursor> | undefined;
  return {
    find(id) {
      const first = id.u8();
      switch ((first >> 4) & 3) {
        case 0:
          return findManaged(heap, id.uint(heap.offsetBytes), id.uint(heap.lengthBytes));
        case 1:
          if (heap.idBytes > 16) return file.cursor(id.requiredAddress()).part(id.u64());
          huge ??= readHuge(heap);
          return huge.get(id.uint(Math.min(heap.idBytes - 1, 8))) ?? missing();
        case 2:
          return id.part(heap.idBytes > 17 ? (((first & 15) << 8) | id.u8()) + 1 : (first & 15) + 1);
        default:
          return missing();
      }
    },
  };
}

function readHeader(file: FileBytes, address: number): Heap {
  const cursor = file.cursor(address);
  cursor.expectSignature('FRHP');
  cursor.expectVersion(0, 'fractal heap');
  const idBytes = cursor.u16();
  checkFile(cursor.u16() === 0, WHERE, 'a compressed fractal heap is not supported', { at: address });
  cursor.skip(1); // flags
  const maxManagedSize = cursor.u32();
  cursor.skip(8); // next huge key
  const hugeTree = cursor.address();
  cursor.skip(10 * 8); // free space and statistics
  const width = cursor.u16();
  const startSize = cursor.u64();
  const maxDirectSize = cursor.u64();
  const offsetBits = cursor.u16();
  cursor.skip(2); // rows at the start
  const root = cursor.address();
  const rootRows = cursor.u16();
  verifyChecksum(file, address, cursor.at, 'fractal heap');
  const sizes = isPowerOfTwo(startSize) && isPowerOfTwo(maxDirectSize) && startSize <= maxDirectSize;
  const valid = sizes && width > 0 && offsetBits > 0 && offsetBits <= 64 && rootRows <= 64;
  checkFile(valid, WHERE, 'a fractal heap must have sensible sizes', { startSize, maxDirectSize, width, offsetBits });
  return {
    file,
    idBytes,
    hugeTree,
    width,
    startSize,
    maxDirectSize,
    root,
    rootRows,
    offsetBytes: Math.ceil(offsetBits / 8),
    lengthBytes: bytesFor(Math.min(maxDirectSize, maxManagedSize)),
  };
}

/** Finds an object by descending the doubling table. It ends, since blocks get smaller at each step. */
function findManaged(heap: Heap, offset: number, length: number): Cursor {
  let block = heap.root;
  let rows = heap.rootRows;
  let size = heap.startSize;
  let base = 0; // offset of the block in the heap
  while (rows > 0) {
    const child = childAt(heap, rows, offset - base);
    block = readChild(heap, block, child.index);
    base += child.start;
    size = child.size;
    rows = size <= heap.maxDirectSize ? 0 : Math.log2(size / (heap.startSize * heap.width)) + 1;
  }
  if (block === undefined) return missing();
  heap.file.cursor(block).expectSignature('FHDB');
  checkFile(offset - base + length <= size, WHERE, 'an object of a fractal heap must lie in its block', {
    offset,
    length,
  });
  return heap.file.cursor(block + offset - base).part(length);
}

/**
 * The child block that holds an offset. The blocks of the first two rows have the start size, which then doubles each
 * row.
 */
function childAt(heap: Heap, rows: number, offset: number): { index: number; start: number; size: number } {
  let start = 0;
  for (let row = 0; row < rows; row++) {
    const size = heap.startSize * 2 ** Math.max(row - 1, 0);
    if (offset < start + size * heap.width) {
      const column = Math.floor((offset - start) / size);
      return { index: row * heap.width + column, start: start + column * size, size };
    }
    start += size * heap.width;
  }
  return missing();
}

function readChild(heap: Heap, block: number | undefined, index: number): number | undefined {
  if (block === undefined) return missing();
  const cursor = heap.file.cursor(block);
  cursor.expectSignature('FHIB');
  cursor.expectVersion(0, 'fractal heap block');
  cursor.skip(8 + heap.offsetBytes + 8 * index); // header, position in the heap, earlier children
  return cursor.address();
}

function readHuge(heap: Heap): Map<number, Cursor> {
  if (heap.hugeTree === undefined) return missing();
  const found = new Map<number, Cursor>();
  for (const record of readRecords(heap.file, heap.hugeTree, HUGE_RECORDS)) {
    const content = heap.file.cursor(record.requiredAddress()).part(record.u64());
    found.set(record.u64(), content);
  }
  return found;
}

function missing(): never {
  throw fileError(WHERE, 'an object of a fractal heap is missing');
}

function isPowerOfTwo(value: number): boolean {
  return value > 0 && Number.isInteger(Math.log2(value));
}
