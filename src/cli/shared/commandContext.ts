// The context of every command: where it prints, and when it must stop.

import { plain } from './plainText.js';

export interface CommandContext {
  /** Aborted by Ctrl+C. */
  readonly signal: AbortSignal;
  /** Prints lines for people on stdout. */
  print(text: string): void;
  /** Prints the one object of --json on stdout. */
  printJson(value: unknown): void;
  /** Prints a remark on stderr that changes no result. */
  warn(text: string): void;
}

export function processContext(signal: AbortSignal): CommandContext {
  return {
    signal,
    print: (text) => process.stdout.write(`${text}\n`),
    // JSON has no NaN and no infinity: they are written as strings, not as null.
    printJson: (value) => process.stdout.write(`${JSON.stringify(value, exactNumbers, 2)}\n`),
    warn: (text) => process.stderr.write(`convnet: warning: ${plain(text)}\n`),
  };
}

function exactNumbers(_key: string, value: unknown): unknown {
  return typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;
}
