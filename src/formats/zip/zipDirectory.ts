// Reads the central directory of a zip archive: the position and size of each member, and whether it may be read at
// all. Section numbers are those of PKWARE's APPNOTE 6.3.10.

import { decodeText } from '../../core/text.js';
import { checkFile, fileError } from '../kerasFileError.js';

export interface ZipEntry {
  readonly name: string;
  readonly rawName: Uint8Array;
  readonly method: number;
  readonly crc: number;
  readonly size: number;
  readonly packedSize: number;
  /** The position of the local header. */
  readonly headerAt: number;
  /** The position where the next member or the directory begins. */
  limit: number;
}

export const METHOD_STORED = 0;
const METHOD_DEFLATE = 8;

const ENTRY = 0x02014b50; // 4.3.12
const END = 0x06054b50; // 4.3.16
const END64 = 0x06064b50; // 4.3.14
const END64_LOCATOR = 0x07064b50; // 4.3.15
const ENTRY_BYTES = 46;
const END_BYTES = 22;
const LONGEST_COMMENT = 65535;
const LOCAL_HEADER_BYTES = 30;
const ENCRYPTED = 0x2041; // flag bits 0, 6 and 13 (4.4.4)
const ZIP64_EXTRA = 1; // 4.5.3
const FULL_16 = 0xffff; // stands for a value in the Zip64 record
const FULL_32 = 0xffffffff;
const MAX_ENTRIES = 100_000;

interface Directory {
  readonly start: number;
  readonly end: number;
  readonly count: number;
}

/** All members by name, without folders. */
export function readDirectory(bytes: Uint8Array): Map<string, ZipEntry> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const directory = findDirectory(view);
  const entries = new Map<string, ZipEntry>();
  const all: ZipEntry[] = [];
  let at = directory.start;
  for (let i = 0; i < directory.count; i++) {
    const { entry, next } = readEntry(bytes, view, at, directory);
    at = next;
    all.push(entry);
    if (entry.name.endsWith('/')) continue;
    checkFile(!entries.has(entry.name), 'zip', 'two members must not have the same name', { name: entry.name });
    entries.set(entry.name, entry);
  }
  setLimits(all, directory.start);
  return entries;
}

function findDirectory(view: DataView): Directory {
  const last = view.byteLength - END_BYTES;
  checkFile(last >= 0, 'zip', 'an archive must have at least 22 bytes', { bytes: view.byteLength });
  for (let at = last; at >= Math.max(0, last - LONGEST_COMMENT); at--) {
    // The comment after the record must reach to the end of the file: a signature within a comment is no end record.
    if (view.getUint32(at, true) === END && at + END_BYTES + view.getUint16(at + 20, true) === view.byteLength) {
      return directoryAt(view, at);
    }
  }
  throw fileError('zip', 'the file is no zip archive, or its end is missing', { bytes: view.byteLength });
}

function directoryAt(view: DataView, endAt: number): Directory {
  const disks = view.getUint16(endAt + 4, true) + view.getUint16(endAt + 6, true);
  checkFile(disks === 0 || disks === 2 * FULL_16, 'zip', 'the archive must not be split into parts', { disks });
  let count = view.getUint16(endAt + 10, true);
  let size = view.getUint32(endAt + 12, true);
  let start = view.getUint32(endAt + 16, true);
  let end = endAt;
  if (endAt >= 20 && view.getUint32(endAt - 20, true) === END64_LOCATOR) {
    end = readUint64(view, endAt - 20 + 8);
    checkFile(end + 56 <= endAt && view.getUint32(end, true) === END64, 'zip', 'the Zip64 record must be in the file', {
      at: end,
    });
    count = readUint64(view, end + 32);
    size = readUint64(view, end + 40);
    start = readUint64(view, end + 48);
  }
  const received = { start, size, end };
  checkFile(start + size === end, 'zip', 'the directory must lie between the members and the end record', received);
  checkFile(count <= MAX_ENTRIES, 'zip', `an archive may have ${MAX_ENTRIES} members at most`, { count });
  return { start, end, count };
}

function readEntry(
  bytes: Uint8Array,
  view: DataView,
  at: number,
  directory: Directory,
): { readonly entry: ZipEntry; readonly next: number } {
  const inside = at + ENTRY_BYTES <= directory.end && view.getUint32(at, true) === ENTRY;
  checkFile(inside, 'zip', 'the directory must hold as many members as it says', { at, count: directory.count });
  const extraAt = at + ENTRY_BYTES + view.getUint16(at + 28, true);
  const extraEnd = extraAt + view.getUint16(at + 30, true);
  const next = extraEnd + view.getUint16(at + 32, true);
  checkFile(next <= directory.end, 'zip', 'an entry of the directory must not leave it', { at, next });

  const rawName = bytes.subarray(at + ENTRY_BYTES, extraAt);
  const name = decodeName(rawName);
  const flags = view.getUint16(at + 8, true);
  checkFile((flags & ENCRYPTED) === 0, 'zip', 'encrypted archives cannot be read', { name });
  const method = view.getUint16(at + 10, true);
  const knownMethod = method === METHOD_STORED || method === METHOD_DEFLATE;
  checkFile(knownMethod, 'zip', 'members must be stored or compressed with deflate', { name, method });
  const sizes = readSizes(view, at, extraAt, extraEnd, name);
  checkFile(sizes.headerAt + LOCAL_HEADER_BYTES <= directory.start, 'zip', 'a member must lie before the directory', {
    name,
    headerAt: sizes.headerAt,
  });
  const crc = view.getUint32(at + 16, true);
  return { entry: { name, rawName, method, crc, limit: directory.start, ...sizes }, next };
}

/** 4.5.3: the Zip64 extra field has each value that is full in the entry, in this order. */
function readSizes(view: DataView, at: number, extraAt: number, extraEnd: number, name: string) {
  let zip64 = findZip64(view, extraAt, extraEnd);
  const value = (field: number): number => {
    const short = view.getUint32(at + field, true);
    if (short !== FULL_32 || zip64 === undefined) return short;
    checkFile(zip64.at + 8 <= zip64.end, 'zip', 'the Zip64 sizes of a member must be complete', { name });
    const long = readUint64(view, zip64.at);
    zip64 = { at: zip64.at + 8, end: zip64.end };
    return long;
  };
  const size = value(24);
  const packedSize = value(20);
  const headerAt = value(42);
  return { size, packedSize, headerAt };
}

function findZip64(view: DataView, extraAt: number, extraEnd: number): { at: number; end: number } | undefined {
  for (let at = extraAt; at + 4 <= extraEnd; at += 4 + view.getUint16(at + 2, true)) {
    const end = at + 4 + view.getUint16(at + 2, true);
    if (view.getUint16(at, true) === ZIP64_EXTRA && end <= extraEnd) return { at: at + 4, end };
  }
  return undefined;
}

function decodeName(rawName: Uint8Array): string {
  let name: string;
  try {
    name = decodeText(rawName, { fatal: true, ignoreBOM: true });
  } catch (error) {
    throw fileError(
      'zip',
      'names of members must be UTF-8',
      { name: String.fromCharCode(...rawName.subarray(0, 80)) },
      error,
    );
  }
  const steps = name.replace(/\/$/, '').split('/'); // a folder's name ends in a slash
  const leaves = steps.some((step) => step === '' || step === '.' || step === '..');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: those are what is looked for
  checkFile(!leaves && !/[\\:\u0000-\u001f]/.test(name), 'zip', 'names of members must be plain relative paths', {
    name,
  });
  return name;
}

/** Sets where each member must end: where the next begins. Members that share bytes are a zip bomb or a trick. */
function setLimits(entries: readonly ZipEntry[], directoryStart: number): void {
  const byPosition = [...entries].sort((a, b) => a.headerAt - b.headerAt);
  for (const [i, entry] of byPosition.entries()) {
    entry.limit = byPosition[i + 1]?.headerAt ?? directoryStart;
    const end = entry.headerAt + LOCAL_HEADER_BYTES + entry.rawName.length + entry.packedSize;
    checkFile(end <= entry.limit, 'zip', 'members must not overlap', { name: entry.name, end, limit: entry.limit });
  }
}

function readUint64(view: DataView, at: number): number {
  checkFile(at + 8 <= view.byteLength, 'zip', 'the archive ends in the middle of a record', { at });
  return view.getUint32(at, true) + view.getUint32(at + 4, true) * 2 ** 32;
}
