// Fills memory with one value of 4 bytes.

import type { Device } from '../device.js';
import { minI32, program, splatI } from '../emit/index.js';
import { fillRun } from './runs.js';

const args = { y: 'i32', length: 'i32', bits: 'i32' } as const;

/** Values of an item. */
const chunk = 16384;

/** Item: a chunk of the values. */
export const fillProgram = program('fill', args, (fn, a, { from, to }) => {
  const value = fn.v128('value', splatI(a.bits));
  fn.range('item', from, to, 1, (item) => {
    const first = fn.i32('first', item.mul(chunk));
    fillRun(fn, a.y.add(first.shl(2)), value, minI32(a.length.sub(first), chunk));
  });
});

/** @param bits The 4 bytes of the value: see bitsOf(). */
export function fill(device: Device, y: number, length: number, bits: number): void {
  if (length > 0) device.launch(fillProgram, { y, length, bits }, { items: Math.ceil(length / chunk), cost: length });
}

/** The bytes of a number as an integer. */
export function bitsOf(value: number, dtype: 'float32' | 'int32'): number {
  return dtype === 'int32' ? value | 0 : new Int32Array(Float32Array.of(value).buffer)[0];
}
