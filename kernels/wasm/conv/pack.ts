// Packs filters into the layout that the matrix product reads: [group][panel of NR columns][tap][row in tap][NR].
// Columns beyond the last are zeros.

import type { Device, Kept } from '../device.js';
import {
  type Fn,
  type I32,
  type I32Var,
  lanesI,
  load,
  loadI32,
  minI32,
  type Program,
  program,
  splat,
  splatI,
  type V128,
  type V128Var,
} from '../emit/index.js';
import { flushSubnormals, smallestNormal } from './subnormals.js';

const args = {
  w: 'i32',
  to: 'i32',
  /** [taps] bytes from w to each tap's weights. */
  tapTable: 'i32',
  taps: 'i32',
  /** Rows of one tap. */
  rows: 'i32',
  columns: 'i32',
  panels: 'i32',
  /** Bytes in w from one row, column or group to the next. */
  rowStep: 'i32',
  columnStep: 'i32',
  groupStep: 'i32',
} as const;
type PackProgram = Program<typeof args>;

export interface PackedFilter {
  readonly tapTable: Kept;
  readonly taps: number;
  readonly rows: number;
  readonly columns: number;
  readonly groups: number;
  /** Floats in w from one row, column or group to the next. One of rowStep and columnStep is 1. */
  readonly rowStep: number;
  readonly columnStep: number;
  readonly groupStep: number;
}

export function packFilter(device: Device, nr: number, w: number, to: number, filter: PackedFilter): void {
  const { tapTable, taps, rows, columns, groups, rowStep, columnStep, groupStep } = filter;
  const panels = Math.ceil(columns / nr);
  const packer = packProgram(columnStep === 1 ? 'columns' : 'rows', nr);
  const steps = { rowStep: 4 * rowStep, columnStep: 4 * columnStep, groupStep: 4 * groupStep };
  const work = { items: panels * groups, cost: taps * rows * columns * groups };
  device.launch(packer, { w, to, tapTable: tapTable.address, taps, rows, columns, panels, ...steps }, work);
}

const programs = new Map<string, PackProgram>();

/** @param along Whether consecutive columns or consecutive rows are adjacent in w. */
export function packProgram(along: 'columns' | 'rows', nr: number): PackProgram {
  const key = `${along}${nr}`;
  const known = programs.get(key) ?? (along === 'columns' ? alongColumns(nr) : alongRows(nr));
  programs.set(key, known);
  return known;
}

/** One tap of a panel: `source` is its first weight, `to` the address of its packed rows. */
interface Tap {
  readonly source: I32;
  readonly to: I32Var;
  readonly rows: I32;
  readonly rowStep: I32;
  readonly columnStep: I32;
  /** Columns of the panel, up to NR. */
  readonly width: I32;
  /** Stores the j-th vector of a row at to + offset. */
  put(vector: V128, j: number, offset?: number): void;
}

/** Item: a panel. `packTap` must advance `to` past the rows that it writes. */
function emitPack(name: string, nr: number, packTap: (fn: Fn, tap: Tap) => void): PackProgram {
  return program(`${name}${nr}`, args, (fn, a, { from, to: end }) => {
    const smallest = fn.v128('smallest', splat(smallestNormal));
    const masks = fn.vectors('mask', nr / 4);
    const source = fn.i32('source');
    const value = fn.v128('value');
    fn.range('item', from, end, 1, (item) => {
      const panel = fn.i32('panel', item.rem(a.panels));
      const group = item.div(a.panels);
      const width = fn.i32('width', minI32(a.columns.sub(panel.mul(nr)), nr));
      for (const [j, mask] of masks.entries()) {
        const lane = 4 * j;
        fn.set(mask, splatI(width).gtI(lanesI(lane, lane + 1, lane + 2, lane + 3)));
      }
      const to = fn.i32(
        'to',
        a.to.add(
          item
            .mul(a.taps)
            .mul(a.rows)
            .mul(4 * nr),
        ),
      );
      const first = fn.i32('first', a.w.add(group.mul(a.groupStep)).add(panel.mul(nr).mul(a.columnStep)));
      const tap = fn.i32('tap', a.tapTable);
      const put = (vector: V128, j: number, offset = 0) => {
        fn.set(value, vector.and(masks[j]));
        fn.store(to, flushSubnormals(value, smallest), offset + 16 * j);
      };
      fn.times(a.taps, () => {
        fn.set(source, first.add(loadI32(tap)));
        packTap(fn, { source, to, rows: a.rows, rowStep: a.rowStep, columnStep: a.columnStep, width, put });
        fn.advance(tap, 4);
      });
    });
  });
}

/** For the forward pass: consecutive columns are adjacent in w. */
function alongColumns(nr: number): PackProgram {
  return emitPack('packAlongColumns', nr, (fn, { source, to, rows, rowStep, put }) => {
    const row = fn.i32('row', source);
    fn.times(rows, () => {
      for (let j = 0; j < nr / 4; j++) put(load(row, 16 * j), j);
      fn.advance(to, 4 * nr);
      fn.advance(row, rowStep);
    });
  });
}

/** For the input gradient: consecutive rows are adjacent in w. Blocks of 4x4 are transposed. */
function alongRows(nr: number): PackProgram {
  return emitPack('packAlongRows', nr, (fn, { source, to, rows, columnStep, width, put }) => {
    const block = fn.vectors('block', 4);
    const transposed = fn.vectors('transposed', 4);
    const row = fn.i32('row', source);
    const left = fn.i32('left', rows);
    const last = fn.i32('last', width.sub(1));
    const column = (c: number) => row.add(minI32(last, c).mul(columnStep)); // columns beyond the last repeat it
    fn.while(left.gt(0), () => {
      for (let j = 0; j < nr / 4; j++) {
        for (let i = 0; i < 4; i++) fn.set(block[i], load(column(4 * j + i)));
        transpose4(fn, block, transposed);
        put(transposed[0], j);
        for (let i = 1; i < 4; i++) fn.if(left.gt(i), () => put(transposed[i], j, 4 * nr * i));
      }
      fn.advance(to, minI32(left, 4).mul(4 * nr));
      fn.advance(row, 16);
      fn.set(left, left.sub(4));
    });
  });
}

/** Transposes a 4x4 block: to[i] has lane i of each of the four vectors. */
export function transpose4(fn: Fn, from: readonly V128[], to: readonly V128Var[]): void {
  const [a, b, c, d] = from;
  fn.set(to[0], a.shuffle(b, [0, 4, 1, 5]));
  fn.set(to[1], c.shuffle(d, [0, 4, 1, 5]));
  fn.set(to[2], a.shuffle(b, [2, 6, 3, 7]));
  fn.set(to[3], c.shuffle(d, [2, 6, 3, 7]));
  const [low, lowRight, high, highRight] = [0, 1, 2, 3].map((i) => fn.v128(`half${i}`, to[i]));
  fn.set(to[0], low.shuffle(lowRight, [0, 1, 4, 5]));
  fn.set(to[1], low.shuffle(lowRight, [2, 3, 6, 7]));
  fn.set(to[2], high.shuffle(highRight, [0, 1, 4, 5]));
  fn.set(to[3], high.shuffle(highRight, [2, 3, 6, 7]));
}
