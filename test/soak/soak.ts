// Repeats a scenario and samples what is in use on the way. It works in Node and in a page.

import * as tf from '@tensorflow/tfjs';
import { type Scenario, scenarios } from './scenarios.js';

/** What is in use, in numbers and bytes. The names are those of tf.memory(). */
export type Sample = Readonly<Record<string, number>>;

/** Samples on the way, at equal distances. */
export const SAMPLES = 10;

export interface SoakRequest {
  readonly scenario: number;
  readonly runs?: number;
}

export const names: readonly string[] = scenarios.map(({ name }) => name);

/** @param sampled is told each sample; it may add to it what only it can measure. */
export async function soak({ scenario, runs }: SoakRequest, sampled: (sample: Sample) => Promise<void>): Promise<void> {
  const chosen: Scenario = scenarios[scenario];
  const count = runs ?? chosen.runs;
  const { run, dispose } = chosen.prepare();
  for (let i = 0; i < count; i++) {
    await run(i);
    if ((i + 1) % Math.ceil(count / SAMPLES) === 0 || i === count - 1) await sampled(await sample(i + 1));
    if (i % 50 === 0) await new Promise((resolve) => setTimeout(resolve)); // a page would look dead
  }
  dispose();
}

async function sample(runs: number): Promise<Sample> {
  const { gc } = globalThis as { gc?: () => void };
  gc?.();
  await new Promise((resolve) => setTimeout(resolve, 50)); // finalizers
  gc?.();
  const numbers = Object.entries(tf.memory()).filter(([, value]) => typeof value === 'number');
  return { runs, ...Object.fromEntries(numbers), dataIds: tf.backend().numDataIds(), jsHeap: jsHeap() };
}

function jsHeap(): number {
  if (typeof window === 'undefined') return process.memoryUsage().heapUsed;
  return (performance as unknown as { memory: { usedJSHeapSize: number } }).memory.usedJSHeapSize;
}
