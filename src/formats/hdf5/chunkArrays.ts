// Reads the fixed and extensible arrays in which newer files list chunks (File Format Specification VII.C and VII.D).

import { checkFile } from '../kerasFileError.js';
import { verifyChecksum } from './checksum.js';
import { type Cursor, type FileBytes, WHERE } from './fileBytes.js';

const CHECKSUM_BYTES = 4;
const MAX_BITS = 52;

interface ArrayHeader {
  readonly file: FileBytes;
  readonly elementBytes: number;
}

/**
 * Gives a cursor over each of the first `total` elements that the array has; undefined for an element never written.
 */
export function* arrayElements(
  file: FileBytes,
  address: number,
  isExtensible: boolean,
  total: number,
  isFiltered: boolean,
): Generator<Cursor | undefined> {
  const cursor = file.cursor(address);
  cursor.expectSignature(isExtensible ? 'EAHD' : 'FAHD');
  cursor.expectVersion(0, 'index of chunks');
  const client = cursor.u8();
  checkFile(client === (isFiltered ? 1 : 0), WHERE, 'the index of chunks must fit the filters', { client });
  const elementBytes = cursor.u8();
  checkFile(elementBytes >= 8 && elementBytes <= 20, WHERE, 'the index of chunks is damaged', { elementBytes });
  const header = { file, elementBytes };
  if (isExtensible) yield* extensibleElements(header, address, cursor, total);
  else yield* fixedElements(header, address, cursor);
}

/** Reads a fixed array (VII.C). */
function* fixedElements(header: ArrayHeader, address: number, cursor: Cursor): Generator<Cursor | undefined> {
  const pageBits = cursor.u8();
  const count = cursor.u64();
  const blockAddress = cursor.address();
  verifyChecksum(header.file, address, cursor.at, 'index of chunks');
  checkFile(pageBits <= MAX_BITS, WHERE, 'the index of chunks is damaged', { pageBits });
  if (blockAddress === undefined) return;
  const pageSize = 2 ** pageBits;
  const isPaged = count > pageSize;
  const block = header.file.cursor(blockAddress);
  block.expectSignature('FADB');
  block.skip(2 + 8); // version, client, header
  if (!isPaged) {
    yield* elementsOf(header, block, count);
    return;
  }
  const pages = Math.ceil(count / pageSize);
  const written = block.bytes(Math.ceil(pages / 8));
  block.skip(CHECKSUM_BYTES);
  yield* pagedElements(header, block, count, pageSize, (page) => (written[page >> 3] & (0x80 >> (page & 7))) !== 0);
}

/** Reads an extensible array (VII.D): the index block has a few elements, then data blocks of growing size follow. */
function* extensibleElements(
  header: ArrayHeader,
  address: number,
  cursor: Cursor,
  total: number,
): Generator<Cursor | undefined> {
  const maxBits = cursor.u8();
  const inIndex = cursor.u8();
  const blockElements = cursor.u8();
  const blockPointers = cursor.u8();
  const pageBits = cursor.u8();
  cursor.skip(6 * 8); // statistics
  const indexAddress = cursor.address();
  verifyChecksum(header.file, address, cursor.at, 'index of chunks');
  const valid =
    maxBits <= MAX_BITS && pageBits <= MAX_BITS && isPowerOfTwo(blockElements) && isPowerOfTwo(blockPointers);
  checkFile(valid, WHERE, 'the index of chunks is damaged', { maxBits, pageBits, blockElements, blockPointers });
  if (indexAddress === undefined) return;
  const sizes = { offsetBytes: Math.ceil(maxBits / 8), pageSize: 2 ** pageBits };
  const index = header.file.cursor(indexAddress);
  index.expectSignature('EAIB');
  index.skip(2 + 8); // version, client, header
  yield* elementsOf(header, index, inIndex);
  // The index block lists the data blocks of the first levels; those of later levels are in secondary blocks.
  const direct = 2 * Math.log2(blockPointers);
  for (let level = 0, done = inIndex; done < total; level++) {
    const blocks = 2 ** Math.floor(level / 2);
    const elements = 2 ** Math.floor((level + 1) / 2) * blockElements;
    if (level < direct) {
      for (let i = 0; i < blocks; i++) yield* dataBlock(header, index.address(), elements, sizes, undefined);
    } else yield* secondaryBlock(header, index.address(), blocks, elements, sizes);
    done += blocks * elements;
  }
}

interface BlockSizes {
  readonly offsetBytes: number;
  readonly pageSize: number;
}

function* secondaryBlock(
  header: ArrayHeader,
  address: number | undefined,
  blocks: number,
  elements: number,
  sizes: BlockSizes,
): Generator<Cursor | undefined> {
  if (address === undefined) {
    yield* unwritten(header, blocks * elements);
    return;
  }
  const cursor = header.file.cursor(address);
  cursor.expectSignature('EASB');
  cursor.skip(2 + 8 + sizes.offsetBytes); // version, client, header, position in the array
  const maskBytes = elements > sizes.pageSize ? Math.ceil(elements / sizes.pageSize / 8) : 0;
  const masks = cursor.bytes(blocks * maskBytes);
  for (let i = 0; i < blocks; i++) {
    yield* dataBlock(header, cursor.address(), elements, sizes, masks.subarray(i * maskBytes, (i + 1) * maskBytes));
  }
}

function* dataBlock(
  header: ArrayHeader,
  address: number | undefined,
  elements: number,
  { offsetBytes, pageSize }: BlockSizes,
  written: Uint8Array | undefined,
): Generator<Cursor | undefined> {
  if (address === undefined) {
    yield* unwritten(header, elements);
    return;
  }
  const cursor = header.file.cursor(address);
  cursor.expectSignature('EADB');
  cursor.skip(2 + 8 + offsetBytes); // version, client, header, position in the array
  if (elements <= pageSize || written === undefined) yield* elementsOf(header, cursor, elements);
  else {
    cursor.skip(CHECKSUM_BYTES);
    yield* pagedElements(
      header,
      cursor,
      elements,
      pageSize,
      (page) => (written[page >> 3] & (0x80 >> (page & 7))) !== 0,
    );
  }
}

function* pagedElements(
  header: ArrayHeader,
  cursor: Cursor,
  count: number,
  pageSize: number,
  isWritten: (page: number) => boolean,
): Generator<Cursor | undefined> {
  for (let page = 0; page * pageSize < count; page++) {
    const elements = Math.min(pageSize, count - page * pageSize);
    if (isWritten(page)) {
      yield* elementsOf(header, cursor, elements);
      cursor.skip(CHECKSUM_BYTES);
    } else {
      cursor.skip(elements * header.elementBytes + CHECKSUM_BYTES);
      yield* unwritten(header, elements);
    }
  }
}

function* elementsOf({ elementBytes }: ArrayHeader, cursor: Cursor, count: number): Generator<Cursor | undefined> {
  for (let i = 0; i < count; i++) yield cursor.part(elementBytes);
}

function* unwritten({ file }: ArrayHeader, count: number): Generator<undefined> {
  for (let i = 0; i < count; i++) {
    file.claim(0, 0, 0); // counts against the budget of reads
    yield undefined;
  }
}

function isPowerOfTwo(value: number): boolean {
  return value > 0 && Number.isInteger(Math.log2(value));
}
