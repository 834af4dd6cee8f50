// The exit codes of the command and their meanings: one table for the code, the help text and the tests.

/** The exit code for each way in which a command can end. */
export const exitCodes = {
  done: 0,
  usage: 1,
  unreadable: 2,
  notLoadable: 3,
  file: 4,
  computation: 5,
  interrupted: 130,
} as const;

export type ExitReason = keyof typeof exitCodes;

const meanings: Readonly<Record<ExitReason, string>> = {
  done: 'done',
  usage: 'wrong usage: unknown options or values, or an output that exists (see --force)',
  unreadable: 'the model file cannot be read: missing, damaged, or no model file',
  notLoadable: 'the model file can be read but not loaded: layers that are not known, weights that do not fit',
  file: 'another file cannot be read or written: picture, labels, output',
  computation: 'the backend cannot start, or the computation failed',
  interrupted: 'interrupted (Ctrl+C)',
};

/** The exit codes as lines of the help text. */
export function exitCodeLines(): string {
  return (Object.keys(exitCodes) as ExitReason[])
    .map((reason) => `  ${String(exitCodes[reason]).padStart(3)}  ${meanings[reason]}`)
    .join('\n');
}

/** An error for the user: the command prints its message alone, and the stack only with --debug. */
export class CliError extends Error {
  override readonly name = 'CliError';

  constructor(
    readonly reason: ExitReason,
    message: string,
    cause?: unknown,
  ) {
    super(message, cause === undefined ? undefined : { cause });
  }
}
