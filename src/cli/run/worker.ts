// A process of `convnet run --jobs`: it loads the model once and answers for each picture that its parent names.

import { messageOf } from '../../core/errors.js';
import { readPicture } from '../../pictures/pictureFiles.js';
import type { CommandContext } from '../shared/commandContext.js';
import { CliError } from '../shared/exitCodes.js';
import { failureOf } from '../shared/failure.js';
import { useThreads } from '../shared/startBackend.js';
import type { RunOptions } from './options.js';
import type { LineReport } from './report.js';
import { Runner } from './runner.js';

/** From the parent: a picture by its place in the list. */
export interface Task {
  readonly index: number;
  readonly path: string;
}

/** To the parent. */
export type Answer =
  | { readonly kind: 'ready' }
  | { readonly kind: 'failed'; readonly message: string; readonly exitCode: number }
  | { readonly kind: 'done'; readonly index: number; readonly line: LineReport };

export async function serveParent(file: string, options: RunOptions, context: CommandContext): Promise<void> {
  const send = (answer: Answer) => void process.send?.(answer);
  if (!process.send) throw new CliError('usage', '--worker is for the processes of --jobs');
  process.once('disconnect', () => process.exit()); // the parent is gone
  useThreads(1); // there is a process for each core
  let runner: Runner;
  try {
    runner = await Runner.open(file, options, context);
  } catch (error) {
    const { line, exitCode } = failureOf(error);
    process.send({ kind: 'failed', message: line, exitCode } satisfies Answer, () => process.exit(exitCode));
    return;
  }
  let last: Promise<void> = Promise.resolve();
  process.on('message', ({ index, path }: Task) => {
    last = last.then(async () => send({ kind: 'done', index, line: await lineOf(runner, path) }));
  });
  send({ kind: 'ready' });
  await new Promise(() => {}); // until the parent disconnects
}

async function lineOf(runner: Runner, path: string): Promise<LineReport> {
  try {
    const { outputs, size, ms } = await runner.predict(await readPicture(path));
    return {
      input: path,
      size,
      ms: Math.round(ms * 1000) / 1000,
      outputs: outputs.map((output) => runner.report(output)),
    };
  } catch (error) {
    return { input: path, error: messageOf(error) };
  }
}
