// y = (x - mean) * scale + offset, each per channel: batch normalization in inference.
//
// The mean is subtracted first. Folding it into the offset would save an instruction, but would lose digits where the
// mean is far from 0.

import type { Device } from '../device.js';
import { load, program } from '../emit/index.js';
import { withScratch } from '../scratch.js';
import { chunk, costs, storeRest, walk } from './vector.js';

const args = {
  x: 'i32',
  y: 'i32',
  /** [row] each. */
  mean: 'i32',
  scale: 'i32',
  offset: 'i32',
  /** Values in all, and in a row. The last row may be shorter. */
  length: 'i32',
  row: 'i32',
  rows: 'i32',
  rowsPerItem: 'i32',
} as const;

/** Item: `rowsPerItem` rows. */
export const normalizeProgram = program('normalize', args, (fn, a, { from, to }) => {
  fn.range('item', from, to, 1, (item) => {
    const row = fn.i32('rowNumber', item.mul(a.rowsPerItem));
    const end = fn.i32('end', row.add(a.rowsPerItem));
    fn.if(end.gt(a.rows), () => fn.set(end, a.rows));
    const [x, y] = [a.x, a.y].map((base, i) => fn.i32(`p${i}`, base.add(row.mul(a.row).shl(2))));
    fn.while(row.lt(end), () => {
      const [mean, scale, offset] = [a.mean, a.scale, a.offset].map((base, i) => fn.i32(`c${i}`, base));
      const count = fn.i32('count', a.length.sub(row.mul(a.row)));
      fn.if(count.gt(a.row), () => fn.set(count, a.row));
      const at = (i: number) => fn.madd(load(x, i).sub(load(mean, i)), load(scale, i), load(offset, i));
      walk(
        fn,
        { count, steps: [x, y, mean, scale, offset].map((pointer) => [pointer, 4] as const), unroll: 4 },
        (vectors) => {
          for (let i = 0; i < vectors; i++) fn.store(y, at(16 * i), 16 * i);
        },
        (left) => {
          storeRest(fn, y, at(0), left);
          for (const pointer of [x, y]) fn.advance(pointer, left.shl(2));
        },
      );
      fn.advance(row, 1);
    });
  });
});

export interface NormalizeOperands {
  readonly x: number;
  readonly y: number;
  /** Number of values of x. */
  readonly length: number;
  /** Per channel; x is [..., channels]. */
  readonly mean: ArrayLike<number>;
  readonly scale: ArrayLike<number>;
  readonly offset: ArrayLike<number>;
}

/** The values of few channels are replicated into a row of about this length, so that the inner loop is long. */
const longRow = 128;

export function normalize(device: Device, { x, y, length, mean, scale, offset }: NormalizeOperands): void {
  if (length === 0) return;
  const channels = mean.length;
  const times = Math.max(1, Math.min(length / channels, Math.ceil(longRow / channels)));
  const row = channels * times;
  withScratch(device, 12 * row, (table) => {
    const values = device.floats(table, 3 * row);
    for (const [i, parameter] of [mean, scale, offset].entries()) {
      for (let j = 0; j < times; j++) values.set(parameter, i * row + j * channels);
    }
    const rows = Math.ceil(length / row);
    const rowsPerItem = Math.max(1, Math.floor(chunk / row));
    const addresses = { mean: table, scale: table + 4 * row, offset: table + 8 * row };
    const work = { items: Math.ceil(rows / rowsPerItem), cost: length * costs.light, isInPlace: x === y };
    device.launch(normalizeProgram, { x, y, ...addresses, length, row, rows, rowsPerItem }, work);
  });
}
