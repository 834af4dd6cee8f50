// Starts backends by name, without TensorFlow.js's advice to install another one.

import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { messageOf } from '../../core/errors.js';
import { setThreadsCount } from '../../index.js';
import { CliError } from './exitCodes.js';

/** Packages of backends, which register the backend when they are imported. */
const packages: Readonly<Record<string, { readonly name: string; readonly load: () => Promise<unknown> }>> = {
  wasm: { name: '@tensorflow/tfjs-backend-wasm', load: () => import('@tensorflow/tfjs-backend-wasm') },
};

const known = ['convnet', 'convnet-cpu', 'cpu', ...Object.keys(packages)];

/** Loads the package of each backend, and refuses unknown names before any work is done. */
export async function prepareBackends(names: readonly string[]): Promise<void> {
  tf.enableProdMode(); // silences the remarks of TensorFlow.js; failures still throw
  for (const name of names) {
    const rule = `no backend '${name}' here; known are ${known.join(', ')}`;
    if (!known.includes(name)) throw new CliError('usage', rule);
    await loadPackage(name);
  }
}

export async function startBackend(name: string): Promise<void> {
  const isStarted = await tf.setBackend(name).catch((error: unknown) => {
    throw new CliError('computation', `the backend '${name}' cannot start: ${messageOf(error)}`, error);
  });
  if (!isStarted) throw new CliError('computation', `the backend '${name}' cannot start on this machine`);
}

export function useThreads(count: number | undefined): void {
  if (count !== undefined) setThreadsCount(count);
}

async function loadPackage(backend: string): Promise<void> {
  const found = packages[backend];
  if (!found) return;
  try {
    await found.load();
  } catch (error) {
    const text = `the backend '${backend}' needs a package that is not installed; run: npm install ${found.name}`;
    throw new CliError('computation', text, error);
  }
}
