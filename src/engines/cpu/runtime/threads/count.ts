// The number of threads of the CPU engine.

import { maxThreads } from '../../../../../kernels/threads.js';
import { check } from '../../../../core/errors.js';
import { builtinModule } from '../../../../core/platform.js';
import { detectSharedMemory } from '../features.js';

/** More threads seldom help, since layers then wait for memory. */
const mostByDefault = 8;

// The number is stored under a shared symbol, since an application may have two copies of this package and only one of
// them has registered the backends.
const key = Symbol.for('tfjs-backend-convnet.threads');
const chosen = globalThis as { [key]?: number };

/**
 * Sets the number of threads of all convnet CPU backends, those made later included, from their next kernel on. It
 * outweighs the flag CONVNET_THREADS. Default: the number of cores, 8 at most. Without SharedArrayBuffer (in a page
 * that is not cross-origin isolated) there is one thread, whatever is set here.
 *
 * @param count From 1 to 64.
 * @throws If the count is not an integer in that range.
 */
export function setThreadsCount(count: number): void {
  check(isThreadsCount(count), 'setThreadsCount', `the count must be an integer from 1 to ${maxThreads}`, { count });
  chosen[key] = count;
}

/** The number that setThreadsCount() has set; undefined if it has not been called. */
export function chosenThreads(): number | undefined {
  return chosen[key];
}

/** For tests: restores the default. */
export function resetThreadsCount(): void {
  delete chosen[key];
}

export function isThreadsCount(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 1 && (value as number) <= maxThreads;
}

export function defaultThreads(): number {
  return detectSharedMemory() ? Math.min(cores(), mostByDefault) : 1;
}

function cores(): number {
  const os = builtinModule('os') as typeof import('node:os') | undefined;
  return os?.availableParallelism() ?? globalThis.navigator?.hardwareConcurrency ?? 1;
}
