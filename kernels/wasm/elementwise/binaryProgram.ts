// y = f(a, b), row by row. A row is the longest part of the result along which each operand is either contiguous or one
// repeated value. Nested counters step through up to three dimensions of rows. binary.ts divides a broadcast into rows.

import { type Fn, type I32, type I32Var, load, loadSplat, program, splatI, type V128 } from '../emit/index.js';
import { type BinaryFunction, type BinaryName, binaryFunctions, type Output } from './binaryTable.js';
import { eachRest, type Step, storeRest, walk } from './vector.js';

/** Whether a and b are vectors (v) or scalars (s) within a row. */
export const patterns = ['vv', 'vs', 'sv'] as const;
export type Pattern = (typeof patterns)[number];

const args = {
  a: 'i32',
  b: 'i32',
  y: 'i32',
  /** Values of the result, and of a row. The last row may be shorter. */
  length: 'i32',
  row: 'i32',
  rowsPerItem: 'i32',
  rows: 'i32',
  /** Sizes of the inner two dimensions of rows. */
  inner: 'i32',
  middle: 'i32',
  /** Bytes from row to row. */
  aInner: 'i32',
  bInner: 'i32',
  /** Bytes to add where the inner dimension starts again, and where the middle one does. */
  aMiddle: 'i32',
  bMiddle: 'i32',
  aOuter: 'i32',
  bOuter: 'i32',
} as const;

/** Item: `rowsPerItem` rows. */
export function binaryProgram(name: BinaryName, pattern: Pattern) {
  const { make, output }: BinaryFunction = binaryFunctions[name];
  return program(`${name}_${pattern}`, args, (fn, x, { from, to }) => {
    const f = make(fn);
    const isBool = output === 'bool';
    const ones = isBool ? fn.v128('ones', splatI(0x00010001)) : undefined;
    fn.range('item', from, to, 1, (item) => {
      const row = fn.i32('rowNumber', item.mul(x.rowsPerItem));
      const end = fn.i32('end', row.add(x.rowsPerItem));
      fn.if(end.gt(x.rows), () => fn.set(end, x.rows));
      const i = fn.i32('i', row.rem(x.inner));
      const line = fn.i32('line', row.div(x.inner));
      const j = fn.i32('j', line.rem(x.middle));
      const start = (base: I32, inner: I32, middle: I32, outer: I32) =>
        base.add(row.mul(inner)).add(line.mul(middle)).add(line.div(x.middle).mul(outer));
      const a = fn.i32('pa', start(x.a, x.aInner, x.aMiddle, x.aOuter));
      const b = fn.i32('pb', start(x.b, x.bInner, x.bMiddle, x.bOuter));
      fn.while(row.lt(end), () => {
        const first = fn.i32('first', row.mul(x.row));
        const count = fn.i32('count', x.length.sub(first));
        fn.if(count.gt(x.row), () => fn.set(count, x.row));
        emitRow(fn, { a, b, y: x.y.add(isBool ? first : first.shl(2)), count, pattern, output, f, ones });
        fn.advance(row, 1);
        nextRow(
          fn,
          [a, b],
          [
            { index: i, size: x.inner, steps: [x.aInner, x.bInner] },
            { index: j, size: x.middle, steps: [x.aMiddle, x.bMiddle] },
            { steps: [x.aOuter, x.bOuter] },
          ],
        );
      });
    });
  });
}

interface Counter {
  /** Absent from the outermost counter, which never starts again. */
  readonly index?: I32Var;
  readonly size?: I32;
  /** Bytes to advance each pointer by. */
  readonly steps: readonly I32[];
}

/** Advances the first counter, and the next one where the first starts again. */
function nextRow(fn: Fn, pointers: readonly I32Var[], [counter, ...others]: readonly Counter[]): void {
  for (const [k, pointer] of pointers.entries()) fn.advance(pointer, counter.steps[k]);
  const { index, size } = counter;
  if (!index || !size) return;
  fn.advance(index, 1);
  fn.if(index.eq(size), () => {
    fn.set(index, 0);
    nextRow(fn, pointers, others);
  });
}

interface Row {
  readonly a: I32;
  readonly b: I32;
  readonly y: I32;
  readonly count: I32;
  readonly pattern: Pattern;
  readonly output: Output;
  readonly f: (a: V128, b: V128) => V128;
  /** Eight 16-bit ones, for bytes. */
  readonly ones?: V128;
}

function emitRow(fn: Fn, { a, b, y, count, pattern, output, f, ones }: Row): void {
  const q = fn.i32('q', y);
  const steps: Step[] = [[q, output === 'bool' ? 1 : 4]];
  const operand = (name: string, address: I32, isVector: boolean): ((i: number) => V128) => {
    if (!isVector) {
      const same = fn.v128(name, loadSplat(address));
      return () => same;
    }
    const pointer: I32Var = fn.i32(name, address);
    steps.push([pointer, 4]);
    return (i) => load(pointer, 16 * i);
  };
  const left = operand('left', a, pattern !== 'sv');
  const right = operand('right', b, pattern !== 'vs');
  const at = (i: number) => f(left(i), right(i));
  if (ones) {
    const whole = (vectors: number) => storeBytes(fn, q, ones, vectors, at);
    walk(fn, { count, steps, unroll: 4 }, whole, (rest) => storeFewBytes(fn, q, at(0), rest));
  } else {
    const whole = (vectors: number) => {
      for (let i = 0; i < vectors; i++) fn.store(q, at(i), 16 * i);
    };
    walk(fn, { count, steps, unroll: 4 }, whole, (rest) => storeRest(fn, q, at(0), rest));
  }
}

/** Stores the masks of four vectors, or of one, as bytes of 0 and 1. */
function storeBytes(fn: Fn, q: I32, ones: V128, vectors: number, at: (i: number) => V128): void {
  if (vectors === 4) {
    const low = at(0).narrow(at(1)).and(ones);
    const high = at(2).narrow(at(3)).and(ones);
    fn.store(q, low.narrowBytes(high));
    return;
  }
  const mask = fn.v128('mask', at(0));
  const shorts = fn.v128('shorts', mask.narrow(mask).and(ones));
  fn.store(q, shorts.narrowBytes(shorts).laneI(0));
}

function storeFewBytes(fn: Fn, q: I32, value: V128, rest: I32): void {
  const mask = fn.v128('mask', value);
  eachRest(fn, rest, (count) => {
    for (let i = 0; i < count; i++) fn.storeByte(q, mask.laneI(i).and(1), i);
  });
}
