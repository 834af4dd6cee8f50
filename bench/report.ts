// Results as a table on the terminal, line by line while they come, and as JSON.

import { writeFileSync } from 'node:fs';
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
      const details = [
        `first prediction ${digits(first.ms)} ms`,
        ...(first.programs === undefined ? [] : [`${first.programs} programs`]),
        ...(first.gpuBytes === undefined ? [] : [`${digits(first.gpuBytes / 2 ** 20)} MiB of textures`]),
      ];
      console.log(`${model.padEnd(46)} ${steady} ${details.join(', ')}`);
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

/** Without the single rounds, and numbers to four digits: more is noise. */
export function writeJson(file: string, value: object): void {
  const shorten = (key: string, part: unknown) => {
    if (key === 'rounds') return undefined;
    return typeof part === 'number' ? Number(part.toPrecision(4)) : part;
  };
  writeFileSync(file, `${JSON.stringify(value, shorten, 2)}\n`);
  console.log(`\nWritten to ${file}`);
}

export function digits(value: number): string {
  return value >= 1000 ? value.toFixed(0) : value.toPrecision(3);
}
