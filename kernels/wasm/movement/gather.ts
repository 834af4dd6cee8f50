// Movement by tables: to[i0, i1, ..., c] = from[map0[i0] + map1[i1] + ... + c], with c over a run of contiguous values.
//
// GatherV2, MirrorPad and nearest-neighbour resizing are of this kind. The maps become two tables of byte offsets: one
// of output rows, which are the items, and one of the columns in a row.

import type { Device } from '../device.js';
import { type Fn, type I32Var, loadI32, program } from '../emit/index.js';
import { withScratch } from '../scratch.js';
import { copyFew, copyVectors } from './runs.js';

const args = {
  from: 'i32',
  to: 'i32',
  /** [items] and [columns] bytes to add to `from`. */
  rowTable: 'i32',
  columnTable: 'i32',
  columns: 'i32',
  run: 'i32',
} as const;

/** Item: a row of columns*run values. */
export const gatherProgram = program('gather', args, (fn, a, { from, to }) => {
  fn.range('item', from, to, 1, (item) => {
    const row = fn.i32('row', a.from.add(loadI32(a.rowTable.add(item.shl(2)))));
    const q = fn.i32('q', a.to.add(item.mul(a.columns).mul(a.run).shl(2)));
    const runBytes = fn.i32('runBytes', a.run.shl(2));
    const column = fn.i32('column', a.columnTable);
    const p = fn.i32('p');
    const eachColumn = (body: (fn: Fn, p: I32Var, q: I32Var) => void) =>
      fn.times(a.columns, () => {
        fn.set(p, row.add(loadI32(column)));
        body(fn, p, q);
        fn.advance(column, 4);
        fn.advance(q, runBytes);
      });
    fn.if(
      a.run.ge(4),
      () => eachColumn(() => copyVectors(fn, p, q, fn.i32('left', a.run))),
      () =>
        fn.if(
          a.run.eq(1),
          () => eachColumn(() => fn.store(q, loadI32(p))),
          () => eachColumn(() => copyFew(fn, p, q, a.run)),
        ),
    );
  });
});

export interface Gathering {
  /** Addresses. */
  readonly from: number;
  readonly to: number;
  /** For each dimension, of which there is at least one: the offset of each index in `from`, in values. */
  readonly maps: readonly (readonly number[])[];
  readonly run: number;
}

/** Moves 4-byte values. */
export function gather(device: Device, { from, to, maps, run }: Gathering): void {
  const rows = maps.slice(0, -1).reduce((all, map) => all.flatMap((start) => map.map((offset) => start + offset)), [0]);
  const columns = maps[maps.length - 1];
  const items = rows.length;
  const cost = items * columns.length * run;
  if (cost === 0) return;
  withScratch(device, 4 * (items + columns.length), (rowTable) => {
    const table = device.ints(rowTable, items + columns.length);
    for (let i = 0; i < items; i++) table[i] = 4 * rows[i];
    for (let i = 0; i < columns.length; i++) table[items + i] = 4 * columns[i];
    const values = { from, to, rowTable, columnTable: rowTable + 4 * items, columns: columns.length, run };
    device.launch(gatherProgram, values, { items, cost });
  });
}
