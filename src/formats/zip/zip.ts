// Zip archives (PKWARE APPNOTE 6.3.10). The reader goes by the central directory alone. It inflates members one at a
// time, and gives stored members, which Keras writes, as views of the archive, so that 1.5 GB of weights are not
// copied. It refuses everything that two readers could read differently: duplicate names, paths that leave the folder,
// local headers with another name, members that overlap, wrong sizes and wrong checksums.

import { zipSync } from 'fflate';
import type { Bytes } from '../../core/bytes.js';
import { messageOf } from '../../core/errors.js';
import { inflateUpTo } from '../inflate.js';
import { checkFile, fileError } from '../kerasFileError.js';
import { plainBytes } from '../plainBytes.js';
import { crc32 } from './crc32.js';
import { METHOD_STORED, readDirectory, type ZipEntry } from './zipDirectory.js';

export interface ZipLimits {
  /** The largest size of one inflated member in bytes. Default 4 GiB. */
  readonly maxMemberBytes?: number;
}

/** An open archive. Members are read on request and not kept. */
export interface ZipArchive {
  /** The members in the order of the directory, without folders. */
  readonly names: readonly string[];
  has(name: string): boolean;
  /** The size of the inflated member in bytes. */
  size(name: string): number;
  /** Reads the content and checks its CRC. For a stored member it is a view of the archive: do not write to it. */
  read(name: string): Uint8Array;
}

const MAX_MEMBER_BYTES = 2 ** 32;
const LARGE = 2 ** 28; // below 256 MiB a member may be as dense as deflate can make it
const MAX_RATIO_OF_LARGE = 100; // Keras's own limit
const MAX_DEFLATE_RATIO = 1032; // RFC 1951: 258 bytes from two bits
const LOCAL_HEADER_BYTES = 30;
const ZIP_LIMIT = 2 ** 32 - 1; // written without Zip64

/** Whether the bytes begin like a zip archive. */
export function isZip(bytes: Uint8Array): boolean {
  const mark = bytes[2] * 256 + bytes[3];
  return bytes[0] === 0x50 && bytes[1] === 0x4b && (mark === 0x0304 || mark === 0x0506); // 'PK', a member or the end
}

/**
 * Opens an archive by its directory.
 * @throws KerasFileError for a directory that is damaged or not to be trusted.
 */
export function openZip(archive: Uint8Array, { maxMemberBytes = MAX_MEMBER_BYTES }: ZipLimits = {}): ZipArchive {
  const bytes = plainBytes(archive);
  const entries = readDirectory(bytes);
  for (const entry of entries.values()) checkSizes(entry, maxMemberBytes);
  const verified = new Set<string>();

  function find(name: string): ZipEntry {
    const entry = entries.get(name);
    checkFile(entry !== undefined, 'zip', 'the archive has no such member', { name, names: [...entries.keys()] });
    return entry;
  }
  return {
    names: [...entries.keys()],
    has: (name) => entries.has(name),
    size: (name) => find(name).size,
    read(name) {
      const entry = find(name);
      const packed = packedBytes(bytes, entry);
      const content = entry.method === METHOD_STORED ? packed : inflate(packed, entry);
      if (entry.method !== METHOD_STORED || !verified.has(name)) {
        const crc = crc32(content);
        checkFile(crc === entry.crc, 'zip', 'the checksum of a member must hold', { name, expected: entry.crc, crc });
        verified.add(name);
      }
      return content;
    },
  };
}

/** Writes an archive as Keras does: members stored, dated 1980-01-01, in the given order. */
export function zipStored(members: Readonly<Record<string, Uint8Array>>): Bytes {
  const total = Object.entries(members).reduce(
    (sum, [name, content]) => sum + content.length + 200 + 6 * name.length,
    0,
  );
  checkFile(total <= ZIP_LIMIT, 'zipStored', 'an archive may have 4 GiB at most', { bytes: total });
  // Zip holds local time, and fflate takes the local fields of the date, so the bytes are the same in every time zone.
  return zipSync({ ...members }, { level: 0, mtime: new Date(1980, 0, 1) });
}

function checkSizes({ name, size, packedSize, method }: ZipEntry, maxMemberBytes: number): void {
  const received = { name, size, packedSize };
  checkFile(size <= maxMemberBytes, 'zip', `a member may have ${maxMemberBytes} bytes at most`, received);
  if (method === METHOD_STORED) {
    checkFile(size === packedSize, 'zip', 'a stored member must have one size', received);
    return;
  }
  checkFile(packedSize < 2 ** 31, 'zip', 'a compressed member may have 2 GiB at most', received);
  const ratio = size / Math.max(packedSize, 1);
  checkFile(ratio <= MAX_DEFLATE_RATIO, 'zip', 'no compressed data can grow to the size that is given', received);
  checkFile(
    size <= LARGE || ratio <= MAX_RATIO_OF_LARGE,
    'zip',
    `a large member may grow ${MAX_RATIO_OF_LARGE} times at most`,
    received,
  );
}

/** The stored or compressed bytes of a member. */
function packedBytes(bytes: Uint8Array, entry: ZipEntry): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const { name, headerAt, packedSize } = entry;
  checkFile(view.getUint32(headerAt, true) === 0x04034b50, 'zip', 'a member must begin with its header', { name });
  const nameLength = view.getUint16(headerAt + 26, true);
  const start = headerAt + LOCAL_HEADER_BYTES + nameLength + view.getUint16(headerAt + 28, true);
  const nameAt = headerAt + LOCAL_HEADER_BYTES;
  const sameName = nameLength === entry.rawName.length && entry.rawName.every((byte, i) => byte === bytes[nameAt + i]);
  checkFile(sameName, 'zip', 'a member must have the same name in the directory and in its header', { name });
  checkFile(view.getUint16(headerAt + 8, true) === entry.method, 'zip', 'the method must be the same in both', {
    name,
  });
  checkFile(start + packedSize <= entry.limit, 'zip', 'a member must end before the next one begins', {
    name,
    end: start + packedSize,
    limit: entry.limit,
  });
  return bytes.subarray(start, start + packedSize);
}

function inflate(packed: Uint8Array, { name, size }: ZipEntry): Uint8Array {
  try {
    const content = inflateUpTo(size, packed, 'raw');
    if (content.length === size) return content;
  } catch (error) {
    throw fileError('zip', `a member cannot be inflated (${messageOf(error)})`, { name, size }, error);
  }
  throw fileError('zip', 'a member must have the size that the directory gives', { name, size });
}
