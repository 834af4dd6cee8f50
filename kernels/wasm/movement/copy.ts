// Lines of runs: `count` runs of neighbouring values, each side with a step of its own from run to run. Outer dimensions
// lead from line to line.

import type { Device } from '../device.js';
import { type Fn, type I32, type I32Var, loadI32, program } from '../emit/index.js';
import { advanceOuter, countOf, type Dim, maxOuter, outerArgs, outerValues } from './outer.js';
import { copyFew, copyVectors, eachCount } from './runs.js';

const args = {
  from: 'i32',
  to: 'i32',
  /** Runs of a line, bytes from one to the next, and values of one. */
  count: 'i32',
  fromStep: 'i32',
  toStep: 'i32',
  run: 'i32',
  ...outerArgs,
} as const;

/** A line of more values is cut, so that threads can share it. */
const longLine = 16384;

/** Item: a line. */
const copyProgram = program('copy', args, (fn, a, { from, to }) => {
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
  /** At most five, outermost first; the last is the line. */
  readonly dims: readonly Dim[];
  /** Neighbouring values that are moved together. */
  readonly run: number;
}

/** Copies runs of 4-byte values. */
export function copyLines(device: Device, { from, to, dims, run }: Lines): void {
  const cost = countOf(dims) * run;
  if (cost === 0) return;
  const line = dims.at(-1) ?? { size: 1, from: 0, to: 0 };
  if (dims.length <= maxOuter && line.size * run > longLine) {
    cutLines(device, { from, to, dims, run }, line);
    return;
  }
  const outer = dims.slice(0, -1);
  const values = {
    ...{ from, to, run, count: line.size, fromStep: 4 * line.from, toStep: 4 * line.to },
    ...outerValues(outer),
  };
  device.launch(copyProgram, values, { items: countOf(outer), cost });
}

/** A long run becomes a line of parts, a line of many runs lines of fewer; what is over is copied by itself. */
function cutLines(device: Device, { from, to, dims, run }: Lines, line: Dim): void {
  const isRun = run > longLine;
  const size = isRun ? run : line.size;
  const part = isRun ? longLine : Math.ceil(longLine / run);
  const [fromStep, toStep] = isRun ? [1, 1] : [line.from, line.to];
  const parts = Math.floor(size / part);
  const outer = isRun ? dims : dims.slice(0, -1);
  const many = { size: parts, from: part * fromStep, to: part * toStep };
  const pieces = (count: number): readonly Dim[] => (isRun ? [] : [{ ...line, size: count }]);
  const whole = isRun ? [...outer, many, { size: 1, from: 0, to: 0 }] : [...outer, many, ...pieces(part)];
  const rest = size - parts * part;
  // With one part in a line, or a line of exactly one part, there is nothing to cut further.
  copyLines(device, { from, to, dims: whole, run: isRun ? part : run });
  if (rest === 0) return;
  const done = { from: from + 4 * parts * part * fromStep, to: to + 4 * parts * part * toStep };
  copyLines(device, { ...done, dims: [...outer, ...pieces(rest)], run: isRun ? rest : run });
}
