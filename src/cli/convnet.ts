#!/usr/bin/env node
// The `convnet` command: runs the chosen command; an error becomes one line on stderr and an exit code.
//
// Neither this file nor program.ts imports TensorFlow.js. Each command imports what it needs when it runs, so that
// --help is quick and a missing peer dependency becomes a message.

import { CommanderError } from 'commander';
import { makeProgram } from './program.js';
import { processContext } from './shared/commandContext.js';
import { exitCodes } from './shared/exitCodes.js';
import { failureOf } from './shared/failure.js';

async function main(): Promise<number> {
  const stop = new AbortController();
  // A second Ctrl+C finds no listener and ends the process at once.
  process.once('SIGINT', () => stop.abort());
  // A reader such as `head` may close the pipe early.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 4));
  const program = makeProgram(processContext(stop.signal));
  try {
    await program.parseAsync();
    return Number(process.exitCode ?? exitCodes.done);
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.done : exitCodes.usage;
    const { line, exitCode } = failureOf(error);
    process.stderr.write(`convnet: ${line}\n`);
    if (process.argv.includes('--debug')) console.error(error);
    return exitCode;
  }
}

process.exitCode = await main();
