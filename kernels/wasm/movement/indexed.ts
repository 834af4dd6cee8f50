// Movement by indices in memory, of slices of `run` contiguous values. An index has `depth` coordinates; coordinate j
// steps through a tensor by stride j.
//
//   gatherSlices   y[m, i, :] = x[m, index[i], :]      for each of `outer` matrices m; one list of indices a batch
//   scatterSlices  y[index[i], :] = u[i, :]            or += u[i, :], in the order of i: of equal indices the last one wins
//
//   oneHot         y[i, index[i]] = on, and `off` elsewhere
//
// Only oneHot checks indices: one that is out of range gives a row of `off`.

import type { Device } from '../device.js';
import { costs, storeRest, walk } from '../elementwise/vector.js';
import { type Fn, type I32, type I32Var, load, loadI32, minI32, program, splatI, type V128 } from '../emit/index.js';
import { withScratch } from '../scratch.js';
import { copyFew, copyVectors, fillRun } from './runs.js';

/** Coordinates whose strides are arguments. */
const named = 4;

const indexArgs = {
  indices: 'i32',
  depth: 'i32',
  /** Bytes of a step along each of the first four coordinates, and a table of those along the others. */
  stride0: 'i32',
  stride1: 'i32',
  stride2: 'i32',
  stride3: 'i32',
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

type IndexLocals = { readonly [K in keyof typeof indexArgs]: I32 };

/** Advances p by the coordinates at `index`, and `index` to the next one. */
function follow(fn: Fn, a: IndexLocals, index: I32Var, p: I32Var): void {
  fn.advance(p, loadI32(index).mul(a.stride0));
  fn.if(a.depth.gt(1), () => {
    for (const [i, stride] of [a.stride1, a.stride2, a.stride3].entries()) {
      fn.if(a.depth.gt(i + 1), () => fn.advance(p, loadI32(index, 4 * (i + 1)).mul(stride)));
    }
    fn.if(a.depth.gt(named), () => {
      const coordinate = fn.i32('coordinateAt', index.add(4 * named));
      const stride = fn.i32('strideAt', a.strides);
      fn.times(a.depth.sub(named), () => {
        fn.advance(p, loadI32(coordinate).mul(loadI32(stride)));
        fn.advance(coordinate, 4);
        fn.advance(stride, 4);
      });
    });
  });
  fn.advance(index, a.depth.shl(2));
}

const scatterArgs = {
  ...indexArgs,
  y: 'i32',
  updates: 'i32',
  count: 'i32',
  /** Bytes from one slice of updates to the next: 0 where all are the same. */
  updateStep: 'i32',
} as const;

type Combine = ((old: V128, update: V128) => V128) | undefined;

/** Item: all of the work, since two indices may be equal. */
const scatterProgramOf = (name: string, combine: Combine) =>
  program(name, scatterArgs, (fn, a, { from, to }) => {
    fn.range('item', from, to, 1, () => {
      const index = fn.i32('index', a.indices);
      const update = fn.i32('update', a.updates);
      const q = fn.i32('q');
      fn.times(a.count, () => {
        fn.set(q, a.y);
        follow(fn, a, index, q);
        putRun(fn, update, q, a.run, combine);
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
  const [stride0, stride1 = 0, stride2 = 0, stride3 = 0, ...others] = strides.map((stride) => 4 * stride);
  const args = { indices, depth: strides.length, stride0, stride1, stride2, stride3, strides: 0, run };
  if (others.length === 0) {
    use(args);
    return;
  }
  withScratch(device, 4 * others.length, (table) => {
    device.ints(table, others.length).set(others);
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
    const args = Object.assign(indexed, { x, y, count, perItem, parts, sharing: outer, xStep: 4 * matrix });
    device.launch(gatherSlicesProgram, args, { items: batch * outer * parts, cost: batch * outer * count * (run + 2) });
  });
}

export interface ScatterSlices extends Indices {
  /** Addresses. */
  readonly y: number;
  readonly updates: number;
  readonly count: number;
  /** Values from one slice of updates to the next. Default: `run`. */
  readonly updateStep?: number;
}

/** Moves or adds 4-byte values. */
export function scatterSlices(device: Device, name: ScatterName, operands: ScatterSlices): void {
  const { y, updates, count, run, updateStep = run } = operands;
  withIndices(device, operands, (indexed) => {
    const args = Object.assign(indexed, { y, updates, count, updateStep: 4 * updateStep });
    device.launch(scatterPrograms[name], args, { items: 1, cost: count * run * costs.light, isInPlace: true });
  });
}

const oneHotArgs = { y: 'i32', indices: 'i32', depth: 'i32', on: 'i32', off: 'i32' } as const;

/** Item: a row. */
export const oneHotProgram = program('oneHot', oneHotArgs, (fn, a, { from, to }) => {
  const off = fn.v128('offs', splatI(a.off));
  fn.range('item', from, to, 1, (item) => {
    const row = fn.i32('row', a.y.add(item.mul(a.depth).shl(2)));
    const index = fn.i32('index', loadI32(a.indices.add(item.shl(2))));
    fillRun(fn, row, off, a.depth);
    fn.if(index.ge(0).and(index.lt(a.depth)), () => fn.store(row.add(index.shl(2)), a.on));
  });
});

export interface OneHotOperands {
  /** Addresses of [count, depth] values and of [count] integers. */
  readonly y: number;
  readonly indices: number;
  readonly count: number;
  readonly depth: number;
  /** The 4 bytes of the values. */
  readonly on: number;
  readonly off: number;
}

export function oneHot(device: Device, { count, ...operands }: OneHotOperands): void {
  device.launch(oneHotProgram, operands, { items: count, cost: count * operands.depth });
}
