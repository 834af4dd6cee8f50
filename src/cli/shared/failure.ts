// Turns any error into one line for stderr and an exit code.

import { messageOf } from '../../core/errors.js';
import { PictureError } from '../../pictures/pictureError.js';
import { CliError, type ExitReason, exitCodes } from './exitCodes.js';
import { plain } from './plainText.js';

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

function reasonOf(error: unknown): ExitReason {
  if (error instanceof CliError) return error.reason;
  if (error instanceof PictureError) return 'file';
  return error instanceof Error && error.name === 'AbortError' ? 'interrupted' : 'computation';
}

/** The peers of package.json: `@tensorflow/tfjs` brings all of them. */
const PEERS = /^@tensorflow\/tfjs-(core|layers|converter|backend-cpu|backend-webgl)$/;
const WITH_PEERS =
  'npm install @tensorflow/tfjs, or without installing: npx -p @tensorflow/tfjs -p tfjs-backend-convnet convnet ...';

/** A message for a missing package of TensorFlow.js, which the user must install: it is a peer dependency. */
function missingPackage(error: unknown): string | undefined {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code !== 'ERR_MODULE_NOT_FOUND' && code !== 'MODULE_NOT_FOUND') return undefined;
  const name = /Cannot find (?:package|module) '(@tensorflow\/[\w-]+)/.exec(message ?? '')?.[1];
  if (!name) return undefined;
  const run = PEERS.test(name) ? WITH_PEERS : `npm install ${name}`;
  return `the package ${name} is needed and is not installed; run: ${run}`;
}

function oneLine(message: string): string {
  return plain(message).replace(/ {2,}/g, ' ').trim() || 'unknown error';
}
