// Reads the links of a group, which are stored in one of three ways: a symbol table (symbolTable.ts), link messages in
// the header, or link messages in a fractal heap (File Format Specification IV.A.2.c and IV.A.2.g).

import { checkFile } from '../kerasFileError.js';
import { readRecords } from './btree2.js';
import { type Cursor, type FileBytes, WHERE } from './fileBytes.js';
import { openHeap } from './fractalHeap.js';
import type { Link } from './h5Types.js';
import { findMessage, MESSAGE, type Message, openMessage } from './objectHeader.js';
import { readSymbolTable } from './symbolTable.js';

const NAME_RECORDS = 5; // B-tree of links by name: hash, heap id
const KINDS: Readonly<Record<number, 'soft' | 'external'>> = { 1: 'soft', 64: 'external' };

/** Whether these are the messages of a group. */
export function isGroup(messages: readonly Message[]): boolean {
  return messages.some(
    ({ type }) => type === MESSAGE.symbolTable || type === MESSAGE.linkInfo || type === MESSAGE.link,
  );
}

/** All links of a group by name. */
export function readLinks(file: FileBytes, messages: readonly Message[]): Map<string, Link> {
  const links = new Map<string, Link>();
  const add = (name: string, link: Link) => {
    const plain = name !== '' && name !== '.' && !name.includes('/');
    checkFile(plain && !links.has(name), WHERE, 'the name of a link must be plain and must not occur twice', { name });
    links.set(name, link);
  };
  const symbolTable = findMessage(file, messages, MESSAGE.symbolTable);
  if (symbolTable) readSymbolTable(symbolTable, add);
  for (const message of messages) {
    if (message.type === MESSAGE.link) readLink(openMessage(file, message), add);
  }
  const info = findMessage(file, messages, MESSAGE.linkInfo);
  if (info) readDenseLinks(info, add);
  return links;
}

function readDenseLinks(info: Cursor, add: (name: string, link: Link) => void): void {
  const { file } = info;
  info.expectVersion(0, 'link info');
  const flags = info.u8();
  if (flags & 1) info.skip(8); // largest creation index
  const heapAddress = info.address();
  const names = info.address();
  if (heapAddress === undefined || names === undefined) return;
  const heap = openHeap(file, heapAddress);
  const found: [string, Link][] = [];
  for (const record of readRecords(file, names, NAME_RECORDS)) {
    record.skip(4); // hash of the name
    readLink(heap.find(record.part(7)), (name, link) => found.push([name, link]));
  }
  found.sort(([a], [b]) => (a < b ? -1 : 1)); // the tree is ordered by hash
  for (const [name, link] of found) add(name, link);
}

/** Reads a link message (IV.A.2.g). */
function readLink(cursor: Cursor, add: (name: string, link: Link) => void): void {
  cursor.expectVersion(1, 'link');
  const flags = cursor.u8();
  const type = flags & 8 ? cursor.u8() : 0;
  if (flags & 4) cursor.skip(8); // creation order
  if (flags & 16) cursor.skip(1); // character set
  const name = cursor.text(cursor.uint(1 << (flags & 3)));
  if (type === 0) add(name, { kind: 'hard', address: cursor.requiredAddress() });
  else add(name, { kind: KINDS[type] ?? 'user-defined' });
}
