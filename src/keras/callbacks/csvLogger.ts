// Source: https://keras.io/api/callbacks/csv_logger/

import { checkOptionKeys, type OptionKeys } from '../../core/optionKeys.js';
import { KerasValueError, showValue } from '../../layers/base/kerasValueError.js';
import { Callback, type CallbackLogs, nodeFiles, readLogs } from './callback.js';

/** The arguments of CSVLogger. */
export interface CSVLoggerArgs {
  /** Between values. Default ','. */
  readonly separator?: string;
  /** Whether to go on with a file that is there. Default false: it is replaced. */
  readonly append?: boolean;
}

/**
 * Writes the logs of each epoch as a line, after a line with their names. In Node it writes a file; elsewhere, or without a
 * name, the lines are in `text`.
 * Source: https://keras.io/api/callbacks/csv_logger/
 */
export class CSVLogger extends Callback {
  /** All lines so far. */
  text = '';
  readonly #filename: string | null;
  readonly #separator: string;
  readonly #append: boolean;
  #keys: readonly string[] | null = null;
  #hasHeader = false;

  /** @throws Error for arguments that it does not have. */
  constructor(filename: string | null = null, args: CSVLoggerArgs = {}) {
    super();
    if (filename !== null && typeof filename !== 'string') {
      throw new KerasValueError(`CSVLogger: the filename must be a string or null. Received: ${showValue(filename)}`);
    }
    checkOptionKeys('CSVLogger', args, { separator: true, append: true } satisfies OptionKeys<CSVLoggerArgs>);
    const { separator = ',', append = false } = args;
    this.#filename = filename;
    this.#separator = separator;
    this.#append = append;
  }

  override async onTrainBegin(): Promise<void> {
    this.text = this.#append ? this.text : '';
    this.#keys = null;
    this.#hasHeader = this.text !== '';
    if (this.#filename === null) return;
    const fs = nodeFiles('CSVLogger', this.#filename);
    if (this.#append && fs.existsSync(this.#filename)) this.#hasHeader = fs.statSync(this.#filename).size > 0;
    else fs.writeFileSync(this.#filename, '');
  }

  override async onEpochEnd(epoch: number, logs?: CallbackLogs): Promise<void> {
    const values = await readLogs(logs);
    if (!this.#keys) {
      const keys = Object.keys(values).sort();
      // The validation may come in later epochs alone.
      const hasValidation = keys.some((key) => key.startsWith('val_'));
      this.#keys = hasValidation ? keys : [...keys, ...keys.map((key) => `val_${key}`)];
      if (!this.#hasHeader) this.#write(['epoch', ...this.#keys]);
    }
    const cell = (value: number | readonly number[] | undefined) =>
      value === undefined ? 'NA' : Array.isArray(value) ? `"""[${value.join(', ')}]"""` : String(value);
    this.#write([String(epoch), ...this.#keys.map((key) => cell(values[key]))]);
  }

  #write(cells: readonly string[]): void {
    const line = `${cells.join(this.#separator)}\n`;
    this.text += line;
    if (this.#filename !== null) nodeFiles('CSVLogger', this.#filename).appendFileSync(this.#filename, line);
  }
}
