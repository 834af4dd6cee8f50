// Movement by indices in memory, of slices of `run` contiguous values. An index has `depth` coordinates; coordinate j
// steps through a tensor by stride j.
//
//   gatherSlices   y[m, i, :] = x[m, index[i], :]      for each of `outer` matrices m; one list of indices a batch
//   scatterSlices  y[index[i], :] = u[i, :]            or += u[i, :], in the order of i: of equal indices the last one wins
//
// Indices are not checked here, except that scatterSlices leaves out those whose first coordinate is out of range.

import type { Device } from '../device.js';
import { costs, storeRest, walk } from '../elementwise/vector.js';
import { type Fn, type I32, type I32Var, load, loadI32, minI32, program, type V128 } from '../emit/index.js';
import { withScratch } from '../scratch.js';
import { copyFew, copyVectors } from './runs.js';

const indexArgs = {
  indices: 'i32',
  depth: 'i32',
  /** Bytes of a step along the first coordinate, and a table of those along the others. */
  stride: 'i32',
  strides: 'i32',
  run: 'i32',
} as const;

const gatherArgs = {
  ...indexArgs,
  x: 'i32',
  y: 'i32',
  /** Indices of a list, and those of an item; parts of a list. */
  count: 'i32',
  perItem: 'i32',
  parts: 'i32',
  /** Matrices that share a list, and bytes from one matrix of x to the next. */
  sharing: 'i32',
  xStep: 'i32',
} as const;

/** Item: a part of the list, for one matrix. */
export const gatherSlicesProgram = program('gatherSlices', gatherArgs, (fn, a, { from, to }) => {
  const runBytes = fn.i32('runBytes', a.run.shl(2));
  fn.range('item', from, to, 1, (item) => {
    const first = fn.i32('first', item.rem(a.parts).mul(a.perItem));
    const matrix = fn.i32('matrix', item.div(a.parts));
    const base = fn.i32('base', a.x.add(matrix.mul(a.xStep)));
    const list = matrix.div(a.sharing).mul(a.count).add(first);
    const index = fn.i32('index', a.indices.add(list.mul(a.depth).shl(2)));
    const q = fn.i32('q', a.y.add(matrix.mul(a.count).add(first).mul(runBytes)));
    const p = fn.i32('p');
    const each = (copy: () => void) =>
      fn.times(minI32(a.count.sub(first), a.perItem), () => {
        fn.set(p, base);
        follow(fn, a, index, p);
        copy();
        fn.advance(q, runBytes);
      });
    fn.if(
      a.run.eq(1),
      () => each(() => fn.store(q, loadI32(p))),
      () =>
        fn.if(
          a.run.ge(4),
          () => each(() => copyVectors(fn, p, q, fn.i32('left', a.run))),
          () => each(() => copyFew(fn, p, q, a.run)),
        ),
    );
  });
});

/** Advances p by the coordinates at `index`, and `index` to the next one. */
function follow(fn: Fn, a: { depth: I32; stride: I32; strides: I32 }, index: I32Var, p: I32Var): void {
  fn.advance(p, loadI32(index).mul(a.stride));
  fn.advance(index, 4);
  const stride = fn.i32('strideAt', a.strides);
  fn.times(a.depth.sub(1), () => {
    fn.advance(p, loadI32(index).mul(loadI32(stride)));
    fn.advance(index, 4);
    fn.advance(stride, 4);
  });
}

const scatterArgs = {
  ...indexArgs,
  y: 'i32',
  updates: 'i32',
  count: 'i32',
  /** The first coordinate is less than this. */
  limit: 'i32',
  /** Bytes from one index to the next in y (for a tensor of rows, each with its own index) and in the updates. */
  yStep: 'i32',
  updateStep: 'i32',
} as const;

type Combine = ((old: V128, update: V128) => V128) | undefined;

/** Item: all of the work, since two indices may be equal. */
const scatterProgramOf = (name: string, combine: Combine) =>
  program(name, scatterArgs, (fn, a, { from, to }) => {
    fn.range('item', from, to, 1, () => {
      const index = fn.i32('index', a.indices);
      const row = fn.i32('row', a.y);
      const update = fn.i32('update', a.updates);
      const q = fn.i32('q');
      fn.times(a.count, () => {
        const coordinate = fn.i32('coordinate', loadI32(index));
        fn.set(q, row);
        follow(fn, a, index, q);
        fn.if(coordinate.ge(0).and(coordinate.lt(a.limit)), () => putRun(fn, update, q, a.run, combine));
        fn.advance(row, a.yStep);
        fn.advance(update, a.updateStep);
      });
    });
  });

function putRun(fn: Fn, from: I32, to: I32, run: I32, combine: Combine): void {
  const [p, q] = [fn.i32('p', from), fn.i32('to', to)];
  const value = () => (combine ? combine(load(q), load(p)) : load(p));
  const steps = [
    [p, 4],
    [q, 4],
  ] as const;
  walk(
    fn,
    { count: run, steps, unroll: 1 },
    () => fn.store(q, value()),
    (left) => storeRest(fn, q, value(), left),
  );
}

export const scatterPrograms = {
  put: scatterProgramOf('scatterSlices', undefined),
  addFloats: scatterProgramOf('scatterAdd', (a, b) => a.add(b)),
  addInts: scatterProgramOf('scatterAddInts', (a, b) => a.addI(b)),
} as const;

export type ScatterName = keyof typeof scatterPrograms;

interface Indices {
  /** The address of [..., depth] integers. */
  readonly indices: number;
  /** Values that the tensor goes on by for each coordinate. */
  readonly strides: readonly number[];
  /** Values of a slice. */
  readonly run: number;
}

/** Calls `use` with the arguments for indices; the table of strides lives as long. */
function withIndices(device: Device, { indices, strides, run }: Indices, use: (args: IndexValues) => void): void {
  const [first, ...others] = strides;
  const args = { indices, depth: strides.length, stride: 4 * first, run };
  if (others.length === 0) {
    use({ ...args, strides: 0 });
    return;
  }
  withScratch(device, 4 * others.length, (table) => {
    device.ints(table, others.length).set(others.map((stride) => 4 * stride));
    use({ ...args, strides: table });
  });
}

type IndexValues = { readonly [K in keyof typeof indexArgs]: number };

/** Values of an item, enough to hide its overhead. */
const itemValues = 4096;

export interface GatherSlices extends Indices {
  /** Addresses of [batch, outer, ...] and [batch, outer, count, run] values; indices are [batch, count, depth]. */
  readonly x: number;
  readonly y: number;
  readonly batch: number;
  readonly outer: number;
  readonly count: number;
  /** Values of a matrix of x. */
  readonly matrix: number;
}

/** Moves 4-byte values. No size may be 0. */
export function gatherSlices(device: Device, operands: GatherSlices): void {
  const { x, y, batch, outer, count, matrix, run } = operands;
  const perItem = Math.max(1, Math.floor(itemValues / run));
  const parts = Math.ceil(count / perItem);
  withIndices(device, operands, (indexed) => {
    const args = { ...indexed, x, y, count, perItem, parts, sharing: outer, xStep: 4 * matrix };
    device.launch(gatherSlicesProgram, args, { items: batch * outer * parts, cost: batch * outer * count * (run + 2) });
  });
}

export interface ScatterSlices extends Indices {
  /** Addresses. */
  readonly y: number;
  readonly updates: number;
  readonly count: number;
  /** Indices whose first coordinate is not from 0 to less than this change nothing. */
  readonly limit: number;
  /** Values from one index to the next, in y and in the updates. Defaults: 0, and `run`. */
  readonly yStep?: number;
  readonly updateStep?: number;
}

/** Moves or adds 4-byte values. */
export function scatterSlices(device: Device, name: ScatterName, operands: ScatterSlices): void {
  const { y, updates, count, limit, run, yStep = 0, updateStep = run } = operands;
  withIndices(device, operands, (indexed) => {
    const args = { ...indexed, y, updates, count, limit, yStep: 4 * yStep, updateStep: 4 * updateStep };
    device.launch(scatterPrograms[name], args, { items: 1, cost: count * run * costs.light, isInPlace: true });
  });
}
