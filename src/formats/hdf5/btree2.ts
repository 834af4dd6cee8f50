// Reads version 2 B-trees (File Format Specification III.A.2): all records of a tree, in their order.

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
  /** The width in bytes of a child's number of records. */
  readonly countBytes: number;
  /** For each level, the width in bytes of the number of all records below a child. */
  readonly totalBytes: readonly number[];
  readonly seen: Set<number>;
}

/** Gives a cursor over each record of the tree. */
export function* readRecords(file: FileBytes, address: number, type: number): Generator<Cursor> {
  const cursor = file.cursor(address);
  cursor.expectSignature('BTHD');
  cursor.expectVersion(0, 'B-tree');
  const foundType = cursor.u8();
  checkFile(foundType === type, WHERE, 'a B-tree must be of the expected type', { expected: type, found: foundType });
  const nodeSize = cursor.u32();
  const recordSize = cursor.u16();
  const depth = cursor.u16();
  cursor.skip(2); // thresholds for splitting and merging nodes
  const root = cursor.address();
  const count = cursor.u16();
  cursor.skip(8); // number of all records
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
  cursor.expectSignature(level > 0 ? 'BTIN' : 'BTLF');
  cursor.expectVersion(0, 'B-tree node');
  const type = cursor.u8();
  checkFile(type === tree.type, WHERE, 'the nodes of a B-tree must be of one type', {
    expected: tree.type,
    found: type,
  });
  const records = Array.from({ length: count }, () => cursor.part(tree.recordSize));
  const children: [number, number][] = [];
  if (level > 0) {
    for (let i = 0; i <= count; i++) {
      children.push([cursor.requiredAddress(), cursor.uint(tree.countBytes)]);
      cursor.skip(tree.totalBytes[level - 1]);
    }
  }
  verifyChecksum(tree.file, address, cursor.at, 'B-tree node');
  for (let i = 0; i <= count; i++) {
    if (level > 0) yield* readNode(tree, ...children[i], level - 1);
    if (i < count) yield records[i];
  }
}

/** The widths of the counts of children. They follow from the number of records that fit into a node. */
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

/** The number of bytes that hold every number up to `largest`. */
export function bytesFor(largest: number): number {
  return Math.min(Math.floor(Math.log2(Math.max(largest, 1)) / 8) + 1, 8);
}
