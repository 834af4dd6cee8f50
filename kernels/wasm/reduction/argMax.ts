// The index of the greatest (or least) value along one dimension of [outer, length, inner], the first of equal ones. NaN
// is never greater than anything, so values that begin with NaN give 0, as in TensorFlow.js.

import type { Device } from '../device.js';
import { costs, eachRest, walk } from '../elementwise/vector.js';
import { type Fn, type I32, type I32Var, lanesI, load, loadSplat, program, splatI, type V128 } from '../emit/index.js';

type IsBetter = (a: V128, b: V128) => V128;

const isBetter = {
  max: { float32: (a, b) => a.gt(b), int32: (a, b) => a.gtI(b) },
  min: { float32: (a, b) => a.lt(b), int32: (a, b) => a.ltI(b) },
} as const satisfies Record<string, Record<string, IsBetter>>;

export type Extreme = keyof typeof isBetter;
export type ArgDtype = keyof (typeof isBetter)['max'];

const rowArgs = { x: 'i32', y: 'i32', length: 'i32' } as const;

/** Item: a row. */
const rowProgramOf = (which: Extreme, dtype: ArgDtype) =>
  program(`arg_${which}_${dtype}`, rowArgs, (fn, a, { from, to }) => {
    const bytes = fn.i32('bytes', a.length.shl(2));
    fn.range('item', from, to, 1, (item) => {
      const p = fn.i32('p', a.x.add(item.mul(bytes)));
      const best = startBest(fn, isBetter[which][dtype], loadSplat(p));
      const index = fn.v128('index', lanesI(0, 1, 2, 3));
      const include = (among?: V128) => {
        best.include(load(p), index, among);
        fn.set(index, index.addI(splatI(4)));
      };
      walk(
        fn,
        { count: a.length, steps: [[p, 4]], unroll: 1 },
        () => include(),
        (left) => include(lanesI(0, 1, 2, 3).ltI(splatI(left))),
      );
      fn.store(a.y.add(item.shl(2)), best.firstOfLanes());
    });
  });

const columnArgs = { x: 'i32', y: 'i32', length: 'i32', inner: 'i32', blocks: 'i32' } as const;

/** Columns of an item. */
const columnBlock = 64;

/** Item: a block of columns of one matrix. */
const columnProgramOf = (which: Extreme, dtype: ArgDtype) =>
  program(`arg_${which}_${dtype}_columns`, columnArgs, (fn, a, { from, to }) => {
    const bytes = fn.i32('bytes', a.inner.shl(2));
    fn.range('item', from, to, 1, (item) => {
      const column = fn.i32('column', item.rem(a.blocks).mul(columnBlock));
      const matrix = fn.i32('matrix', item.div(a.blocks));
      const p = fn.i32('p', a.x.add(matrix.mul(a.length).mul(bytes)).add(column.shl(2)));
      const q = fn.i32('q', a.y.add(matrix.mul(bytes)).add(column.shl(2)));
      const left = fn.i32('left', a.inner.sub(column));
      fn.if(left.gt(columnBlock), () => fn.set(left, columnBlock));
      const down = (vectors: number) => bestDown(fn, isBetter[which][dtype], { p, bytes, length: a.length }, vectors);
      const steps = [
        [p, 4],
        [q, 4],
      ] as const;
      walk(
        fn,
        { count: left, steps, unroll: 4 },
        (vectors) => {
          for (const [i, indices] of down(vectors).entries()) fn.store(q, indices, 16 * i);
        },
        (rest) => {
          const [indices] = down(1);
          eachRest(fn, rest, (count) => fn.storeLanes(q, indices, count));
        },
      );
    });
  });

interface Matrix {
  /** The address of the first row. */
  readonly p: I32;
  /** Bytes from row to row. */
  readonly bytes: I32;
  readonly length: I32;
}

/** The indices of the best values of some columns, four of them to a vector. */
function bestDown(fn: Fn, better: IsBetter, { p, bytes, length }: Matrix, vectors: number): readonly V128[] {
  const row = fn.i32('row', p);
  const index = fn.v128('index', splatI(0));
  const bests = Array.from({ length: vectors }, (_, i) => startBest(fn, better, load(row, 16 * i)));
  fn.times(length, () => {
    for (const [i, best] of bests.entries()) best.include(load(row, 16 * i), index);
    fn.set(index, index.addI(splatI(1)));
    fn.advance(row, bytes);
  });
  return bests.map(({ indices }) => indices);
}

/** The best value of each lane so far, and its index. */
function startBest(fn: Fn, better: IsBetter, first: V128) {
  const best = fn.v128('best', first);
  const indices = fn.v128('bestIndex', splatI(0));
  return {
    indices,
    /** @param among Lanes that count. Default: all. */
    include(given: V128, index: V128, among?: V128): void {
      const value = fn.v128('value', given);
      const wins = better(value, best);
      const mask = fn.v128('mask', among ? wins.and(among) : wins);
      fn.set(best, mask.choose(value, best));
      fn.set(indices, mask.choose(index, indices));
    },
    /** Each lane has the first of its own best values. Among lanes of equal value the lowest index wins. */
    firstOfLanes(): I32Var {
      for (const lanes of [
        [2, 3, 0, 1],
        [1, 0, 3, 2],
      ] as const) {
        const other = fn.v128('other', best.shuffle(best, lanes));
        const otherIndex = fn.v128('otherIndex', indices.shuffle(indices, lanes));
        const isWorse = fn.v128('isWorse', better(best, other));
        const isEarlier = otherIndex.ltI(indices);
        const wins = fn.v128('wins', better(other, best).or(isEarlier.andNot(isWorse)));
        fn.set(best, wins.choose(other, best));
        fn.set(indices, wins.choose(otherIndex, indices));
      }
      return fn.i32('first', indices.laneI(0));
    },
  };
}

const table = <T>(make: (which: Extreme, dtype: ArgDtype) => T) => ({
  max: { float32: make('max', 'float32'), int32: make('max', 'int32') },
  min: { float32: make('min', 'float32'), int32: make('min', 'int32') },
});

export const argPrograms = { rows: table(rowProgramOf), columns: table(columnProgramOf) } as const;

export interface ArgOperands {
  /** Addresses of [outer, length, inner] values and of [outer, inner] integers. */
  readonly x: number;
  readonly y: number;
  readonly outer: number;
  readonly length: number;
  readonly inner: number;
}

/** No size may be 0. */
export function argExtreme(device: Device, which: Extreme, dtype: ArgDtype, operands: ArgOperands): void {
  const { x, y, outer, length, inner } = operands;
  const cost = outer * length * inner * costs.light;
  if (inner === 1) device.launch(argPrograms.rows[which][dtype], { x, y, length }, { items: outer, cost });
  else {
    const blocks = Math.ceil(inner / columnBlock);
    const args = { x, y, length, inner, blocks };
    device.launch(argPrograms.columns[which][dtype], args, { items: outer * blocks, cost });
  }
}
