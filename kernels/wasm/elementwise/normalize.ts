// Batch normalization: y = (x - mean) * scale + offset, each per channel, with or without relu, and what becomes of dy.
//
// The mean is subtracted first. Folding it into the offset would save an instruction, but would lose digits where the
// mean is far from 0.

import type { Device } from '../device.js';
import type { Fn, V128 } from '../emit/index.js';
import {
  type ChannelOperands,
  type ChannelProgram,
  channelProgram,
  fillChannelTable,
  runPerChannel,
} from './perChannel.js';
import { constant } from './vector.js';

/** (x - mean) * scale + offset. The programs of the gradient compute the same bits. */
function normalized(fn: Fn, x: V128, mean: V128, scale: V128, offset: V128): V128 {
  return fn.madd(x.sub(mean), scale, offset);
}

export const normalizeProgram: ChannelProgram = channelProgram('normalize', {
  operands: 1,
  parameters: 3,
  make:
    (fn) =>
    ([x], [mean, scale, offset]) =>
      normalized(fn, x, mean, scale, offset),
});

/** The same, or 0 where that is less; NaN stays. */
export const normalizeReluProgram: ChannelProgram = channelProgram('normalizeRelu', {
  operands: 1,
  parameters: 3,
  make: (fn) => {
    const zero = constant(fn, 0);
    return ([x], [mean, scale, offset]) => normalized(fn, x, mean, scale, offset).pmax(zero);
  },
});

/**
 * dx = dy * scale + (x - mean) * slope + shift: the gradient of normalization by statistics of x itself, whose part slope
 * and shift hold.
 */
export const normalizeGradProgram: ChannelProgram = channelProgram('normalizeGrad', {
  operands: 2,
  parameters: 4,
  make:
    (fn) =>
    ([x, dy], [mean, scale, slope, shift]) =>
      fn.madd(dy, scale, fn.madd(x.sub(mean), slope, shift)),
});

/** The same behind relu: dy counts where the normalized x is above 0. */
export const normalizeReluGradProgram: ChannelProgram = channelProgram('normalizeReluGrad', {
  operands: 2,
  parameters: 5,
  make: (fn) => {
    const zero = constant(fn, 0);
    return ([x, dy], [mean, factor, slope, shift, offset]) => {
      const above = fn.v128('above', x.sub(mean));
      const scale = fn.v128('scale', factor);
      const isOn = fn.madd(above, scale, offset).gt(zero);
      return fn.madd(dy.and(isOn), scale, fn.madd(above, slope, shift));
    };
  },
});

/** Per channel. */
export interface NormalizeParameters {
  readonly mean: ArrayLike<number>;
  readonly scale: ArrayLike<number>;
  readonly offset: ArrayLike<number>;
}

/** Fills a table of three rows. */
export function fillNormalizeTable(table: Float32Array, { mean, scale, offset }: NormalizeParameters): void {
  fillChannelTable(table, [mean, scale, offset]);
}

export function normalize(device: Device, operands: ChannelOperands, hasRelu = false): void {
  runPerChannel(device, hasRelu ? normalizeReluProgram : normalizeProgram, operands);
}

/** dx from x and dy. The table has the parameters of the program. */
export function normalizeGrad(device: Device, operands: Required<ChannelOperands>, hasRelu: boolean): void {
  runPerChannel(device, hasRelu ? normalizeReluGradProgram : normalizeGradProgram, operands);
}
