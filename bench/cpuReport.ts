// The CPU benchmark on the terminal: a line for each row while it comes, then what has been reached of what is asked for.

import type { LayerRow, ModelRow, Section, ThreadsRow, Verdict } from './cpuResults.js';
import type { CpuListener } from './cpuSuite.js';
import { digits, factor } from './figures.js';
import type { Timing } from './measure.js';
import type { Peak } from './peak.js';

/** Each factor is a peer's time over ours: above 1 ours is faster. */
export const cpuPrinter: CpuListener = {
  onSection(section: Section, peak: Peak, [ours]: readonly string[]) {
    console.log(`\n=== ${section} ===`);
    if (section === 'layers' || section === 'gradients') {
      const unit = `of ${peak.gflops.toFixed(1)} GFLOP/s`;
      console.log(`${title(ours)}${cell('MFLOP')}${cell('ms')}${cell('GFLOP/s')}   ${unit}   peers: GFLOP/s, factor`);
    }
  },
  onLayer({ layer, pass, mflop, timings: [ours, ...peers] }: LayerRow) {
    const own = [digits(mflop), digits(ours.ms), digits(ours.gflops)].map(cell).join('');
    const ofPeak = `${Math.round(100 * ours.ofPeak)}%`.padStart(10);
    const theirs = peers.map(({ name, gflops, ratio }) => `${name} ${digits(gflops)} ${factor(ratio)}`.padEnd(23));
    console.log(
      `${title(pass === 'forward' ? layer : `${layer} ${pass}`)}${own}${ofPeak}      ${theirs.join(' ').trim()}`,
    );
  },
  onThreads({ layer, timings: [two, one] }: ThreadsRow) {
    console.log(
      `${title(layer)} ${two.name} ${digits(two.ms)} ms, ${one.name} ${digits(one.ms)} ms ${factor(one.ratio)}`,
    );
  },
  onNeighbour({ neighbour, timings }) {
    console.log(`${title(neighbour)} ${times(timings)}`);
  },
  onModel({ model, timings, first }: ModelRow) {
    console.log(`${title(model)} ${times(timings)}`);
    const cold = first.map(({ name, ms }) => `${name} ${digits(ms)} ms`);
    console.log(`${title('  first prediction')} ${cold.join(', ')}`);
  },
  onMemory({ model, predictions, isUnchanged, afterSecond, afterLast, peakHeapBytes }) {
    const state = isUnchanged ? 'unchanged' : `CHANGED from ${fields(afterSecond)} to ${fields(afterLast)}`;
    const peak = peakHeapBytes === undefined ? '' : `, at most ${digits(peakHeapBytes / 2 ** 20)} MiB of heap`;
    console.log(`${title(model)} after ${predictions} predictions ${state}${peak}`);
  },
  onFailure(message) {
    console.log(`FAILED ${message}`);
  },
};

export function printVerdicts(verdicts: readonly Verdict[]): void {
  if (verdicts.length === 0) return;
  console.log(`\n=== times as fast as the peers (geometric means) ===`);
  console.log(`${title('')}${'ours'.padEnd(16)}${'peer'.padEnd(12)}${cell('rows')}${cell('factor')}${cell('asked')}`);
  const isKernel = ({ section }: Verdict) => section === 'neighbours';
  const kernels = verdicts.filter((verdict) => isKernel(verdict) && verdict.isMet !== undefined);
  const shown = verdicts.filter((verdict) => !(isKernel(verdict) && verdict.isMet)); // there are many
  for (const { title: name, ours, peer, ratio, count, floor, isMet } of shown) {
    const asked = floor === undefined ? '' : `${floor.toFixed(1)}x`;
    const word = isMet === undefined ? '' : isMet ? '   met' : '   MISSED';
    const numbers = `${cell(count)}${cell(factor(ratio))}${cell(asked)}`;
    console.log(`${title(name)}${ours.padEnd(16)}${peer.padEnd(12)}${numbers}${word}`.trimEnd());
  }
  const met = kernels.filter(({ isMet }) => isMet).length;
  if (kernels.length > 0) console.log(`${title('neighbour kernels')}${met} of ${kernels.length} met`);
}

function times(timings: readonly Timing[]): string {
  const cells = timings.map(({ name, ms, ratio }, i) => `${name} ${digits(ms)} ms${i > 0 ? ` ${factor(ratio)}` : ''}`);
  return cells
    .map((text) => text.padEnd(30))
    .join('')
    .trimEnd();
}

function fields(values: Readonly<Record<string, number>>): string {
  return Object.entries(values)
    .map(([name, value]) => `${name}=${value}`)
    .join(' ');
}

const title = (text: string) => text.padEnd(48);
const cell = (value: string | number) => `${value}`.padStart(9);
