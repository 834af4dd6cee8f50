// y[o, i] = x[o, 0, i] op x[o, 1, i] op ... / divisor, for x of [outer, reduce, inner].
//
// The reduced dimension is cut into chunks of 256 additions per lane, and the chunks' results are reduced in the same
// way. That keeps the rounding error of long sums small (pairwise summation: N. Higham, The Accuracy of Floating Point
// Summation, SIAM J. Sci. Comput. 14, 1993), and lets threads share a single sum.

import type { Device } from '../device.js';
import { type Binary, chunk, costs, eachRest, type Step, walk } from '../elementwise/vector.js';
import {
  type F32,
  type Fn,
  type I32,
  lanesI,
  load,
  loadSplat,
  minI32,
  program,
  splat,
  splatI,
  type V128,
  type V128Var,
} from '../emit/index.js';
import { withScratch } from '../scratch.js';

interface Operation {
  readonly identity: number;
  readonly f: Binary;
  /** One instruction that ignores NaN, where f takes five. NaN is then detected by a comparison of its own. */
  readonly withoutNaN?: Binary;
  /** Whether each value less the pivot of its output is reduced, instead of the value. */
  readonly isResidual?: boolean;
  /** Whether the squares of values are reduced. */
  readonly isOfSquares?: boolean;
  /** Whether each value times a factor is reduced. */
  readonly isScaled?: boolean;
  /** Whether the values are integers, which are not divided. */
  readonly isInt?: boolean;
}

const operations = {
  sum: { identity: 0, f: (a, b) => a.add(b) },
  residual: { identity: 0, f: (a, b) => a.add(b), isResidual: true },
  scaledSum: { identity: 0, f: (a, b) => a.add(b), isScaled: true },
  sumSquares: { identity: 0, f: (a, b) => a.add(b), isOfSquares: true },
  prod: { identity: 1, f: (a, b) => a.mul(b) },
  max: { identity: -Infinity, f: (a, b) => a.max(b), withoutNaN: (a, b) => a.pmax(b) },
  min: { identity: Infinity, f: (a, b) => a.min(b), withoutNaN: (a, b) => a.pmin(b) },
  sumInts: { identity: 0, f: (a, b) => a.addI(b), isInt: true },
  prodInts: { identity: 1, f: (a, b) => a.mulI(b), isInt: true },
  maxInts: { identity: -(2 ** 31), f: (a, b) => a.maxI(b), isInt: true },
  minInts: { identity: 2 ** 31 - 1, f: (a, b) => a.minI(b), isInt: true },
} as const satisfies Record<string, Operation>;

export type ReduceName = Exclude<keyof typeof operations, 'residual' | 'scaledSum'>;

function identityOf({ identity, isInt }: Operation): V128 {
  return isInt ? splatI(identity) : splat(identity);
}

/** Puts each value through a function before it is reduced. */
type Transform = (value: V128) => V128;
const asIs: Transform = (value) => value;

function squared(fn: Fn): Transform {
  return (x) => {
    const value = fn.v128('value', x);
    return value.mul(value);
  };
}

function less(fn: Fn, value: V128): Transform {
  const pivot = fn.v128('pivot', value);
  return (x) => x.sub(pivot);
}

function times(fn: Fn, factor: F32): Transform {
  const factors = fn.v128('factors', splat(factor));
  return (x) => x.mul(factors);
}

interface Parameters {
  /** What residuals are above. */
  readonly pivot: () => V128;
  readonly factor: F32;
}

function transformOf(fn: Fn, operation: Operation, { pivot, factor }: Parameters): Transform {
  const { isResidual, isOfSquares, isScaled } = operation;
  if (isScaled) return times(fn, factor);
  if (isResidual) return less(fn, pivot());
  return isOfSquares ? squared(fn) : asIs;
}

/** Additions per lane. */
const depth = 256;
const unroll = 4;
/** Columns of an item. */
const columnBlock = 256;

/** The first `left` lanes of `value`, and `otherwise` in the other lanes. */
export function onlyFirst(left: I32, value: V128, otherwise: V128): V128 {
  return lanesI(0, 1, 2, 3).ltI(splatI(left)).choose(value, otherwise);
}

/** Combines the four lanes; all lanes have the result. */
export function acrossLanes(fn: Fn, f: Binary, value: V128): V128 {
  const all = fn.v128('all', value);
  const pairs = fn.v128('pairs', f(all, all.shuffle(all, [2, 3, 0, 1])));
  return f(pairs, pairs.shuffle(pairs, [1, 0, 3, 2]));
}

/** Several accumulators, each a vector. */
interface Sums {
  readonly all: readonly V128Var[];
  readonly include: (i: number, value: V128) => void;
  /** Puts NaN where a NaN was met. Call it before the sums are read. */
  readonly finish: () => void;
}

function startSums(fn: Fn, operation: Operation, count: number): Sums {
  const { f, withoutNaN } = operation;
  const all = fn.vectors('sum', count, () => identityOf(operation));
  if (!withoutNaN) return { all, include: (i, value) => fn.set(all[i], f(all[i], value)), finish: () => {} };
  const bad = fn.vectors('bad', count, () => splat(0));
  const include = (i: number, given: V128) => {
    const value = fn.v128('value', given);
    fn.set(all[i], withoutNaN(all[i], value));
    fn.set(bad[i], bad[i].or(value.ne(value)));
  };
  // A lane of all ones is NaN.
  const finish = () => {
    for (const [i, sum] of all.entries()) fn.set(sum, sum.or(bad[i]));
  };
  return { all, include, finish };
}

/** Combines `count` contiguous floats; all lanes have the result. */
export function reduceRun(fn: Fn, operation: Operation, address: I32, count: I32, transform = asIs): V128 {
  const { f } = operation;
  const pointer = fn.i32('pointer', address);
  const { all, include, finish } = startSums(fn, operation, unroll);
  walk(
    fn,
    { count, steps: [[pointer, 4]], unroll },
    (vectors) => {
      for (let i = 0; i < vectors; i++) include(i, transform(load(pointer, 16 * i)));
    },
    (left) => include(0, onlyFirst(left, transform(load(pointer)), identityOf(operation))),
  );
  finish();
  return acrossLanes(fn, f, f(f(all[0], all[1]), f(all[2], all[3])));
}

const rowArgs = {
  x: 'i32',
  y: 'i32',
  /** Values of a row, and the number of its chunks. */
  length: 'i32',
  chunks: 'i32',
  divisor: 'f32',
  /** One float for each row, or 0. */
  pivots: 'i32',
  /** What values are multiplied by in a scaled sum. */
  factor: 'f32',
} as const;

/** Item: one chunk of one row. It becomes one value. */
export const rowPrograms = mapValues(operations, (name, operation: Operation) =>
  program(`${name}_rows`, rowArgs, (fn, a, { from, to }) => {
    fn.range('item', from, to, 1, (item) => {
      const start = fn.i32('start', item.rem(a.chunks).mul(chunk));
      const address = a.x.add(item.div(a.chunks).mul(a.length).add(start).shl(2));
      const pivot = () => loadSplat(a.pivots.add(item.div(a.chunks).shl(2)));
      const transform = transformOf(fn, operation, { pivot, factor: a.factor });
      const result = reduceRun(fn, operation, address, minI32(a.length.sub(start), chunk), transform);
      const total = operation.isInt ? result : result.div(splat(a.divisor));
      fn.store(a.y.add(item.shl(2)), total.laneI(0));
    });
  }),
);

const columnArgs = {
  x: 'i32',
  y: 'i32',
  /** Size of the reduced dimension, and the number of its chunks. */
  length: 'i32',
  chunks: 'i32',
  inner: 'i32',
  blocks: 'i32',
  divisor: 'f32',
  /** One float for each column of each matrix, or 0. */
  pivots: 'i32',
  factor: 'f32',
} as const;

/** Item: a block of columns of one chunk of one matrix. */
export const columnPrograms = mapValues(operations, (name, operation: Operation) =>
  program(`${name}_columns`, columnArgs, (fn, a, { from, to }) => {
    const divisor = fn.v128('divisors', splat(a.divisor));
    const divided = (sum: V128) => (operation.isInt ? sum : sum.div(divisor));
    const bytes = fn.i32('bytes', a.inner.shl(2));
    fn.range('item', from, to, 1, (item) => {
      const column = fn.i32('column', item.rem(a.blocks).mul(columnBlock));
      const part = fn.i32('part', item.div(a.blocks));
      const start = fn.i32('start', part.rem(a.chunks).mul(depth));
      const rows = fn.i32('rows', minI32(a.length.sub(start), depth));
      const row = part.div(a.chunks).mul(a.length).add(start);
      const p = fn.i32('p', a.x.add(row.mul(bytes)).add(column.shl(2)));
      const q = fn.i32('q', a.y.add(part.mul(bytes)).add(column.shl(2)));
      const v = fn.i32('v', a.pivots.add(part.div(a.chunks).mul(bytes)).add(column.shl(2)));
      const columns = { top: p, rows, bytes, pivots: v, factor: a.factor };
      const down = (vectors: number) => reduceDown(fn, operation, columns, vectors);
      const steps: Step[] = [[p, 4], [q, 4], ...(operation.isResidual ? [[v, 4] as const] : [])];
      walk(
        fn,
        { count: minI32(a.inner.sub(column), columnBlock), steps, unroll },
        (vectors) => {
          for (const [i, sum] of down(vectors).entries()) fn.store(q, divided(sum), 16 * i);
        },
        (left) => {
          const [sum] = down(1);
          fn.set(sum, divided(sum));
          eachRest(fn, left, (count) => fn.storeLanes(q, sum, count));
        },
      );
    });
  }),
);

interface Columns {
  readonly top: I32;
  readonly rows: I32;
  /** Bytes from row to row. */
  readonly bytes: I32;
  readonly pivots: I32;
  readonly factor: F32;
}

function reduceDown(fn: Fn, operation: Operation, columns: Columns, vectors: number): readonly V128Var[] {
  const { top, rows, bytes, pivots, factor } = columns;
  const { all, include, finish } = startSums(fn, operation, vectors);
  const pointer = fn.i32('pointer', top);
  const transforms = all.map((_, i) => transformOf(fn, operation, { pivot: () => load(pivots, 16 * i), factor }));
  fn.times(rows, () => {
    for (let i = 0; i < vectors; i++) include(i, transforms[i](load(pointer, 16 * i)));
    fn.advance(pointer, bytes);
  });
  finish();
  return all;
}

export interface ReduceOperands {
  /** Addresses of [outer, reduce, inner] and [outer, inner] floats. */
  readonly x: number;
  readonly y: number;
  readonly outer: number;
  readonly reduce: number;
  readonly inner: number;
}

/** With what divides the results, the pivots of `residual`, and the factor of `scaledSum`. */
export interface Division extends ReduceOperands {
  readonly divisor: number;
  readonly pivots: number;
  readonly factor: number;
}

/** No size may be 0. */
export function reduce(device: Device, name: ReduceName, { x, y, outer, reduce, inner }: ReduceOperands): void {
  reduceChunks(device, name, { x, y, outer, reduce, inner, divisor: 1, pivots: 0, factor: 1 });
}

/** What reduces results of a function. */
export function restOf<N extends keyof typeof operations | 'mean'>(name: N): Exclude<N, SumOfOthers> | 'sum' {
  const isSum = name === 'residual' || name === 'sumSquares' || name === 'scaledSum';
  return isSum ? 'sum' : (name as Exclude<N, SumOfOthers>);
}

type SumOfOthers = 'residual' | 'sumSquares' | 'scaledSum';

/** Reduces in chunks, and the chunks' results likewise. */
export function reduceChunks(device: Device, name: keyof typeof operations, operands: Division): void {
  const { y, outer, reduce: length, inner, divisor } = operands;
  const chunks = Math.ceil(length / (inner === 1 ? chunk : depth));
  if (chunks === 1) {
    launch(device, name, operands, chunks);
    return;
  }
  withScratch(device, 4 * outer * chunks * inner, (scratch) => {
    launch(device, name, { ...operands, y: scratch, divisor: 1 }, chunks);
    reduceChunks(device, restOf(name), { x: scratch, y, outer, reduce: chunks, inner, divisor, pivots: 0, factor: 1 });
  });
}

function launch(device: Device, name: keyof typeof operations, operands: Division, chunks: number): void {
  const { x, y, outer, reduce: length, inner, divisor, pivots, factor } = operands;
  const cost = outer * length * inner * costs.light;
  if (inner === 1) {
    device.launch(
      rowPrograms[name],
      { x, y, length, chunks, divisor, pivots, factor },
      { items: outer * chunks, cost },
    );
    return;
  }
  const blocks = Math.ceil(inner / columnBlock);
  const args = { x, y, length, chunks, inner, blocks, divisor, pivots, factor };
  device.launch(columnPrograms[name], args, { items: outer * chunks * blocks, cost });
}

function mapValues<K extends string, V, R>(table: Readonly<Record<K, V>>, f: (key: K, value: V) => R): Record<K, R> {
  return Object.fromEntries(Object.entries<V>(table).map(([key, value]) => [key, f(key as K, value)])) as Record<K, R>;
}
