/** The model that is open. Opening another one stops the loading of the one before and lets go of its weights. */
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { inspectKerasFile, type KerasFileInfo, type KerasSource, loadKerasModel } from '../../../src/keras.js';

export interface OpenModel {
  readonly name: string;
  readonly info: KerasFileInfo;
  readonly model: LayersModel;
}

export interface Watcher {
  /** The file has been looked into; the model is still being made. */
  readonly onInspected: (info: KerasFileInfo) => void;
  readonly onProgress: (fraction: number) => void;
  readonly onWarning: (message: string) => void;
}

let current: OpenModel | undefined;
let stop: AbortController | undefined;

export function openModel(): OpenModel | undefined {
  return current;
}

export function cancelOpening(): void {
  stop?.abort();
}

/** Undefined if it was stopped, or if another file came in between. */
export async function open(source: () => Promise<KerasSource>, watcher: Watcher): Promise<OpenModel | undefined> {
  stop?.abort();
  const own = new AbortController();
  stop = own;
  current?.model.dispose();
  current = undefined;
  const { signal } = own;
  try {
    const files = await source();
    const info = await inspectKerasFile(files, { signal });
    signal.throwIfAborted();
    watcher.onInspected(info);
    const { onProgress, onWarning } = watcher;
    const model = await loadKerasModel(files, {
      signal,
      onWarning,
      onProgress: (fraction) => signal.aborted || onProgress(fraction),
    });
    if (signal.aborted) {
      model.dispose();
      return undefined;
    }
    current = { name: info.fileName, info, model };
    return current;
  } catch (error) {
    if (signal.aborted) return undefined;
    throw error;
  }
}
