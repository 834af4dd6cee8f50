// The bytes of RGBA pixels as integers: the first `channels` of each.

import type { Device } from '../device.js';
import { costs } from '../elementwise/vector.js';
import { loadFirst, minI32, program } from '../emit/index.js';
import { storeFirst } from './runs.js';

const args = { pixels: 'i32', y: 'i32', channels: 'i32', count: 'i32' } as const;

/** Pixels of an item. */
const chunk = 4096;

/**
 * Item: a chunk of the pixels. Each writes four values, and the next ones write over those that it has too many. The last
 * four write no more than their own, so that items stay apart.
 */
export const pixelsProgram = program('pixelsToInts', args, (fn, a, { from, to }) => {
  const pixelBytes = fn.i32('pixelBytes', a.channels.shl(2));
  fn.range('item', from, to, 1, (item) => {
    const first = fn.i32('first', item.mul(chunk));
    const p = fn.i32('p', a.pixels.add(first.shl(2)));
    const q = fn.i32('q', a.y.add(first.mul(pixelBytes)));
    const left = fn.i32('left', minI32(a.count.sub(first), chunk));
    const advance = () => {
      fn.advance(p, 4);
      fn.advance(q, pixelBytes);
      fn.set(left, left.sub(1));
    };
    fn.while(left.gt(4), () => {
      fn.store(q, loadFirst(p).widenBytes());
      advance();
    });
    fn.while(left.gt(0), () => {
      storeFirst(fn, q, fn.v128('pixel', loadFirst(p).widenBytes()), a.channels);
      advance();
    });
  });
});

export interface PixelOperands {
  /** Addresses of [count, 4] bytes and of [count, channels] integers. */
  readonly pixels: number;
  readonly y: number;
  /** From 1 to 4. */
  readonly channels: number;
  readonly count: number;
}

export function pixelsToInts(device: Device, { pixels, y, channels, count }: PixelOperands): void {
  if (count === 0) return;
  const work = { items: Math.ceil(count / chunk), cost: count * 4 * costs.light };
  device.launch(pixelsProgram, { pixels, y, channels, count }, work);
}
