// Transposes matrices of 4-byte values:
//
//   to[o, column, row] = from[o, row, column],   o over up to four outer dimensions with strides of their own
//
// Blocks of 4x4 are transposed in registers. An item is a band of rows by a block of columns, small enough that its
// input and output fit together into the first-level cache. Within an item, 32 rows of 4 columns are done at a time.
// One block at a time is slower where row lengths are powers of two, since lines of `to` then evict each other from the
// cache (4096 x 32: 1.0 instead of 3.7 values per ns on a Xeon of the fifth generation, Node 24).

import type { Device } from '../device.js';
import { type Fn, type I32, type I32Var, i32, load, minI32, program } from '../emit/index.js';
import { advanceOuter, countOf, type Dim, outerArgs, outerDim } from './outer.js';
import { eachCount } from './runs.js';

const args = {
  from: 'i32',
  to: 'i32',
  rows: 'i32',
  columns: 'i32',
  /** Bytes from row to row of `from`, and from column to column of `to`. */
  fromRow: 'i32',
  toColumn: 'i32',
  /** Rows of an item, a multiple of 4. */
  bandRows: 'i32',
  bands: 'i32',
  /** Number of blocks of `blockColumns` columns. */
  blocks: 'i32',
  /** Matrices of an item, and the bytes between them. Large matrices have 1. */
  repeats: 'i32',
  fromRepeat: 'i32',
  toRepeat: 'i32',
  ...outerArgs,
} as const;

const blockColumns = 256;
/** Groups of 4 rows that are done before the next 4 columns: each column then gets two whole cache lines. */
const unitGroups = 8;
/** Values in a band of a block: 16 KB read and 16 KB written. */
const itemValues = 4096;

/** Item: a block of a band of a matrix. Blocks are innermost, then bands. */
export const transposeProgram = program('transpose', args, (fn, a, { from, to }) => {
  fn.range('item', from, to, 1, (item) => {
    const block = fn.i32('block', item.rem(a.blocks));
    const rest = fn.i32('rest', item.div(a.blocks));
    const band = fn.i32('band', rest.rem(a.bands));
    fn.set(rest, rest.div(a.bands));
    const p = fn.i32('p', a.from.add(band.mul(a.bandRows).mul(a.fromRow)).add(block.mul(4 * blockColumns)));
    const q = fn.i32('q', a.to.add(block.mul(blockColumns).mul(a.toColumn)).add(band.mul(a.bandRows).shl(2)));
    advanceOuter(fn, a, rest, p, q);
    const height = fn.i32('height', minI32(a.rows.sub(band.mul(a.bandRows)), a.bandRows));
    const width = fn.i32('width', minI32(a.columns.sub(block.mul(blockColumns)), blockColumns));
    fn.times(a.repeats, () => {
      transposeBand(fn, { p, q, width, fromRow: a.fromRow, toColumn: a.toColumn }, height);
      fn.advance(p, a.fromRepeat);
      fn.advance(q, a.toRepeat);
    });
  });
});

/** Transposes `height` rows from p to q. */
function transposeBand(fn: Fn, { p, q, ...sizes }: Strip, height: I32): void {
  const strip = { ...sizes, p: fn.i32('bandP', p), q: fn.i32('bandQ', q) };
  const groups = fn.i32('groups', height.shr(2));
  fn.while(groups.gt(0), () => {
    const unit = fn.i32('unit', minI32(groups, unitGroups));
    transposeStrip(fn, strip, 4, unit);
    fn.advance(strip.p, sizes.fromRow.mul(unit).shl(2));
    fn.advance(strip.q, unit.shl(4));
    fn.set(groups, groups.sub(unit));
  });
  eachCount(fn, height.and(3), (rows) => transposeStrip(fn, strip, rows, i32(1)));
}

interface Strip {
  readonly p: I32Var;
  readonly q: I32Var;
  readonly width: I32;
  readonly fromRow: I32;
  readonly toColumn: I32;
}

/** Transposes `groups` groups of `rows` rows by `width` columns. */
function transposeStrip(fn: Fn, { p, q, width, fromRow, toColumn }: Strip, rows: number, groups: I32): void {
  const read = fn.i32('read', p);
  const write = fn.i32('write', q);
  const column = fn.i32('column', width);
  const down = (columns: number) => {
    const reads = chain(fn, 'read', read, fromRow, rows);
    const writes = chain(fn, 'write', write, toColumn, columns);
    fn.times(groups, () => {
      for (const [i, value] of transposeBlock(fn, reads).slice(0, columns).entries())
        fn.storeLanes(writes[i], value, rows);
      for (const pointer of reads) fn.advance(pointer, fromRow.shl(2));
      for (const pointer of writes) fn.advance(pointer, 16);
    });
  };
  fn.while(column.ge(4), () => {
    down(4);
    fn.advance(read, 16);
    fn.advance(write, toColumn.shl(2));
    fn.set(column, column.sub(4));
  });
  eachCount(fn, column, down);
}

/** start, start + step, start + 2*step, ... */
function chain(fn: Fn, name: string, start: I32, step: I32, count: number): I32Var[] {
  const all = [fn.i32(`${name}0`, start)];
  for (let i = 1; i < count; i++) all.push(fn.i32(`${name}${i}`, all[i - 1].add(step)));
  return all;
}

/** The four columns of a block. Lanes beyond the last row repeat it. */
function transposeBlock(fn: Fn, reads: readonly I32[]) {
  const rows = fn.vectors('row', 4, (i) => load(reads[Math.min(i, reads.length - 1)]));
  const low = [0, 4, 1, 5] as const;
  const high = [2, 6, 3, 7] as const;
  const pairs = [
    fn.v128('low01', rows[0].shuffle(rows[1], low)),
    fn.v128('low23', rows[2].shuffle(rows[3], low)),
    fn.v128('high01', rows[0].shuffle(rows[1], high)),
    fn.v128('high23', rows[2].shuffle(rows[3], high)),
  ];
  return [
    fn.v128('column0', pairs[0].shuffle(pairs[1], [0, 1, 4, 5])),
    fn.v128('column1', pairs[0].shuffle(pairs[1], [2, 3, 6, 7])),
    fn.v128('column2', pairs[2].shuffle(pairs[3], [0, 1, 4, 5])),
    fn.v128('column3', pairs[2].shuffle(pairs[3], [2, 3, 6, 7])),
  ];
}

export interface Transposition {
  /** Addresses. */
  readonly from: number;
  readonly to: number;
  readonly rows: number;
  readonly columns: number;
  /** Values from row to row of `from`, and from column to column of `to`. */
  readonly fromRow: number;
  readonly toColumn: number;
  /** At most four, outermost first. */
  readonly outer: readonly Dim[];
}

/** Transposes matrices that lie anywhere in two tensors of 4-byte values. */
export function transposeStrided(device: Device, transposition: Transposition): void {
  const { from, to, rows, columns, outer } = transposition;
  const last = outer.at(-1) ?? { size: 1, from: 0, to: 0 };
  const part = Math.floor(itemValues / (rows * columns));
  if (part < 2 || last.size < 2) {
    launch(device, transposition, { size: 1, from: 0, to: 0 });
    return;
  }
  // Small matrices: an item takes several along the last outer dimension, and the rest are another item.
  const above = outer.slice(0, -1);
  const parts = Math.floor(last.size / part);
  const done = parts * part;
  const whole = { size: parts, from: part * last.from, to: part * last.to };
  launch(device, { ...transposition, outer: [...above, whole] }, { ...last, size: part });
  const behind = { from: from + 4 * done * last.from, to: to + 4 * done * last.to };
  launch(device, { ...transposition, ...behind, outer: above }, { ...last, size: last.size - done });
}

function launch(device: Device, transposition: Transposition, repeat: Dim): void {
  const { from, to, rows, columns, fromRow, toColumn, outer } = transposition;
  const matrices = countOf(outer);
  const cost = matrices * repeat.size * rows * columns;
  if (cost === 0) return;
  const bandRows = Math.max(16, 8 * Math.ceil(itemValues / Math.min(columns, blockColumns) / 8));
  const bands = Math.ceil(rows / bandRows);
  const blocks = Math.ceil(columns / blockColumns);
  const [d0, d1, d2, d3] = [outerDim(outer, 0), outerDim(outer, 1), outerDim(outer, 2), outerDim(outer, 3)];
  const values = {
    from,
    to,
    rows,
    columns,
    bandRows,
    bands,
    blocks,
    repeats: repeat.size,
    fromRepeat: 4 * repeat.from,
    toRepeat: 4 * repeat.to,
    fromRow: 4 * fromRow,
    toColumn: 4 * toColumn,
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
  device.launch(transposeProgram, values, { items: matrices * bands * blocks, cost });
}

/** Transposes matrices of 4-byte values: [batch][rows][columns] at `from` -> [batch][columns][rows] at `to`. */
export function transposeBatches(
  device: Device,
  at: {
    readonly from: number;
    readonly to: number;
    readonly batch: number;
    readonly rows: number;
    readonly columns: number;
  },
): void {
  const { from, to, batch, rows, columns } = at;
  const stride = rows * columns;
  const outer = [{ size: batch, from: stride, to: stride }];
  transposeStrided(device, { from, to, rows, columns, fromRow: columns, toColumn: rows, outer });
}
