// Reductions over windows of pixels, NHWC:
//
//   y[n, oy, ox, c] = reduction of x[n, iy, ix, c] over iy in rows(oy), ix in columns(ox)
//
// Two tables hold the input rows and columns of each window, so that padding, strides and windows across the border
// cost nothing here. A gradient is the same loop: its windows are the output pixels that have read an input pixel. Up
// to 32 channels stay in registers while a window is read.

import { type Fn, type I32, type I32Var, loadI32, minI32, type Program, program, type V128Var } from '../emit/index.js';
import type { ArgLocals } from '../emit/program.js';
import { storeFirst } from '../movement/runs.js';

export const windowArgs = {
  /** [batch, inH, inW, channels] */
  x: 'i32',
  /** A second operand of x's layout, or x. */
  second: 'i32',
  /** [batch, outH, outW, channels] */
  y: 'i32',
  /** [outH] and [outW] of: first input row or column, number of them. */
  rows: 'i32',
  columns: 'i32',
  outH: 'i32',
  outW: 'i32',
  inW: 'i32',
  channels: 'i32',
  /** Bytes from image to image of x. */
  xImage: 'i32',
  /** Blocks of channels: several where there are few rows. */
  blocks: 'i32',
  blockChannels: 'i32',
  /** Divides the sums of a gradient; for a mean see its program. */
  divisor: 'i32',
} as const;

export type WindowLocals = ArgLocals<typeof windowArgs>;

/** A function of a window's pixels. */
export interface Reduction {
  /** Whether tap() uses the pixel's number. */
  readonly needsPixel?: boolean;
  /**
   * @param outPixel Number of the output pixel in its image.
   * @param first Address of the first value of the window, where that has pixels.
   * @param count Pixels in the window.
   */
  start(outPixel: I32, first: I32, count: I32): void;
  /** @param pixel Number of the input pixel in its image. */
  tap(address: I32, pixel: I32): void;
  endRow(): void;
  /** @param count Pixels in the window. */
  finish(count: I32): readonly V128Var[];
}

type MakeReduction = (fn: Fn, a: WindowLocals, vectors: number) => Reduction;

/** Vectors of channels that are reduced together while as many are left. */
const groups = [8, 4] as const;

interface Window {
  /** Address of the first input value. */
  readonly corner: I32Var;
  readonly firstPixel: I32Var;
  readonly ny: I32Var;
  readonly nx: I32Var;
  /** Address of the output values, the channels left to compute, and the output pixel's number. */
  readonly out: I32Var;
  readonly left: I32Var;
  readonly outPixel: I32Var;
}

/** Item: a block of channels of an output row of any image. */
export function windowProgram(name: string, make: MakeReduction): Program<typeof windowArgs> {
  return program(name, windowArgs, (fn, a, { from, to }) => {
    const pixelBytes = fn.i32('pixelBytes', a.channels.shl(2));
    const rowBytes = fn.i32('rowBytes', a.inW.mul(pixelBytes));
    fn.range('item', from, to, 1, (item) => {
      const row = fn.i32('row', item.div(a.blocks));
      const channel = fn.i32('channel', item.rem(a.blocks).mul(a.blockChannels));
      const width = fn.i32('width', minI32(a.channels.sub(channel), a.blockChannels));
      const oy = fn.i32('oy', row.rem(a.outH));
      const entry = fn.i32('entry', a.rows.add(oy.shl(3)));
      const y0 = fn.i32('y0', loadI32(entry));
      const ny = fn.i32('ny', loadI32(entry, 4));
      const image = a.x.add(row.div(a.outH).mul(a.xImage));
      const line = fn.i32('line', image.add(y0.mul(rowBytes)).add(channel.shl(2)));
      const q = fn.i32('q', a.y.add(row.mul(a.outW).mul(pixelBytes)).add(channel.shl(2)));
      const outPixel = fn.i32('outPixel', oy.mul(a.outW));
      const column = fn.i32('column', a.columns);
      fn.times(a.outW, () => {
        const x0 = fn.i32('x0', loadI32(column));
        const nx = fn.i32('nx', loadI32(column, 4));
        const corner = fn.i32('corner', line.add(x0.mul(pixelBytes)));
        const firstPixel = fn.i32('firstPixel', y0.mul(a.inW).add(x0));
        const window = { corner, firstPixel, ny, nx, outPixel, out: fn.i32('out', q), left: fn.i32('left', width) };
        for (const vectors of groups) {
          fn.while(window.left.ge(4 * vectors), () => reduceWindow(fn, a, make(fn, a, vectors), window, pixelBytes));
        }
        fn.while(window.left.gt(0), () => reduceWindow(fn, a, make(fn, a, 1), window, pixelBytes));
        fn.advance(column, 8);
        fn.advance(q, pixelBytes);
        fn.advance(outPixel, 1);
      });
    });
  });
}

/** Reduces one window of as many channels as the reduction takes, and advances to the next channels. */
function reduceWindow(fn: Fn, a: WindowLocals, reduction: Reduction, window: Window, pixelBytes: I32): void {
  const { corner, ny, nx, out, left } = window;
  const p = fn.i32('p', corner);
  const pixel = fn.i32('pixel', window.firstPixel);
  const skip = fn.i32('skip', a.inW.sub(nx).mul(pixelBytes));
  reduction.start(window.outPixel, p, ny.mul(nx));
  fn.times(ny, () => {
    fn.times(nx, () => {
      reduction.tap(p, pixel);
      fn.advance(p, pixelBytes);
      if (reduction.needsPixel) fn.advance(pixel, 1);
    });
    reduction.endRow();
    fn.advance(p, skip);
    if (reduction.needsPixel) fn.advance(pixel, a.inW.sub(nx));
  });
  const results = reduction.finish(ny.mul(nx));
  if (results.length === 1) storeFirst(fn, out, results[0], left);
  else for (const [i, result] of results.entries()) fn.store(out, result, 16 * i);
  fn.advance(corner, 16 * results.length);
  fn.advance(out, 16 * results.length);
  fn.set(left, left.sub(4 * results.length));
}
