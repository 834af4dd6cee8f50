// Images with a frame: one pass over the output, every value of which is written.
//
//   to[n, y, x, c] = from[n, y - padTop, x - padLeft, c] where that is inside, else `value`

import type { Device } from '../device.js';
import { program, splatI } from '../emit/index.js';
import { copyRun, fillRun } from './runs.js';

const args = {
  from: 'i32',
  to: 'i32',
  /** The bits of what the frame is filled with. */
  value: 'i32',
  inH: 'i32',
  outH: 'i32',
  padTop: 'i32',
  /** Values of an output row: left of the image, of it, and right of it. */
  left: 'i32',
  middle: 'i32',
  right: 'i32',
} as const;

/** Item: an output row of any image. */
const padProgram = program('pad', args, (fn, a, { from, to }) => {
  const value = fn.v128('value', splatI(a.value));
  const width = fn.i32('width', a.left.add(a.middle).add(a.right));
  fn.range('item', from, to, 1, (item) => {
    const q = fn.i32('q', a.to.add(item.mul(width).shl(2)));
    const y = fn.i32('y', item.rem(a.outH).sub(a.padTop));
    fn.if(
      y.ge(0).and(y.lt(a.inH)),
      () => {
        const row = item.div(a.outH).mul(a.inH).add(y);
        const p = a.from.add(row.mul(a.middle).shl(2));
        fillRun(fn, q, value, a.left);
        fn.advance(q, a.left.shl(2));
        copyRun(fn, p, q, a.middle);
        fn.advance(q, a.middle.shl(2));
        fillRun(fn, q, value, a.right);
      },
      () => fillRun(fn, q, value, width),
    );
  });
});

export interface ImagePadding {
  /** Addresses. */
  readonly from: number;
  readonly to: number;
  readonly batch: number;
  readonly inH: number;
  readonly inW: number;
  readonly inC: number;
  readonly padTop: number;
  readonly padBottom: number;
  readonly padLeft: number;
  readonly padRight: number;
  /** The 4 bytes of every value of the frame, as an integer; 0, which is zero of either type, if absent. */
  readonly bits?: number;
}

/**
 * [batch, inH, inW, inC] values of 4 bytes at `from` -> [batch, padTop + inH + padBottom, padLeft + inW + padRight, inC] at
 * `to`, with a frame of zeros, or of `bits`.
 */
export function padImage(device: Device, padding: ImagePadding): void {
  const { from, to, batch, inH, inW, inC, padTop, padBottom, padLeft, padRight, bits = 0 } = padding;
  const outH = padTop + inH + padBottom;
  const items = batch * outH;
  const left = padLeft * inC;
  const middle = inW * inC;
  const right = padRight * inC;
  const values = { from, to, value: bits, inH, outH, padTop, left, middle, right };
  device.launch(padProgram, values, { items, cost: items * (left + middle + right) });
}
