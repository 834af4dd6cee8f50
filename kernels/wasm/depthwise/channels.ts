// A depthwise convolution with m outputs for each channel equals one with one output on m copies of each channel: the
// filter's bytes are the same. These programs copy the channels, and sum the gradients of the copies.

import type { Device } from '../device.js';
import { f32, loadF32, program } from '../emit/index.js';

const args = { from: 'i32', to: 'i32', multiplier: 'i32' } as const;

/** to[i*m + j] = from[i]. Item: 64 values of `from`. */
export const repeatProgram = program('repeatChannels', { ...args, count: 'i32' }, (fn, a, { from: first, to: end }) => {
  fn.range('item', first, end, 1, (item) => {
    const p = fn.i32('p', a.from.add(item.mul(4 * itemValues)));
    const q = fn.i32('q', a.to.add(item.mul(4 * itemValues).mul(a.multiplier)));
    const left = fn.i32('left', a.count.sub(item.mul(itemValues)));
    const count = fn.i32('count', left);
    fn.if(left.gt(itemValues), () => fn.set(count, itemValues));
    const value = fn.f32('value');
    fn.times(count, () => {
      fn.set(value, loadF32(p));
      fn.times(a.multiplier, () => {
        fn.store(q, value);
        fn.advance(q, 4);
      });
      fn.advance(p, 4);
    });
  });
});

/** to[i] = sum over j of from[i*m + j]. */
export const sumProgram = program('sumChannels', { ...args, count: 'i32' }, (fn, a, { from: first, to: end }) => {
  fn.range('item', first, end, 1, (item) => {
    const p = fn.i32('p', a.from.add(item.mul(4 * itemValues).mul(a.multiplier)));
    const q = fn.i32('q', a.to.add(item.mul(4 * itemValues)));
    const count = fn.i32('count', a.count.sub(item.mul(itemValues)));
    fn.if(count.gt(itemValues), () => fn.set(count, itemValues));
    const sum = fn.f32('sum');
    fn.times(count, () => {
      fn.set(sum, f32(0));
      fn.times(a.multiplier, () => {
        fn.set(sum, sum.add(loadF32(p)));
        fn.advance(p, 4);
      });
      fn.store(q, sum);
      fn.advance(q, 4);
    });
  });
});

const itemValues = 64;

export interface Channels {
  readonly from: number;
  readonly to: number;
  /** Number of values with one copy of each channel. */
  readonly count: number;
  readonly multiplier: number;
}

export function repeatChannels(device: Device, channels: Channels): void {
  device.launch(repeatProgram, { ...channels }, workOf(channels));
}

export function sumChannels(device: Device, channels: Channels): void {
  device.launch(sumProgram, { ...channels }, workOf(channels));
}

function workOf({ count, multiplier }: Channels) {
  return { items: Math.ceil(count / itemValues), cost: count * multiplier };
}
