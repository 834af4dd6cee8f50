// A benchmark on the terminal: a line for each row while it comes, then what has been reached of what is asked for.

import type { MemoryRow, RowTiming, TimedRow, Verdict } from '../run/results.js';
import type { Listener } from '../run/steps.js';
import { amountText, askedText, digits, factor, valueText, verdictWord } from './figures.js';
import { printTable } from './printTable.js';

/** Each factor is the peer's time over ours: above 1 ours is faster. */
export function printer(): Listener {
  let group = '';
  return {
    onStep(step) {
      if (step.group !== group) console.log(`\n=== ${step.group} ===`);
      group = step.group;
    },
    onRow: (row) => (row.section === 'memory' ? printMemory(row) : printTimings(row)),
    onFailure: (message) => console.log(`FAILED ${message}`),
  };
}

function printTimings({ name, pass = 'forward', timings }: TimedRow): void {
  const title = titleCell(pass === 'forward' ? name : `${name} ${pass}`);
  console.log(`${title}${timings.map(timingText).join('  ')}`.trimEnd());
  for (const { name: contestant, gpu } of timings) if (gpu) console.log(`  ${contestant}: ${fieldsText({ ...gpu })}`);
}

/** `wasm 32.2 GFLOP/s 3.94x`; with milliseconds where the speed is not known, and of ours. */
function timingText({ name, ms, ratio, gflops, ofPeak }: RowTiming, at: number): string {
  const [time, speed] = [`${digits(ms)} ms`, gflops && `${digits(gflops)} GFLOP/s`];
  if (at > 0) return `${name} ${speed ?? time} ${factor(ratio)}`.padEnd(30);
  const share = ofPeak && `${Math.round(100 * ofPeak)} % of peak`;
  return [name, time, speed, share].filter(Boolean).join(' ').padEnd(46);
}

function printMemory({ name, predictions, isUnchanged, afterThird, afterLast, peakHeapBytes = 0 }: MemoryRow): void {
  const change = `CHANGED from ${fieldsText(afterThird)} to ${fieldsText(afterLast)}`;
  const peak = `, at most ${digits(peakHeapBytes / 2 ** 20)} MiB of heap`;
  console.log(`${titleCell(name)}after ${predictions} predictions ${isUnchanged ? 'unchanged' : change}${peak}`);
}

function fieldsText(fields: Readonly<Record<string, unknown>>): string {
  return JSON.stringify(fields).replace(/"/g, '').replace(/,/g, ', ');
}

/** Operations that reach what is asked are left out: there are many. */
export function printVerdicts(verdicts: readonly Verdict[]): void {
  const shown = verdicts.filter(({ group, isReached }) => group !== 'ops' || !isReached);
  const rows = shown.map((verdict) => {
    const { group, partOf, ours, peer, count, unit, ofLimits } = verdict;
    const title = partOf ? `  ${verdict.title}` : verdict.title;
    const [own, theirs] = verdict.amounts.map((amount) => amountText(amount, verdict));
    const judged = { factor: valueText(verdict), asked: askedText(verdict), '': verdictWord(verdict) };
    const [macs, perFetch] = ofLimits ? [Math.round(100 * ofLimits.macs), ofLimits.macsPerFetch] : ['', ''];
    const limits = { '% of MACs': macs, 'MACs a fetch': perFetch };
    return { group, title, rows: count, ours, peer, own, theirs, unit, ...judged, ...limits };
  });
  if (rows.length > 0) printTable('Geometric means; a factor is their time over ours', rows);
  const judged = verdicts.filter(({ isReached }) => isReached !== undefined);
  const reached = judged.filter(({ isReached }) => isReached);
  if (judged.length > 0) console.log(`${reached.length} of ${judged.length} reached`);
}

const titleCell = (text: string) => text.padEnd(48);
