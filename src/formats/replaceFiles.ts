// Writes files in Node under temporary names, and gives them their names when all are complete: a failure leaves the
// files that were there.

import { check } from '../core/errors.js';
import { builtinModule, processId } from '../core/platform.js';

type Fs = typeof import('node:fs/promises');

export interface FileToWrite {
  readonly path: string;
  readonly bytes: Uint8Array;
}

interface Target extends FileToWrite {
  /** The name under which the bytes are written; the path itself for what cannot be replaced, such as a device. */
  readonly temporary: string;
  /** The permissions of the file that is there. */
  readonly mode?: number;
}

const PIECE = 2 ** 20; // bytes that are compared at a time
let count = 0;

/**
 * Writes all files, or none of them.
 * @param verify Whether to compare the bytes on the disk with those that were meant.
 * @throws Error of the file system; Error for a file that does not read back.
 */
export async function replaceFiles(fs: Fs, files: readonly FileToWrite[], verify: boolean): Promise<void> {
  const targets: Target[] = [];
  try {
    for (const file of files) {
      const target = await targetOf(fs, file);
      targets.push(target);
      await fs.writeFile(target.temporary, file.bytes);
      if (target.mode !== undefined) await fs.chmod(target.temporary, target.mode);
      if (verify && isTemporary(target)) await compareBytes(fs, target);
    }
    for (const target of targets.filter(isTemporary)) await fs.rename(target.temporary, target.path);
  } catch (error) {
    await Promise.all(targets.filter(isTemporary).map(({ temporary }) => fs.rm(temporary, { force: true })));
    throw error;
  }
}

function isTemporary({ path, temporary }: Target): boolean {
  return path !== temporary;
}

/** A link is followed, as when a file is written over. */
async function targetOf(fs: Fs, { path, bytes }: FileToWrite): Promise<Target> {
  const found = await fs.stat(path).catch(() => null);
  if (found && !found.isFile()) return { path, bytes, temporary: path };
  const real = found ? await fs.realpath(path) : path;
  const isLink = !found && (await fs.lstat(path).catch(() => null)) !== null; // to a file that is not there
  const temporary = isLink ? real : `${real}.${processId()}.${count++}.tmp`;
  return { path: real, bytes, temporary, ...(found ? { mode: found.mode } : {}) };
}

async function compareBytes(fs: Fs, { path, temporary, bytes }: Target): Promise<void> {
  const rule = 'the file must read back as it was written';
  const { compare } = (builtinModule('buffer') as typeof import('node:buffer')).Buffer;
  const file = await fs.open(temporary);
  try {
    const { size } = await file.stat();
    check(size === bytes.length, 'writing', rule, { path, bytes: size, meant: bytes.length });
    const piece = new Uint8Array(Math.min(PIECE, bytes.length));
    for (let at = 0; at < bytes.length; ) {
      const { bytesRead } = await file.read(piece, 0, Math.min(PIECE, bytes.length - at), at);
      const meant = bytes.subarray(at, at + bytesRead);
      const isSame = bytesRead > 0 && compare(piece.subarray(0, bytesRead), meant) === 0;
      check(isSame, 'writing', rule, { path, piece: at });
      at += bytesRead;
    }
  } finally {
    await file.close();
  }
}
