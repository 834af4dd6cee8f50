// Functions of one or two values and of parameters of their channel, over values of [..., channels].
//
// A table has a row for each parameter, in which the channels stand once or several times. So the inner loop is long, and
// the same for all channels.

import type { Device } from '../device.js';
import { type ArgTypes, type Fn, load, type Program, program, type V128 } from '../emit/index.js';
import { chunk, costs, storeRest, walk } from './vector.js';

const args = {
  x: 'i32',
  /** The second operand, of the same length, or x again. */
  x2: 'i32',
  y: 'i32',
  /** [parameters, row] */
  table: 'i32',
  /** Values in all, and in a row. The last row may be shorter. */
  length: 'i32',
  row: 'i32',
  rows: 'i32',
  rowsPerItem: 'i32',
} as const satisfies ArgTypes;

export type ChannelProgram = Program<typeof args>;

/** Takes four values of each operand and of each parameter. Each may be used once: they are loads. */
type Formula = (operands: readonly V128[], parameters: readonly V128[]) => V128;

export interface ChannelForm {
  readonly operands: 1 | 2;
  readonly parameters: number;
  /** Called in front of the loop, where it may set constants. */
  readonly make: (fn: Fn) => Formula;
}

/** Item: `rowsPerItem` rows. */
export function channelProgram(name: string, { operands, parameters, make }: ChannelForm): ChannelProgram {
  return program(name, args, (fn, a, { from, to }) => {
    const formula = make(fn);
    fn.range('item', from, to, 1, (item) => {
      const row = fn.i32('rowNumber', item.mul(a.rowsPerItem));
      const end = fn.i32('end', row.add(a.rowsPerItem));
      fn.if(end.gt(a.rows), () => fn.set(end, a.rows));
      const bases = operands === 2 ? [a.x, a.x2, a.y] : [a.x, a.y];
      const pointers = bases.map((base, i) => fn.i32(`p${i}`, base.add(row.mul(a.row).shl(2))));
      const [sources, y] = [pointers.slice(0, -1), pointers[operands]];
      fn.while(row.lt(end), () => {
        const places = fn.integers('c', parameters, (i) => a.table.add(a.row.mul(4 * i)));
        const count = fn.i32('count', a.length.sub(row.mul(a.row)));
        fn.if(count.gt(a.row), () => fn.set(count, a.row));
        const loads = (from: typeof places, i: number) => from.map((pointer) => load(pointer, i));
        const at = (i: number) => formula(loads(sources, i), loads(places, i));
        walk(
          fn,
          { count, steps: [...pointers, ...places].map((pointer) => [pointer, 4] as const), unroll: 4 },
          (vectors) => {
            const values = fn.vectors('value', vectors, (i) => at(16 * i));
            for (let i = vectors - 1; i >= 0; i--) fn.store(y, values[i], 16 * i); // the order that V8 joins
          },
          (left) => {
            storeRest(fn, y, at(0), left);
            for (const pointer of pointers) fn.advance(pointer, left.shl(2));
          },
        );
        fn.advance(row, 1);
      });
    });
  });
}

/** The values of few channels are replicated into a row of about this length, so that the inner loop is long. */
const longRow = 128;

/** The number of values in a row: the channels of `length` values, once or several times. */
export function channelRow(channels: number, length: number): number {
  return channels * Math.max(1, Math.min(length / channels, Math.ceil(longRow / channels)));
}

/** Fills a table: a row for each of the parameters, which have a value for each channel. */
export function fillChannelTable(table: Float32Array, parameters: readonly ArrayLike<number>[]): void {
  const row = table.length / parameters.length;
  for (const [i, parameter] of parameters.entries()) {
    for (let j = 0; j < row; j += parameter.length) table.set(parameter, i * row + j);
  }
}

export interface ChannelOperands {
  /** Addresses of `length` values of [..., channels]; y may be one of the operands. */
  readonly x: number;
  readonly x2?: number;
  readonly y: number;
  readonly length: number;
  /** Address of the table, and the values of one of its rows. */
  readonly table: number;
  readonly row: number;
}

/** y = formula(x, x2, parameters) */
export function runPerChannel(device: Device, of: ChannelProgram, operands: ChannelOperands): void {
  const { x, x2 = x, y, length, table, row } = operands;
  if (length === 0) return;
  const rows = Math.ceil(length / row);
  const rowsPerItem = Math.max(1, Math.floor(chunk / row));
  const work = { items: Math.ceil(rows / rowsPerItem), cost: length * costs.light, isInPlace: x === y || x2 === y };
  device.launch(of, { x, x2, y, table, length, row, rows, rowsPerItem }, work);
}
