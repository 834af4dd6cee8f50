// What the callbacks of this package share. They are tf.Callback's, so that every fit() takes them.
// Source: https://keras.io/api/callbacks/base_callback/

import { type LayersModel, Callback as TfjsCallback } from '@tensorflow/tfjs-layers';
import { builtinModule } from '../../core/platform.js';
import { plainValue } from '../../layers/run/fit/logs.js';

/** Logs of a batch or an epoch, which may hold values that are still on the GPU. */
export type CallbackLogs = Readonly<Record<string, unknown>>;

/**
 * A callback. A class of one's own overrides some of `onTrainBegin`, `onTrainEnd`, `onEpochBegin(epoch, logs)`,
 * `onEpochEnd(epoch, logs)`, `onBatchBegin(batch, logs)`, `onBatchEnd(batch, logs)`, `onTestBegin` and `onTestEnd`.
 * `this.model` is the model that is trained.
 * Source: https://keras.io/api/callbacks/base_callback/
 */
export abstract class Callback extends TfjsCallback {
  /** The model that is trained. @throws Error before fit() has set it. */
  protected get trained(): LayersModel {
    const { model } = this as { readonly model?: LayersModel | null };
    if (!model) throw new Error(`${this.constructor.name}: there must be a model; received model=${model}`);
    return model;
  }

  /** Called before each validation of a fit(), by models of this package. */
  async onTestBegin(): Promise<void> {}

  /** Called after each validation, also after an error. */
  async onTestEnd(): Promise<void> {}

  /** Frees tensors that the callback keeps. fit() calls it at its end, also after an error. */
  release(): void {}

  protected say(text: string): void {
    console.log(text);
  }
}

/** The values of logs as numbers and arrays. */
export async function readLogs(logs: CallbackLogs = {}): Promise<Record<string, number | number[]>> {
  const entries = await Promise.all(Object.keys(logs).map(async (key) => [key, await plainValue(logs[key])] as const));
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined)) as Record<string, number | number[]>;
}

/** One value of logs as a number; undefined where there is none, or several. */
export async function readNumber(logs: CallbackLogs | undefined, key: string): Promise<number | undefined> {
  const value = await plainValue(logs?.[key]);
  return Array.isArray(value) ? undefined : value;
}

/** Node's file functions. @throws Error in a page. */
export function nodeFiles(where: string, filepath: string): typeof import('node:fs') {
  const fs = builtinModule('fs') as typeof import('node:fs') | undefined;
  if (fs) return fs;
  throw new Error(`${where}: a path can be used in Node alone; give \`write\` in a page; received path='${filepath}'`);
}
