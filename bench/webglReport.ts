// The WebGL benchmark on the terminal: a line for each row while it comes, then what has been reached of what is asked for.

import { digits, factor } from './figures.js';
import type { GpuUse } from './gpuUse.js';
import type { WebglFirstRow, WebglLayerRow, WebglModelRow, WebglRow, WebglVerdict } from './webglResults.js';
import type { WebglListener, WebglStep } from './webglSuite.js';
import { aimText, amountText, limitsText, valueText, verdictWord } from './webglText.js';

/** Each factor is the peer's time over ours: above 1 ours is faster. */
export function webglPrinter(): WebglListener {
  let group = '';
  return {
    onStep(step: WebglStep) {
      if (step.group !== group) console.log(`\n=== ${step.group} ===`);
      group = step.group;
    },
    onRow(row: WebglRow) {
      switch (row.section) {
        case 'layers':
        case 'gradients':
          return printLayer(row);
        case 'models':
          return printModel(row);
        case 'first':
          return printFirst(row);
        default:
          return row satisfies never;
      }
    },
    onFailure(message) {
      console.log(`FAILED ${message}`);
    },
  };
}

function printLayer({ layer, mflop, timings: [ours, theirs] }: WebglLayerRow): void {
  const speeds = [ours, theirs].map(({ name, ms, gflops }) => `${name} ${digits(ms)} ms ${digits(gflops)} GFLOP/s`);
  const [own, other] = speeds.map((text) => text.padEnd(42));
  console.log(`${title(layer)}${cell(digits(mflop))} MFLOP   ${own}${other}${factor(theirs.ratio)}`);
}

function printModel({ model, timings: [ours, theirs] }: WebglModelRow): void {
  const [own, other] = [ours, theirs].map(({ name, ms }) => `${name} ${digits(ms)} ms`.padEnd(30));
  console.log(`${title(model)}${own}${other}${factor(theirs.ratio)}`);
}

function printFirst({ model, times }: WebglFirstRow): void {
  console.log(title(model));
  for (const { name, ms, gpu } of times) console.log(`  ${name.padEnd(16)}${digits(ms)} ms${gpu ? useText(gpu) : ''}`);
}

function useText({ programs, memory, draws, counters }: GpuUse): string {
  const mib = (bytes: number) => (bytes / 2 ** 20).toFixed(0);
  const own = [
    `${programs} programs`,
    `${mib(memory.texturesPeak)} MiB of textures at most, ${mib(memory.texturesAfter)} after`,
    `numBytesInGPU ${mib(memory.inUsePeak)} at most, ${mib(memory.inUseAfter)} after`,
    `allocated ${mib(memory.allocatedAfter)}`,
  ];
  const conversions = counters ? `${counters.toTiles} to tiles, ${counters.toTfjs} to TensorFlow.js` : '-';
  const ownDraws = counters ? ` (${counters.draws} of its own)` : '';
  return `, ${own.join('; ')}; a prediction: ${draws} draws${ownDraws}, layout conversions ${conversions}`;
}

export function printWebglVerdicts(verdicts: readonly WebglVerdict[]): void {
  if (verdicts.length === 0) return;
  const hasLimits = verdicts.some(({ ofLimits }) => ofLimits);
  console.log('\n=== convnet-webgl against webgl (geometric means; a factor is their time over ours) ===');
  console.log(
    `${title('')}${cell('rows')}${cell('ours')}${cell('theirs')}  ${'unit'.padEnd(10)}${cell('')}${cell('asked')}`,
  );
  let group = '';
  for (const verdict of verdicts) {
    if (verdict.group !== group) console.log(`${verdict.group}`);
    group = verdict.group;
    const { title: name, partOf, count, ours, theirs, unit } = verdict;
    const [own, other] = [ours, theirs].map((value) => cell(amountText(value, verdict)));
    const numbers = `${cell(count)}${own}${other}  ${unit.padEnd(10)}`;
    const judged = `${cell(valueText(verdict))}${cell(aimText(verdict))}   ${verdictWord(verdict).padEnd(9)}`;
    const line = `${title(`${partOf ? '    ' : '  '}${name}`)}${numbers}${judged}${limitsText(verdict)}`;
    console.log(line.trimEnd());
  }
  if (!hasLimits) console.log('(no limits of this renderer: bench/results/webgl-micro.json)');
  const judged = verdicts.filter(({ isReached }) => isReached !== undefined);
  if (judged.length > 0)
    console.log(`${judged.filter(({ isReached }) => isReached).length} of ${judged.length} reached`);
}

const title = (text: string) => text.padEnd(50);
const cell = (value: string | number) => `${value}`.padStart(9);
