// y = (x - mean) * scale + offset, each per channel: batch normalization in inference.
//
// The mean is subtracted first. Folding it into the offset would save an instruction, but would lose digits where the
// mean is far from 0.

import type { Device } from '../device.js';
import { load, program } from '../emit/index.js';
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
          const values = fn.vectors('value', vectors, (i) => at(16 * i));
          for (let i = vectors - 1; i >= 0; i--) fn.store(y, values[i], 16 * i); // the order that V8 joins
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

/** The values of few channels are replicated into a row of about this length, so that the inner loop is long. */
const longRow = 128;

/** The number of values in a row: the channels of `length` values, once or several times. */
export function normalizedRow(channels: number, length: number): number {
  return channels * Math.max(1, Math.min(length / channels, Math.ceil(longRow / channels)));
}

/** Per channel. */
export interface NormalizeParameters {
  readonly mean: ArrayLike<number>;
  readonly scale: ArrayLike<number>;
  readonly offset: ArrayLike<number>;
}

/** Fills a table of three rows. */
export function fillNormalizeTable(table: Float32Array, { mean, scale, offset }: NormalizeParameters): void {
  const row = table.length / 3;
  for (const [i, parameter] of [mean, scale, offset].entries()) {
    for (let j = 0; j < row; j += parameter.length) table.set(parameter, i * row + j);
  }
}

export interface NormalizeOperands {
  readonly x: number;
  readonly y: number;
  /** Number of values of x, which is [..., channels]. */
  readonly length: number;
  /** Three rows of parameters. */
  readonly table: number;
  readonly row: number;
}

export function normalize(device: Device, { x, y, length, table, row }: NormalizeOperands): void {
  if (length === 0) return;
  const rows = Math.ceil(length / row);
  const rowsPerItem = Math.max(1, Math.floor(chunk / row));
  const addresses = { mean: table, scale: table + 4 * row, offset: table + 8 * row };
  const work = { items: Math.ceil(rows / rowsPerItem), cost: length * costs.light, isInPlace: x === y };
  device.launch(normalizeProgram, { x, y, ...addresses, length, row, rows, rowsPerItem }, work);
}
