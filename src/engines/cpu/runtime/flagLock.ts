// Keeps threads from changing V8's flags at the same time. The flags belong to the process: without this a thread that
// restores them changes what another one compiles with. Of programs that two threads compile at the same time, one in 16
// came out at a fifth to a half of its speed (Node 24, AMD EPYC).
//
// The main thread makes the word that all threads share, and each Worker that it starts later gets it.

import { builtinModule } from '../../../core/platform.js';
import { detectSleep } from './threads/pool.js';

const key = 'tfjs-backend-convnet.flags';

/** A thread that has ended while it compiled does not give the lock back. A program compiles in milliseconds. */
const patienceMs = 1000;

/** Undefined in a Worker that was started before the main thread first compiled, and outside of Node. */
export function flagWord(): Int32Array | undefined {
  const threads = builtinModule('worker_threads') as typeof import('node:worker_threads') | undefined;
  let word = threads?.getEnvironmentData(key) as Int32Array | undefined;
  if (!word && threads?.isMainThread) {
    word = new Int32Array(new SharedArrayBuffer(4));
    threads.setEnvironmentData(key, word);
  }
  return word;
}

/** Waits until no other thread that shares the word changes flags. Gives what lets the next thread go on. */
export function lockFlags(): () => void {
  const word = flagWord();
  if (!word) return () => undefined;
  while (Atomics.exchange(word, 0, 1) === 1 && detectSleep() && Atomics.wait(word, 0, 1, patienceMs) !== 'timed-out');
  return () => {
    Atomics.store(word, 0, 0);
    Atomics.notify(word, 0, 1);
  };
}
