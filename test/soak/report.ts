// What a soak run says: its samples, and what has grown.

import type { Sample } from './soak.js';

/** How much a figure may grow from the first third to the end: as a factor, and in units of its own. */
const MAY_GROW: Readonly<Record<string, readonly [number, number]>> = {
  numTensors: [1, 0],
  numDataBuffers: [1, 0],
  numBytes: [1, 0],
  dataIds: [1, 0],
  numBytesInHeap: [1.02, 2 ** 16],
  numBytesInHeapAllocated: [1.05, 0],
  numBytesInGPU: [1.02, 2 ** 16],
  numBytesInGPUAllocated: [1.05, 2 ** 20],
  jsHeap: [1.1, 4 * 2 ** 20],
  residentSet: [1.1, 32 * 2 ** 20],
};

/**
 * The names of the figures whose last value is above what the first third had.
 *
 * @param tableBytes By which the bytes in use may differ besides.
 */
export function grown(samples: readonly Sample[], tableBytes = 0): string[] {
  const early = samples.slice(0, Math.ceil(samples.length / 3));
  const last = samples.at(-1) ?? {};
  return Object.entries(MAY_GROW).flatMap(([name, [factor, units]]) => {
    const before = Math.max(...early.map((sample) => sample[name] ?? 0));
    const now = last[name] ?? 0;
    const more = /^numBytesIn(Heap|GPU)$/.test(name) ? tableBytes : 0;
    return now > before * factor + units + more ? [`${name} ${before} to ${now}`] : [];
  });
}

export function printSamples(samples: readonly Sample[]): void {
  const columns = ['runs', ...Object.keys(MAY_GROW)].filter((name) =>
    samples.some((sample) => sample[name] !== undefined),
  );
  const cell = (name: string, value: number) => {
    const isBytes = /bytes|heap|set$/i.test(name);
    return isBytes ? `${(value / 2 ** 20).toFixed(2)} MB` : `${value}`;
  };
  console.table(
    samples.map((sample) => Object.fromEntries(columns.map((name) => [name, cell(name, sample[name] ?? 0)]))),
  );
}
