// Any error as one line on stderr and an exit code.

import { CliError, type ExitReason, exitCodes } from './exitCodes.js';
import { plain } from './plain.js';

export interface Failure {
  readonly line: string;
  readonly exitCode: number;
}

export function failureOf(error: unknown): Failure {
  const missing = missingPackage(error);
  if (missing) return { line: missing, exitCode: exitCodes.computation };
  const reason = reasonOf(error);
  if (reason === 'interrupted') return { line: 'interrupted', exitCode: exitCodes.interrupted };
  return { line: oneLine(messageOf(error)), exitCode: exitCodes[reason] };
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** What the system says of a file, in words. */
export function fileProblem(error: unknown): string {
  const { code } = error as NodeJS.ErrnoException;
  switch (code) {
    case 'ENOENT':
      return 'no such file or folder';
    case 'EISDIR':
      return 'it is a folder';
    case 'EACCES':
    case 'EPERM':
      return 'permission denied';
    case 'ENOSPC':
      return 'the disk is full';
    default:
      return messageOf(error);
  }
}

function reasonOf(error: unknown): ExitReason {
  if (error instanceof CliError) return error.reason;
  return error instanceof Error && error.name === 'AbortError' ? 'interrupted' : 'computation';
}

/** TensorFlow.js is a peer dependency: whoever starts the command has to have installed it. */
function missingPackage(error: unknown): string | undefined {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code !== 'ERR_MODULE_NOT_FOUND' && code !== 'MODULE_NOT_FOUND') return undefined;
  const name = /Cannot find (?:package|module) '(@tensorflow\/[\w-]+)/.exec(message ?? '')?.[1];
  return name && `the package ${name} is needed and is not installed; run: npm install ${name}`;
}

function oneLine(message: string): string {
  return plain(message).replace(/ {2,}/g, ' ').trim() || 'unknown error';
}
