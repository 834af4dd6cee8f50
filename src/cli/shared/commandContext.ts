// What every command is given: where it writes, and when it has to stop.

import { plain } from './plainText.js';

export interface CommandContext {
  /** Aborted by Ctrl+C. */
  readonly signal: AbortSignal;
  /** A line, or several, for people on stdout. */
  print(text: string): void;
  /** The one object that --json prints on stdout. */
  printJson(value: unknown): void;
  /** A remark on stderr that changes no result. */
  warn(text: string): void;
}

export function processContext(signal: AbortSignal): CommandContext {
  return {
    signal,
    print: (text) => process.stdout.write(`${text}\n`),
    // JSON has no NaN and no infinity: they become strings, not null.
    printJson: (value) => process.stdout.write(`${JSON.stringify(value, exactNumbers, 2)}\n`),
    warn: (text) => process.stderr.write(`convnet: warning: ${plain(text)}\n`),
  };
}

function exactNumbers(_key: string, value: unknown): unknown {
  return typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;
}
