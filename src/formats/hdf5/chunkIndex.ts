// Lists the chunks of a dataset from its index: the B-tree of older files, or one of five indexes of newer files
// (File Format Specification III.A.1, III.A.2 types 10 and 11, VII.A to VII.D).

import { checkFile } from '../kerasFileError.js';
import { readRecords } from './btree2.js';
import { arrayElements } from './chunkArrays.js';
import { type Cursor, type FileBytes, WHERE } from './fileBytes.js';
import type { Layout } from './layout.js';

export interface Chunk {
  /** The position of the chunk's first element in the dataset. */
  readonly offset: readonly number[];
  readonly address: number;
  readonly size: number;
  /** Bit i says that filter i was left out. */
  readonly mask: number;
}

export interface ChunkGrid {
  readonly layout: Layout & { readonly kind: 'chunked' };
  readonly address: number;
  readonly shape: readonly number[];
  readonly isFiltered: boolean;
  /** The size of a chunk before the filters. */
  readonly chunkBytes: number;
}

const CHUNK_NODE = 1;
const MAX_LEVEL = 32;
const MAX_CHUNKS = 10_000_000;
const RECORDS = 10;
const FILTERED_RECORDS = 11;

/** All chunks that were written, in any order. */
export function listChunks(file: FileBytes, grid: ChunkGrid): Iterable<Chunk> {
  const { index } = grid.layout;
  switch (index.kind) {
    case 'btree1':
      return walkTree(file, grid, grid.address, undefined, new Set());
    case 'single': {
      const size = index.packedSize ?? grid.chunkBytes;
      return [{ offset: grid.shape.map(() => 0), address: grid.address, size, mask: index.mask }];
    }
    case 'implicit':
      return listImplicit(file, grid);
    case 'fixedArray':
    case 'extensibleArray':
      return listArray(file, grid);
    case 'btree2':
      return listRecords(file, grid);
    default:
      return index satisfies never;
  }
}

function* walkTree(
  file: FileBytes,
  grid: ChunkGrid,
  address: number,
  level: number | undefined,
  seen: Set<number>,
): Generator<Chunk> {
  checkFile(!seen.has(address), WHERE, 'the tree of chunks leads back into itself', { at: address });
  seen.add(address);
  const cursor = file.cursor(address);
  cursor.expectSignature('TREE');
  const type = cursor.u8();
  const own = cursor.u8();
  const fits = type === CHUNK_NODE && own <= MAX_LEVEL && (level === undefined || own === level);
  checkFile(fits, WHERE, 'the tree of chunks is damaged', { at: address, type, level: own });
  const count = cursor.u16();
  cursor.skip(16); // siblings
  for (let i = 0; i < count; i++) {
    const size = cursor.u32();
    const mask = cursor.u32();
    const offset = grid.shape.map(() => cursor.u64());
    cursor.skip(8); // offset in an element: 0
    const child = cursor.requiredAddress();
    if (own > 0) yield* walkTree(file, grid, child, own - 1, seen);
    else yield { offset, address: child, size, mask };
  }
}

/** Chunks without an index: they lie one after the other and have one size. */
function* listImplicit(file: FileBytes, grid: ChunkGrid): Generator<Chunk> {
  const { counts, total } = chunkCounts(grid);
  file.claim(grid.address, total * grid.chunkBytes, file.length);
  for (let i = 0; i < total; i++) {
    const address = grid.address + i * grid.chunkBytes;
    yield { offset: offsetOf(i, counts, grid.layout.chunkShape), address, size: grid.chunkBytes, mask: 0 };
  }
}

/** Chunks in an array, in row-major order. */
function* listArray(file: FileBytes, grid: ChunkGrid): Generator<Chunk> {
  const { counts, total } = chunkCounts(grid);
  const isExtensible = grid.layout.index.kind === 'extensibleArray';
  let i = 0;
  for (const element of arrayElements(file, grid.address, isExtensible, total, grid.isFiltered)) {
    if (i >= total) return;
    const offset = offsetOf(i++, counts, grid.layout.chunkShape);
    const address = element?.address();
    if (element === undefined || address === undefined) continue; // never written
    yield { offset, address, ...sizeAndMask(element, grid, element.left - 4) };
  }
  checkFile(i >= total || isExtensible, WHERE, 'the index of chunks must be complete', { expected: total, found: i });
}

function* listRecords(file: FileBytes, grid: ChunkGrid): Generator<Chunk> {
  const type = grid.isFiltered ? FILTERED_RECORDS : RECORDS;
  for (const record of readRecords(file, grid.address, type)) {
    const address = record.requiredAddress();
    const { size, mask } = sizeAndMask(record, grid, record.left - 4 - 8 * grid.shape.length);
    yield { address, size, mask, offset: grid.layout.chunkShape.map((chunk) => record.u64() * chunk) };
  }
}

function sizeAndMask(cursor: Cursor, grid: ChunkGrid, sizeBytes: number): { size: number; mask: number } {
  if (!grid.isFiltered) return { size: grid.chunkBytes, mask: 0 };
  checkFile(sizeBytes >= 1 && sizeBytes <= 8, WHERE, 'the index of chunks is damaged', { at: cursor.at, sizeBytes });
  return { size: cursor.uint(sizeBytes), mask: cursor.u32() };
}

function chunkCounts({ shape, layout }: ChunkGrid): { readonly counts: readonly number[]; readonly total: number } {
  const counts = shape.map((size, i) => Math.ceil(size / layout.chunkShape[i]));
  const total = counts.reduce((product, count) => product * count, 1);
  checkFile(total <= MAX_CHUNKS, WHERE, `a dataset may have ${MAX_CHUNKS} chunks at most`, { counts });
  return { counts, total };
}

function offsetOf(index: number, counts: readonly number[], chunkShape: readonly number[]): number[] {
  const offset = new Array<number>(counts.length);
  let rest = index;
  for (let d = counts.length - 1; d >= 0; d--) {
    offset[d] = (rest % counts[d]) * chunkShape[d];
    rest = Math.floor(rest / counts[d]);
  }
  return offset;
}
