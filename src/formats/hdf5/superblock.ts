// Reads the superblock at the beginning of an HDF5 file, which leads to the root group (File Format Specification
// II.A).

import { checkFile, fileError } from '../kerasFileError.js';
import { verifyChecksum } from './checksum.js';
import { type FileBytes, WHERE } from './fileBytes.js';

const SIGNATURE = [0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a];

/** Whether the bytes begin like an HDF5 file. */
export function isHdf5(bytes: Uint8Array): boolean {
  return SIGNATURE.every((byte, i) => bytes[i] === byte);
}

/** Reads the address of the root group's object header. */
export function readRootAddress(file: FileBytes): number {
  checkFile(isHdf5(file.bytes), WHERE, 'the file must begin with the HDF5 signature', {
    bytes: [...file.bytes.subarray(0, SIGNATURE.length)],
  });
  const version = file.cursor(SIGNATURE.length).u8();
  if (version <= 1) return readOldRoot(file, version);
  if (version <= 3) return readNewRoot(file);
  throw fileError(WHERE, 'unknown version of the superblock', { version });
}

/** Reads versions 0 and 1. */
function readOldRoot(file: FileBytes, version: number): number {
  const cursor = file.cursor(SIGNATURE.length + 1);
  cursor.skip(4); // versions of parts, reserved
  checkWidths(cursor.u8(), cursor.u8());
  cursor.skip(1 + 2 + 2 + 4); // reserved, sizes of tree nodes, flags
  if (version === 1) cursor.skip(4);
  checkBase(cursor.address());
  cursor.skip(8); // free space
  checkEnd(cursor.u64(), file);
  cursor.skip(8); // driver
  cursor.skip(8); // name of the root entry
  return cursor.requiredAddress();
}

/** Reads versions 2 and 3. */
function readNewRoot(file: FileBytes): number {
  const cursor = file.cursor(SIGNATURE.length + 1);
  checkWidths(cursor.u8(), cursor.u8());
  cursor.skip(1); // flags
  checkBase(cursor.address());
  cursor.skip(8); // extension
  checkEnd(cursor.u64(), file);
  const root = cursor.requiredAddress();
  verifyChecksum(file, 0, cursor.at, 'superblock');
  return root;
}

function checkWidths(offsets: number, lengths: number): void {
  checkFile(offsets === 8 && lengths === 8, WHERE, 'addresses and lengths must have 8 bytes', { offsets, lengths });
}

function checkBase(base: number | undefined): void {
  checkFile(base === 0, WHERE, 'addresses must count from the beginning of the file', { base });
}

function checkEnd(end: number, file: FileBytes): void {
  checkFile(end <= file.length, WHERE, 'the file is truncated', { expected: end, bytes: file.length });
}
