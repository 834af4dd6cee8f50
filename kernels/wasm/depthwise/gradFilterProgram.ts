// dw[ky, kx, c] = sum over n, oy, ox of x[n, oy*s - padTop + ky*d, ox*s - padLeft + kx*d, c] * dy[n, oy, ox, c]
//
// An item sums one tap of 16 channels over all outputs whose tap lies inside the image.

import { type Fn, type I32, type I32Var, load, maxI32, minI32, program, splat } from '../emit/index.js';
import { storeFirst } from '../movement/runs.js';

const args = {
  x: 'i32',
  dy: 'i32',
  dw: 'i32',
  batch: 'i32',
  inH: 'i32',
  inW: 'i32',
  outH: 'i32',
  outW: 'i32',
  channels: 'i32',
  kW: 'i32',
  strideH: 'i32',
  strideW: 'i32',
  dilationH: 'i32',
  dilationW: 'i32',
  padTop: 'i32',
  padLeft: 'i32',
  /** Blocks of 16 channels. */
  blocks: 'i32',
} as const;

const blockVectors = 4;
export const blockChannels: number = 4 * blockVectors;

/** Item: a block of channels of one tap, blocks innermost. */
export const depthwiseGradFilterProgram = program('depthwiseGradFilter', args, (fn, a, { from, to: end }) => {
  const pixel = fn.i32('pixel', a.channels.mul(4));
  fn.range('item', from, end, 1, (item) => {
    const tap = fn.i32('tap', item.div(a.blocks));
    const first = fn.i32('first', item.rem(a.blocks).mul(blockChannels));
    const shiftY = fn.i32('shiftY', tap.div(a.kW).mul(a.dilationH).sub(a.padTop));
    const shiftX = fn.i32('shiftX', tap.rem(a.kW).mul(a.dilationW).sub(a.padLeft));
    const [fromY, toY] = insideRange(fn, { shift: shiftY, stride: a.strideH, inSize: a.inH, outSize: a.outH });
    const [fromX, toX] = insideRange(fn, { shift: shiftX, stride: a.strideW, inSize: a.inW, outSize: a.outW });
    const width = fn.i32('width', toX.sub(fromX));
    const left = fn.i32('left', minI32(a.channels.sub(first), blockChannels));
    const out = fn.i32('out', a.dw.add(tap.mul(pixel)).add(first.mul(4)));
    const channel = fn.i32('channel', first.mul(4));
    const xStep = fn.i32('xStep', a.strideW.mul(pixel));
    const sumOver = (vectors: number) => {
      const sums = fn.vectors('sum', vectors, () => splat(0));
      for (const sum of sums) fn.set(sum, splat(0));
      fn.range('n', 0, a.batch, 1, (n) => {
        fn.range('oy', fromY, toY, 1, (oy) => {
          const inRow = n.mul(a.inH).add(oy.mul(a.strideH)).add(shiftY).mul(a.inW);
          const inPixel = inRow.add(fromX.mul(a.strideW)).add(shiftX);
          const px = fn.i32('px', a.x.add(inPixel.mul(pixel)).add(channel));
          const outPixel = n.mul(a.outH).add(oy).mul(a.outW).add(fromX);
          const py = fn.i32('py', a.dy.add(outPixel.mul(pixel)).add(channel));
          fn.times(width, () => {
            for (const [i, sum] of sums.entries()) fn.set(sum, fn.madd(load(px, 16 * i), load(py, 16 * i), sum));
            fn.advance(px, xStep);
            fn.advance(py, pixel);
          });
        });
      });
      return sums;
    };
    fn.if(
      left.eq(blockChannels),
      () => {
        for (const [i, sum] of sumOver(blockVectors).entries()) fn.store(out, sum, 16 * i);
      },
      () =>
        fn.while(left.gt(0), () => {
          const [sum] = sumOver(1);
          storeFirst(fn, out, sum, left);
          fn.advance(out, 16);
          fn.advance(channel, 16);
          fn.set(left, left.sub(4));
        }),
    );
  });
});

interface AxisArgs {
  readonly shift: I32;
  readonly stride: I32;
  readonly inSize: I32;
  readonly outSize: I32;
}

/** The outputs o with 0 <= o*stride + shift < inSize, as [from, to); empty where to <= from. */
function insideRange(fn: Fn, { shift, stride, inSize, outSize }: AxisArgs): [I32Var, I32Var] {
  const upwards = (distance: I32) => maxI32(distance.add(stride).sub(1), 0).div(stride);
  const from = fn.i32('from', upwards(shift.mul(-1)));
  const to = fn.i32('to', minI32(upwards(inSize.sub(shift)), outSize));
  return [from, to];
}
