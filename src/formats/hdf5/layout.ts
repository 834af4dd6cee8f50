// Reads where the values of a dataset lie (File Format Specification IV.A.2.i), and its fill value.

import { checkFile, fileError } from '../kerasFileError.js';
import { type Cursor, WHERE } from './fileBytes.js';

export type ChunkIndex =
  | { readonly kind: 'btree1' | 'implicit' | 'fixedArray' | 'extensibleArray' | 'btree2' }
  /** A single chunk. A filtered one has a packed size, and a mask of the filters that were left out. */
  | { readonly kind: 'single'; readonly packedSize: number | undefined; readonly mask: number };

export type Layout =
  | { readonly kind: 'compact'; readonly at: number; readonly size: number }
  | { readonly kind: 'contiguous'; readonly address: number | undefined }
  | {
      readonly kind: 'chunked';
      readonly address: number | undefined;
      /** In elements. */
      readonly chunkShape: readonly number[];
      readonly elementSize: number;
      readonly index: ChunkIndex;
    };

const COMPACT = 0;
const CONTIGUOUS = 1;
const CHUNKED = 2;
const VIRTUAL = 3;
const MAX_RANK = 33; // 32 dimensions and the size of an element
const SINGLE_IS_FILTERED = 2;
const INDEX_KINDS = { 2: 'implicit', 3: 'fixedArray', 4: 'extensibleArray', 5: 'btree2' } as const;
const INDEX_PARAMETER_BYTES = { 2: 0, 3: 1, 4: 5, 5: 6 } as const;

export function readLayout(cursor: Cursor): Layout {
  const version = cursor.u8();
  if (version === 1 || version === 2) return readOldLayout(cursor);
  checkFile(version >= 3 && version <= 5, WHERE, 'unknown version of the data layout', { version });
  const layoutClass = cursor.u8();
  switch (layoutClass) {
    case COMPACT:
      return compact(cursor, cursor.u16());
    case CONTIGUOUS:
      return { kind: 'contiguous', address: cursor.address() };
    case CHUNKED:
      return version === 3 ? readChunked(cursor) : readIndexedChunks(cursor);
    case VIRTUAL:
      throw fileError(WHERE, 'virtual datasets, whose values lie in other files, are refused');
    default:
      throw fileError(WHERE, 'unknown class of data layout', { class: layoutClass });
  }
}

/** Reads versions 1 and 2. */
function readOldLayout(cursor: Cursor): Layout {
  const rank = cursor.u8();
  const layoutClass = cursor.u8();
  cursor.skip(5);
  const address = layoutClass === COMPACT ? undefined : cursor.address();
  checkFile(rank <= MAX_RANK, WHERE, 'a data layout has too many dimensions', { rank });
  const sizes = Array.from({ length: rank }, () => cursor.u32());
  if (layoutClass === COMPACT) return compact(cursor, cursor.u32());
  if (layoutClass === CONTIGUOUS) return { kind: 'contiguous', address };
  checkFile(layoutClass === CHUNKED, WHERE, 'unknown class of data layout', { class: layoutClass });
  return chunked(sizes, address, { kind: 'btree1' });
}

/** Reads chunks of version 3. */
function readChunked(cursor: Cursor): Layout {
  const rank = cursor.u8();
  const address = cursor.address();
  checkFile(rank <= MAX_RANK, WHERE, 'a data layout has too many dimensions', { rank });
  return chunked(
    Array.from({ length: rank }, () => cursor.u32()),
    address,
    { kind: 'btree1' },
  );
}

/** Reads chunks of versions 4 and 5. */
function readIndexedChunks(cursor: Cursor): Layout {
  const flags = cursor.u8();
  const rank = cursor.u8();
  const bytes = cursor.u8();
  checkFile(rank <= MAX_RANK && bytes >= 1 && bytes <= 8, WHERE, 'a data layout is damaged', { rank, bytes });
  const sizes = Array.from({ length: rank }, () => cursor.uint(bytes));
  const type = cursor.u8();
  let index: ChunkIndex;
  if (type === 1) {
    const isFiltered = (flags & SINGLE_IS_FILTERED) !== 0;
    index = { kind: 'single', packedSize: isFiltered ? cursor.u64() : undefined, mask: isFiltered ? cursor.u32() : 0 };
  } else {
    checkFile(type >= 2 && type <= 5, WHERE, 'unknown index of chunks', { type });
    const known = type as keyof typeof INDEX_KINDS;
    cursor.skip(INDEX_PARAMETER_BYTES[known]); // the index itself has them too
    index = { kind: INDEX_KINDS[known] };
  }
  return chunked(sizes, cursor.address(), index);
}

function chunked(sizes: readonly number[], address: number | undefined, index: ChunkIndex): Layout {
  checkFile(sizes.length >= 2 && sizes.every((size) => size > 0), WHERE, 'chunks must have a size', { sizes });
  return { kind: 'chunked', address, chunkShape: sizes.slice(0, -1), elementSize: sizes[sizes.length - 1], index };
}

function compact(cursor: Cursor, size: number): Layout {
  return { kind: 'compact', at: cursor.part(size).at, size };
}

/** Reads the value of elements never written (IV.A.2.e and IV.A.2.f); undefined means zeros. */
export function readFillValue(cursor: Cursor): Uint8Array | undefined {
  const version = cursor.u8();
  if (version === 3) {
    const isDefined = (cursor.u8() & 0x20) !== 0;
    return isDefined ? cursor.bytes(cursor.u32()) : undefined;
  }
  checkFile(version === 1 || version === 2, WHERE, 'unknown version of a fill value', { version });
  cursor.skip(2); // when space is allocated and the value written
  const isDefined = cursor.u8() !== 0;
  return isDefined || version === 1 ? cursor.bytes(cursor.u32()) : undefined;
}
