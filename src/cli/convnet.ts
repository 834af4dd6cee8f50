#!/usr/bin/env node
// The `convnet` command: arguments -> command -> output, or one line on stderr and an exit code.
//
// Nothing here or in program.ts imports TensorFlow.js: each command loads what it needs, so that --help is quick and a missing
// peer dependency is a message.

import { CommanderError } from 'commander';
import { makeProgram } from './program.js';
import { processContext } from './shared/commandContext.js';
import { exitCodes } from './shared/exitCodes.js';
import { failureOf } from './shared/failure.js';

async function main(): Promise<number> {
  const stop = new AbortController();
  // The second Ctrl+C finds no listener and ends the process at once.
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
