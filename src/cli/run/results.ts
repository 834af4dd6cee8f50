// The lines of `convnet run` with many pictures: one JSON object each, in the order of the pictures, on standard output or
// in a file. A file is the beginning of the whole list at any time, so a run that was stopped can go on.

import { closeSync, ftruncateSync, openSync, readFileSync, writeSync } from 'node:fs';
import { fileProblem } from '../../core/errors.js';
import { CliError } from '../shared/exitCodes.js';
import type { RunOptions } from './options.js';
import type { LineReport } from './report.js';

export interface Results {
  /** How many pictures are done already. */
  readonly done: number;
  write(line: LineReport): void;
  close(): void;
}

export function openResults(pictures: readonly string[], { results: path, resume, force }: RunOptions): Results {
  if (path === undefined) {
    return { done: 0, write: (line) => void process.stdout.write(textOf(line)), close: () => {} };
  }
  return orFileError(path, () => {
    const before = resume ? kept(path, pictures) : { done: 0, bytes: 0 };
    const file = openSync(path, resume ? 'a' : force ? 'w' : 'wx');
    if (resume) ftruncateSync(file, before.bytes);
    return {
      done: before.done,
      write: (line) => orFileError(path, () => writeAll(file, Buffer.from(textOf(line)))),
      close: () => closeSync(file),
    };
  });
}

/** The whole lines of an earlier run; a last one that was cut off does not count. */
function kept(path: string, pictures: readonly string[]): { done: number; bytes: number } {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { done: 0, bytes: 0 };
    throw error;
  }
  const end = bytes.lastIndexOf('\n') + 1;
  const lines = bytes.subarray(0, end).toString('utf8').split('\n').slice(0, -1);
  for (const [i, line] of lines.entries()) {
    const found = inputOf(line);
    if (found !== pictures[i]) {
      const rule = `'${path}' is of another list of pictures; --resume needs the same one`;
      throw new CliError('usage', `${rule}; line ${i + 1} has '${found ?? line.slice(0, 80)}', not '${pictures[i]}'`);
    }
  }
  return { done: lines.length, bytes: end };
}

function inputOf(line: string): string | undefined {
  try {
    return (JSON.parse(line) as LineReport).input;
  } catch {
    return undefined;
  }
}

function textOf(line: LineReport): string {
  // JSON has no NaN and no infinity: they are written as strings, as by --json.
  const exact = (_key: string, value: unknown) =>
    typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;
  return `${JSON.stringify(line, exact)}\n`;
}

/** A write may be short, as on a full disk. */
function writeAll(file: number, bytes: Buffer): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
}

function orFileError<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof CliError) throw error;
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') {
      throw new CliError('usage', `'${path}' exists; use --resume to go on with it or --force to write over it`);
    }
    throw new CliError('file', `cannot write '${path}': ${fileProblem(error)}`, error);
  }
}
