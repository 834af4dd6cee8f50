// The first prediction of a model, on one contestant after the other and each time in a fresh process or browser.

import type { Comparisons } from './compare.js';
import type { GpuUse } from './gpuUse.js';
import { median } from './measure.js';

export interface FirstTime {
  readonly name: string;
  /** Median of some. */
  readonly ms: number;
  /** Of the last one, on a backend that computes with WebGL. */
  readonly gpu?: GpuUse;
}

export async function firstPredictions(
  { first }: Pick<Comparisons, 'first'>,
  model: string,
  backends: readonly string[],
  count: number,
): Promise<FirstTime[]> {
  const samples = backends.map((): FirstTime[] => []);
  for (let i = 0; i < count; i++) {
    for (const [at, name] of backends.entries()) samples[at].push({ name, ...(await first({ model, backend: name })) });
  }
  return samples.map((times) => ({ ...times[count - 1], ms: median(times.map(({ ms }) => ms)) }));
}
