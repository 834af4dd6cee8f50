// Packs depthwise weights for rowProgram.ts: [block of 4 channels][tap][4], zeros after the last channel.

import { flushSubnormals, smallestNormal } from '../conv/subnormals.js';
import type { Device } from '../device.js';
import { lanesI, load, program, splat, splatI } from '../emit/index.js';

const args = {
  /** Weights of the first tap. */
  w: 'i32',
  /** Bytes from tap to tap: negative for a filter that is rotated by 180 degrees. */
  tapStep: 'i32',
  taps: 'i32',
  to: 'i32',
  channels: 'i32',
} as const;

/** Item: a block of 4 channels. */
export const packDepthwiseProgram = program('packDepthwise', args, (fn, a, { from, to: end }) => {
  const smallest = fn.v128('smallest', splat(smallestNormal));
  const value = fn.v128('value');
  fn.range('item', from, end, 1, (item) => {
    const mask = fn.v128('mask', splatI(a.channels.sub(item.mul(4))).gtI(lanesI(0, 1, 2, 3)));
    const source = fn.i32('source', a.w.add(item.mul(16)));
    const to = fn.i32('to', a.to.add(item.mul(a.taps).mul(16)));
    fn.times(a.taps, () => {
      fn.set(value, load(source).and(mask));
      fn.store(to, flushSubnormals(value, smallest));
      fn.advance(source, a.tapStep);
      fn.advance(to, 16);
    });
  });
});

export interface DepthwiseFilter {
  readonly w: number;
  /** Floats from tap to tap. */
  readonly tapStep: number;
  readonly taps: number;
  readonly to: number;
  readonly channels: number;
}

export function packedBytes({ taps, channels }: Pick<DepthwiseFilter, 'taps' | 'channels'>): number {
  return 16 * taps * Math.ceil(channels / 4);
}

export function packDepthwise(device: Device, filter: DepthwiseFilter): void {
  const { taps, channels } = filter;
  const work = { items: Math.ceil(channels / 4), cost: taps * channels };
  device.launch(packDepthwiseProgram, { ...filter, tapStep: 4 * filter.tapStep }, work);
}
