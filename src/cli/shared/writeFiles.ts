// Writes files. It overwrites nothing unasked, and leaves no half-written file.

import fs, { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileProblem } from '../../core/errors.js';
import { replaceFiles } from '../../formats/replaceFiles.js';
import { CliError } from './exitCodes.js';

export interface NamedFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** @throws CliError if the path exists, unless `force` is set or it is an empty folder. */
export async function checkFree(path: string, force: boolean): Promise<void> {
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw new CliError('file', `cannot write '${path}': ${fileProblem(error)}`, error);
  });
  if (found === null || force) return;
  if (found.isDirectory() && (await readdir(path)).length === 0) return;
  throw new CliError('usage', `'${path}' exists; use --force to write over it`);
}

/** Writes one file. An interruption leaves the old file as it was. */
export async function writeOne(path: string, bytes: Uint8Array, verify = true): Promise<void> {
  await orFileError(path, () => replaceFiles(fs, [{ path, bytes }], verify));
}

/** Writes the files of a tfjs model, and removes the shards of an earlier one. */
export async function writeFolder(folder: string, files: readonly NamedFile[], verify: boolean): Promise<void> {
  await orFileError(folder, async () => {
    await mkdir(folder, { recursive: true });
    const named = files.map(({ name, bytes }) => ({ path: join(folder, name), bytes }));
    await replaceFiles(fs, named, verify);
    const names = new Set(files.map(({ name }) => name));
    for (const name of await readdir(folder)) {
      if (/^group1-shard\d+of\d+\.bin$/.test(name) && !names.has(name)) await rm(join(folder, name));
    }
  });
}

async function orFileError<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof CliError) throw error;
    throw new CliError('file', `cannot write '${path}': ${fileProblem(error)}`, error);
  }
}
