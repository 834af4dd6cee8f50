/** The open model. Opening another one stops a load in progress and disposes of the weights of the one before. */
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { inspectKerasFile, type KerasFileInfo, type KerasSource, loadKerasModel } from '../../../src/keras.js';

export interface OpenModel {
  readonly name: string;
  readonly info: KerasFileInfo;
  readonly model: LayersModel;
}

export interface Watcher {
  /** Called once the file is inspected, before the model is built. */
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

/** Opens a model. Undefined if the load was cancelled, or another file was opened meanwhile. */
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
