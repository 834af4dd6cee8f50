// Reads the links of groups that older versions of the library write, and h5py by default: a B-tree of symbol table
// nodes, with the names in a local heap (File Format Specification III.A.1, III.B, III.C, III.D).

import { checkFile } from '../kerasFileError.js';
import { type Cursor, decodeText, type FileBytes, WHERE } from './fileBytes.js';
import type { Link } from './h5Types.js';

const GROUP_NODE = 0;
const SOFT_LINK = 2;
const MAX_LEVEL = 32;
const LONGEST_NAME = 65_536;

/** Calls `add` for every link of the group that a symbol table message describes. */
export function readSymbolTable(message: Cursor, add: (name: string, link: Link) => void): void {
  const { file } = message;
  const tree = message.requiredAddress();
  const heap = openLocalHeap(file, message.requiredAddress());
  walkTree(file, tree, undefined, new Set(), (address) => readNode(file, address, heap, add));
}

/** A cursor over the names of a local heap (III.D). */
function openLocalHeap(file: FileBytes, address: number): Cursor {
  const cursor = file.cursor(address);
  cursor.expectSignature('HEAP');
  cursor.expectVersion(0, 'local heap');
  cursor.skip(3);
  const size = cursor.u64();
  cursor.skip(8); // free list
  return file.cursor(cursor.requiredAddress()).part(size);
}

/** Walks the B-tree (III.A.1). `level` is the level that the parent node expects. */
function walkTree(
  file: FileBytes,
  address: number,
  level: number | undefined,
  seen: Set<number>,
  visit: (address: number) => void,
): void {
  checkFile(!seen.has(address), WHERE, 'the tree of a group leads back into itself', { at: address });
  seen.add(address);
  const cursor = file.cursor(address);
  cursor.expectSignature('TREE');
  const type = cursor.u8();
  const own = cursor.u8();
  const fits = type === GROUP_NODE && own <= MAX_LEVEL && (level === undefined || own === level);
  checkFile(fits, WHERE, 'the tree of a group is damaged', { at: address, type, level: own });
  const count = cursor.u16();
  cursor.skip(16); // siblings
  for (let i = 0; i < count; i++) {
    cursor.skip(8); // key: a name
    const child = cursor.requiredAddress();
    if (own > 0) walkTree(file, child, own - 1, seen, visit);
    else {
      checkFile(!seen.has(child), WHERE, 'the tree of a group leads back into itself', { at: child });
      seen.add(child);
      visit(child);
    }
  }
}

/** Reads a symbol table node (III.B and III.C). */
function readNode(file: FileBytes, address: number, heap: Cursor, add: (name: string, link: Link) => void): void {
  const cursor = file.cursor(address);
  cursor.expectSignature('SNOD');
  cursor.expectVersion(1, 'symbol table');
  cursor.skip(1);
  const count = cursor.u16();
  for (let i = 0; i < count; i++) {
    const name = nameAt(heap, cursor.u64());
    const target = cursor.address();
    const cacheType = cursor.u32();
    cursor.skip(4 + 16); // reserved, scratch
    if (cacheType === SOFT_LINK) add(name, { kind: 'soft' });
    else {
      checkFile(target !== undefined, WHERE, 'a link must lead to an object', { name });
      add(name, { kind: 'hard', address: target });
    }
  }
}

function nameAt(heap: Cursor, offset: number): string {
  const start = heap.at + offset;
  checkFile(start < heap.end, WHERE, 'the name of a link must lie in its heap', { offset });
  const segment = heap.file.bytes.subarray(start, Math.min(start + LONGEST_NAME + 1, heap.end));
  const length = segment.indexOf(0);
  checkFile(length >= 0, WHERE, `the name of a link must end within ${LONGEST_NAME} bytes`, { offset });
  heap.file.claim(start, length, heap.end);
  return decodeText(segment.subarray(0, length));
}
