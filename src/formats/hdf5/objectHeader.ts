// Reads object headers (File Format Specification IV.A.1): the lists of messages that describe groups and datasets.

import { checkFile, fileError } from '../kerasFileError.js';
import { verifyChecksum } from './checksum.js';
import { type Cursor, type FileBytes, WHERE } from './fileBytes.js';

export const MESSAGE = {
  dataspace: 0x01,
  linkInfo: 0x02,
  datatype: 0x03,
  oldFillValue: 0x04,
  fillValue: 0x05,
  link: 0x06,
  externalFiles: 0x07,
  layout: 0x08,
  filters: 0x0b,
  attribute: 0x0c,
  continuation: 0x10,
  symbolTable: 0x11,
  attributeInfo: 0x15,
} as const;

export interface Message {
  readonly type: number;
  readonly at: number;
  readonly end: number;
  /** Whether the body is a reference to a message elsewhere. */
  readonly isShared: boolean;
}

interface Block {
  readonly at: number;
  readonly end: number;
}

const SHARED = 2;
const MAX_MESSAGES = 100_000;

/** All messages of the object header at an address, also those in continuation blocks. */
export function readMessages(file: FileBytes, address: number): Message[] {
  const first = file.cursor(address).u8();
  if (first === 1) return readVersion1(file, address);
  if (first === 'O'.charCodeAt(0)) return readVersion2(file, address);
  throw fileError(WHERE, 'an object header is expected in the file', { at: address, version: first });
}

/** A cursor over the body of the first message of a type, also if it is shared; undefined if there is none. */
export function findMessage(file: FileBytes, messages: readonly Message[], type: number): Cursor | undefined {
  const message = messages.find((candidate) => candidate.type === type);
  return message && openMessage(file, message);
}

/** A cursor over the body of a message, also if it is shared. */
export function openMessage(file: FileBytes, { at, end, isShared, type }: Message): Cursor {
  const cursor = file.cursor(at, end);
  return isShared ? openShared(cursor, type) : cursor;
}

/** Follows a reference to a message in another object's header, such as a committed datatype (IV.A.2). */
export function openShared(cursor: Cursor, type: number): Cursor {
  const { file } = cursor;
  const version = cursor.u8();
  const kind = cursor.u8();
  const known = version === 1 || version === 2 || (version === 3 && kind === 2);
  checkFile(known, WHERE, 'messages in a shared heap are not supported', { version, kind });
  if (version === 1) cursor.skip(6);
  const address = cursor.requiredAddress();
  const target = readMessages(file, address).find((message) => message.type === type && !message.isShared);
  checkFile(target !== undefined, WHERE, 'a shared message must be where it is said to be', { type, address });
  return file.cursor(target.at, target.end);
}

function readVersion1(file: FileBytes, address: number): Message[] {
  const cursor = file.cursor(address);
  cursor.expectVersion(1, 'object header');
  cursor.skip(1);
  const count = cursor.u16();
  cursor.skip(4); // reference count
  const size = cursor.u32();
  cursor.skip(4); // padding to a multiple of 8
  const messages: Message[] = [];
  const blocks = new BlockList({ at: cursor.at, end: cursor.at + size });
  for (const block of blocks) {
    const body = file.cursor(block.at, block.end);
    while (messages.length < count && body.left >= 8) {
      const type = body.u16();
      const length = body.u16();
      const flags = body.u8();
      body.skip(3);
      messages.push(takeMessage(body, type, length, flags, blocks));
    }
  }
  checkFile(messages.length === count, WHERE, 'an object header must hold as many messages as it says', {
    at: address,
    count,
    found: messages.length,
  });
  return messages;
}

function readVersion2(file: FileBytes, address: number): Message[] {
  const cursor = file.cursor(address);
  cursor.expectSignature('OHDR');
  cursor.expectVersion(2, 'object header');
  const flags = cursor.u8();
  if (flags & 0x20) cursor.skip(16); // times
  if (flags & 0x10) cursor.skip(4); // thresholds for moving attributes to a heap
  const size = cursor.uint(1 << (flags & 3));
  const first = { at: cursor.at, end: cursor.at + size };
  verifyChecksum(file, address, first.end, 'object header');
  const orderBytes = flags & 4 ? 2 : 0;
  const messages: Message[] = [];
  const blocks = new BlockList(first);
  for (const block of blocks) {
    const body = block === first ? file.cursor(block.at, block.end) : continuationBody(file, block);
    while (body.left >= 4 + orderBytes) {
      const type = body.u8();
      const length = body.u16();
      const messageFlags = body.u8();
      body.skip(orderBytes);
      messages.push(takeMessage(body, type, length, messageFlags, blocks));
      checkFile(messages.length <= MAX_MESSAGES, WHERE, 'an object header has too many messages', { at: address });
    }
  }
  return messages;
}

function continuationBody(file: FileBytes, { at, end }: Block): Cursor {
  verifyChecksum(file, at, end - 4, 'object header');
  const body = file.cursor(at, end - 4);
  body.expectSignature('OCHK');
  return body;
}

function takeMessage(body: Cursor, type: number, length: number, flags: number, blocks: BlockList): Message {
  const content = body.part(length);
  const message = { type, at: content.at, end: content.end, isShared: (flags & SHARED) !== 0 };
  if (type === MESSAGE.continuation) {
    const at = content.requiredAddress();
    blocks.add({ at, end: at + content.u64() });
  }
  return message;
}

/** The blocks of a header in the order in which they are found, each once. */
class BlockList {
  readonly #blocks: Block[];
  readonly #seen: Set<number>;

  constructor(first: Block) {
    this.#blocks = [first];
    this.#seen = new Set([first.at]);
  }

  add(block: Block): void {
    checkFile(!this.#seen.has(block.at), WHERE, 'an object header leads back into itself', { at: block.at });
    this.#seen.add(block.at);
    this.#blocks.push(block);
  }

  [Symbol.iterator](): IterableIterator<Block> {
    return this.#blocks.values(); // also gives blocks that are added during the loop
  }
}
