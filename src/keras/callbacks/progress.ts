// How far the training is: a line in a terminal, or an element of a page.
// Source: https://keras.io/api/callbacks/progbar_logger/

import { checkOptionKeys, type OptionKeys } from '../../core/optionKeys.js';
import { Callback, type CallbackLogs, readLogs } from './callback.js';

/** The part of an element that is filled. */
interface Fillable {
  replaceChildren(...nodes: unknown[]): void;
  readonly ownerDocument: {
    createElement(name: string): { textContent: string | null; max?: number; value?: number };
  };
}

/** The arguments of ProgbarLogger. */
export interface ProgbarLoggerArgs {
  /** Page: the element that is filled with a progress bar and a text. */
  readonly element?: Element;
  /** Takes each text. Default: the terminal's standard error in Node, else console.log at the end of an epoch. */
  readonly write?: (text: string) => void;
}

/**
 * Shows epoch, batch, and the values so far: as a line that is written over in Node, or in an element of a page.
 * Source: https://keras.io/api/callbacks/progbar_logger/
 */
export class ProgbarLogger extends Callback {
  readonly #element: Fillable | null;
  readonly #write: ((text: string) => void) | null;
  #epoch = 0;

  /** @throws Error for arguments that it does not have. */
  constructor(args: ProgbarLoggerArgs = {}) {
    super();
    checkOptionKeys('ProgbarLogger', args, { element: true, write: true } satisfies OptionKeys<ProgbarLoggerArgs>);
    const { element, write } = args;
    this.#element = (element as unknown as Fillable | undefined) ?? null;
    this.#write = write ?? (this.#element ? null : terminal());
  }

  override async onEpochBegin(epoch: number): Promise<void> {
    this.#epoch = epoch;
  }

  override async onBatchEnd(batch: number, logs?: CallbackLogs): Promise<void> {
    await this.#show(batch + 1, logs, false);
  }

  override async onEpochEnd(_epoch: number, logs?: CallbackLogs): Promise<void> {
    await this.#show(null, logs, true);
  }

  async #show(done: number | null, logs: CallbackLogs | undefined, isLast: boolean): Promise<void> {
    const { epochs, steps } = this.params as { readonly epochs?: number; readonly steps?: number | null };
    const { batch: _, size: __, ...values } = await readLogs(logs);
    const parts = Object.entries(values).map(([key, value]) => `${key}: ${[value].flat().map(short).join(' ')}`);
    const count = done === null ? '' : ` - ${done}${steps ? `/${steps}` : ''}`;
    const text = [`Epoch ${this.#epoch + 1}/${epochs}${count}`, ...parts].join(' - ');
    this.#write?.(isLast ? `\r${text}\n` : `\r${text}`);
    if (this.#element) this.#fill(this.#element, text, done === null ? 1 : steps ? done / steps : 0);
  }

  #fill(element: Fillable, text: string, fraction: number): void {
    const bar = Object.assign(element.ownerDocument.createElement('progress'), { max: 1, value: fraction });
    const label = Object.assign(element.ownerDocument.createElement('span'), { textContent: text });
    element.replaceChildren(bar, label);
  }
}

const short = (value: number): string => (Math.abs(value) >= 1e-3 ? value.toFixed(4) : value.toExponential(4));

/** Writes to Node's standard error; in a page whole lines to the console. */
function terminal(): (text: string) => void {
  const { process } = globalThis as { readonly process?: { readonly stderr?: { write(text: string): void } } };
  const { stderr } = process ?? {};
  if (stderr) return (text) => stderr.write(text);
  return (text) => {
    if (text.endsWith('\n')) console.log(text.trim());
  };
}
