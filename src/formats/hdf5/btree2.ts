// Version 2 B-trees (File Format Specification III.A.2), walked as a whole in the order of the records.

import { checkFile } from '../kerasFileError.js';
import { verifyChecksum } from './checksum.js';
import { type Cursor, type FileBytes, WHERE } from './fileBytes.js';

const NODE_OVERHEAD = 10; // signature, version, type, checksum
const MAX_DEPTH = 16;

interface Tree {
  readonly file: FileBytes;
  readonly type: number;
  readonly nodeSize: number;
  readonly recordSize: number;
  /** Bytes of a child's number of records. */
  readonly countBytes: number;
  /** Bytes of the number of all records below a child at each level. */
  readonly totalBytes: readonly number[];
  readonly seen: Set<number>;
}

/** A cursor over each record of the tree. */
export function* readRecords(file: FileBytes, address: number, type: number): Generator<Cursor> {
  const cursor = file.cursor(address);
  cursor.signature('BTHD');
  cursor.version(0, 'B-tree');
  const foundType = cursor.u8();
  checkFile(foundType === type, WHERE, 'a B-tree must be of the expected type', { expected: type, found: foundType });
  const nodeSize = cursor.u32();
  const recordSize = cursor.u16();
  const depth = cursor.u16();
  cursor.skip(2); // when nodes are split and merged
  const root = cursor.address();
  const count = cursor.u16();
  cursor.skip(8); // of all records
  verifyChecksum(file, address, cursor.at, 'B-tree');
  const valid = recordSize > 0 && depth <= MAX_DEPTH && nodeSize >= NODE_OVERHEAD + recordSize;
  checkFile(valid, WHERE, 'a B-tree must have sensible sizes', { nodeSize, recordSize, depth });
  if (root === undefined || count === 0) return;
  yield* readNode(
    { file, type, nodeSize, recordSize, ...fieldBytes(nodeSize, recordSize, depth), seen: new Set() },
    root,
    count,
    depth,
  );
}

function* readNode(tree: Tree, address: number, count: number, level: number): Generator<Cursor> {
  checkFile(!tree.seen.has(address), WHERE, 'a B-tree leads back into itself', { at: address });
  tree.seen.add(address);
  const cursor = tree.file.cursor(address).part(tree.nodeSize);
  cursor.signature(level > 0 ? 'BTIN' : 'BTLF');
  cursor.version(0, 'B-tree node');
  const type = cursor.u8();
  checkFile(type === tree.type, WHERE, 'the nodes of a B-tree must be of one type', {
    expected: tree.type,
    found: type,
  });
  const records = Array.from({ length: count }, () => cursor.part(tree.recordSize));
  const children: [number, number][] = [];
  if (level > 0) {
    for (let i = 0; i <= count; i++) {
      children.push([cursor.neededAddress(), cursor.uint(tree.countBytes)]);
      cursor.skip(tree.totalBytes[level - 1]);
    }
  }
  verifyChecksum(tree.file, address, cursor.at, 'B-tree node');
  for (let i = 0; i <= count; i++) {
    if (level > 0) yield* readNode(tree, ...children[i], level - 1);
    if (i < count) yield records[i];
  }
}

/** How many bytes the counts of children take follows from how many records fit into a node. */
function fieldBytes(nodeSize: number, recordSize: number, depth: number) {
  const leafCount = Math.floor((nodeSize - NODE_OVERHEAD) / recordSize);
  const countBytes = bytesFor(leafCount);
  const totalBytes = [0];
  let total = leafCount;
  for (let level = 1; level < depth; level++) {
    const pointer = 8 + countBytes + totalBytes[level - 1];
    const count = Math.floor((nodeSize - NODE_OVERHEAD - pointer) / (recordSize + pointer));
    total = (count + 1) * total + count;
    totalBytes.push(bytesFor(total));
  }
  return { countBytes, totalBytes };
}

/** Bytes that hold every number up to this one. */
export function bytesFor(largest: number): number {
  return Math.min(Math.floor(Math.log2(Math.max(largest, 1)) / 8) + 1, 8);
}
