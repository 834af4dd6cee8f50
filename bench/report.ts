// Results as a table on the terminal, line by line while they come, and as JSON.

import { writeFileSync } from 'node:fs';
import { digits, jsonText } from './figures.js';
import type { KindResult, LayerResult, Listener, ModelResult, SuiteResult } from './suite.js';

/** The machine and the versions that the numbers belong to. */
export type Device = Readonly<Record<string, string | number>>;

/** Each peer's ratio is its time over ours: above 1 where ours is faster. */
export const printer: Listener = {
  onLayer({ layer, pass, timings }: LayerResult) {
    const cells = timings.map(({ name, ms, gflops, ratio }, i) => {
      const speed = `${name} ${digits(ms)} ms ${digits(gflops)} GFLOP/s`;
      return i === 0 ? speed.padEnd(44) : `${speed} (${ratio.toFixed(2)}x)`.padEnd(48);
    });
    console.log(`${layer.padEnd(46)} ${pass.padEnd(10)} ${cells.join(' ').trimEnd()}`);
  },
  onModel({ model, timings }: ModelResult) {
    for (const { name, ms, ratio, first } of timings) {
      const steady = `${name.padEnd(14)} ${digits(ms)} ms (${ratio.toFixed(2)}x)`.padEnd(40);
      console.log(`${model.padEnd(46)} ${steady} first prediction ${digits(first.ms)} ms`);
    }
  },
};

export function printKinds(kinds: readonly KindResult[]): void {
  console.log('\nTheir time over ours, geometric means:');
  for (const { pass, kind, peer, ratio, layers } of kinds) {
    console.log(`${pass.padEnd(10)} ${kind.padEnd(10)} ${peer.padEnd(8)} ${ratio.toFixed(2)}x of ${layers}`);
  }
}

export function writeResults(file: string, device: Device, quick: boolean, results: SuiteResult): void {
  const date = new Date().toISOString().slice(0, 10);
  writeJson(file, { device, date, quick, ...results });
}

export function writeJson(file: string, value: object): void {
  writeFileSync(file, jsonText(value));
  console.log(`\nWritten to ${file}`);
}
