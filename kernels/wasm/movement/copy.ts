// Copies lines of runs. A run is contiguous in both tensors. A line is `count` runs, with one step from run to run in
// each tensor. Up to four outer dimensions step from line to line.

import type { Device } from '../device.js';
import { type Fn, type I32, type I32Var, loadI32, program } from '../emit/index.js';
import { advanceOuter, countOf, type Dim, maxOuter, outerArgs, outerDim } from './outer.js';
import { copyFew, copyVectors } from './runs.js';

const args = {
  from: 'i32',
  to: 'i32',
  /** Runs of a line, bytes from run to run in either tensor, and values of a run. */
  count: 'i32',
  fromStep: 'i32',
  toStep: 'i32',
  run: 'i32',
  ...outerArgs,
} as const;

/** A longer line is cut, so that threads can share it. */
const longLine = 16384;

/** Item: a line. */
export const copyProgram = program('copy', args, (fn, a, { from, to }) => {
  const { run } = a;
  fn.range('item', from, to, 1, (item) => {
    const rest = fn.i32('rest', item);
    const p = fn.i32('p', a.from);
    const q = fn.i32('q', a.to);
    advanceOuter(fn, a, rest, p, q);
    const line = { p, q, count: a.count, fromStep: a.fromStep, toStep: a.toStep };
    fn.if(
      run.ge(4),
      () => eachRun(fn, line, () => copyVectors(fn, p, q, fn.i32('left', run))),
      () =>
        fn.if(
          run.eq(1),
          () => copySingles(fn, line),
          () => eachRun(fn, line, () => copyFew(fn, p, q, run)),
        ),
    );
  });
});

interface Line {
  readonly p: I32Var;
  readonly q: I32Var;
  readonly count: I32;
  readonly fromStep: I32;
  readonly toStep: I32;
}

function eachRun(fn: Fn, { p, q, count, fromStep, toStep }: Line, body: () => void): void {
  fn.times(count, () => {
    body();
    fn.advance(p, fromStep);
    fn.advance(q, toStep);
  });
}

function copySingles(fn: Fn, line: Line): void {
  const { p, q, count, fromStep, toStep } = line;
  fn.times(count.shr(2), () => {
    const values = Array.from({ length: 4 }, (_, i) => {
      const value = fn.i32(`value${i}`, loadI32(p));
      fn.advance(p, fromStep);
      return value;
    });
    for (const value of values) {
      fn.store(q, value);
      fn.advance(q, toStep);
    }
  });
  eachRun(fn, { ...line, count: count.and(3) }, () => fn.store(q, loadI32(p)));
}

export interface Lines {
  /** Addresses. */
  readonly from: number;
  readonly to: number;
  /** At most five, outermost first. The last one is the line. */
  readonly dims: readonly Dim[];
  /** Contiguous values that move together. */
  readonly run: number;
}

/** Copies runs of 4-byte values. */
export function copyLines(device: Device, lines: Lines): void {
  const { from, to, dims, run } = lines;
  const cost = countOf(dims) * run;
  if (cost === 0) return;
  const line = dims.at(-1) ?? { size: 1, from: 0, to: 0 };
  const part = Math.ceil(longLine / run);
  if (dims.length <= maxOuter && run > longLine) {
    cutRun(device, lines);
    return;
  }
  if (dims.length <= maxOuter && line.size > part) {
    cutLine(device, lines, line, part);
    return;
  }
  const outer = dims.slice(0, -1);
  const [d0, d1, d2, d3] = [outerDim(outer, 0), outerDim(outer, 1), outerDim(outer, 2), outerDim(outer, 3)];
  const values = {
    from,
    to,
    run,
    count: line.size,
    fromStep: 4 * line.from,
    toStep: 4 * line.to,
    size1: d1.size,
    size2: d2.size,
    size3: d3.size,
    from0: 4 * d0.from,
    from1: 4 * d1.from,
    from2: 4 * d2.from,
    from3: 4 * d3.from,
    to0: 4 * d0.to,
    to1: 4 * d1.to,
    to2: 4 * d2.to,
    to3: 4 * d3.to,
  };
  device.launch(copyProgram, values, { items: countOf(outer), cost });
}

/** Copies a long run as a line of shorter ones, and the rest as another run. */
function cutRun(device: Device, { from, to, dims, run }: Lines): void {
  const count = Math.floor(run / longLine);
  const done = count * longLine;
  copyLines(device, { from, to, dims: [...dims, { size: count, from: longLine, to: longLine }], run: longLine });
  copyLines(device, { from: from + 4 * done, to: to + 4 * done, dims, run: run - done });
}

/** Copies a long line as several lines of `part` runs, and the rest as another line. */
function cutLine(device: Device, { from, to, dims, run }: Lines, line: Dim, part: number): void {
  const outer = dims.slice(0, -1);
  const count = Math.floor(line.size / part);
  const done = count * part;
  const step = { size: count, from: part * line.from, to: part * line.to };
  const rest = { ...line, size: line.size - done };
  copyLines(device, { from, to, dims: [...outer, step, { ...line, size: part }], run });
  const behind = { from: from + 4 * done * line.from, to: to + 4 * done * line.to };
  copyLines(device, { ...behind, dims: [...outer, rest], run });
}
