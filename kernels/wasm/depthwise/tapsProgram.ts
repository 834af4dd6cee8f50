// A depthwise convolution of any geometry, or a phase of its input gradient. For each output pixel it lists the taps
// inside the image, then sums all channels with that list. It is slower than rowProgram.ts, since every 16 channels
// load the two addresses of each tap again, but it has no limits.

import { type Fn, type I32, type I32Var, load, loadI32, program, splat } from '../emit/index.js';
import { storeFirst } from '../movement/runs.js';

const args = {
  x: 'i32',
  /** [kH, kW, channels] */
  w: 'i32',
  y: 'i32',
  bias: 'i32',
  /** 1, or 0 where `bias` is the address of zeros. */
  hasBias: 'i32',
  /** [taps][3]: the row and column, from an output's first position, and the bytes from w. */
  taps: 'i32',
  tapCount: 'i32',
  inH: 'i32',
  inW: 'i32',
  channels: 'i32',
  /** The number of outputs, and where each reads (conv/access.ts). */
  countH: 'i32',
  countW: 'i32',
  startH: 'i32',
  startW: 'i32',
  stepH: 'i32',
  stepW: 'i32',
  /** Size of the whole result, and where in it the outputs are. */
  outH: 'i32',
  outW: 'i32',
  originH: 'i32',
  originW: 'i32',
  outStepH: 'i32',
  outStepW: 'i32',
  /** `listBytes` for each thread: 8 bytes a tap. */
  list: 'i32',
  listBytes: 'i32',
  low: 'f32',
  high: 'f32',
} as const;

/** Item: a row of the outputs, of any image. */
export const tapsProgram = program('depthwiseTaps', args, (fn, a, { from, to: end, thread }) => {
  const [low, high] = [fn.v128('low', splat(a.low)), fn.v128('high', splat(a.high))];
  const pixel = fn.i32('pixel', a.channels.mul(4));
  const list = fn.i32('list', a.list.add(thread.mul(a.listBytes)));
  fn.range('item', from, end, 1, (item) => {
    const n = fn.i32('n', item.div(a.countH));
    const row = fn.i32('row', item.rem(a.countH));
    const y = fn.i32('y', a.startH.add(row.mul(a.stepH)));
    const image = fn.i32('image', a.x.add(n.mul(a.inH).mul(a.inW).mul(pixel)));
    const outRow = n.mul(a.outH).add(a.originH).add(row.mul(a.outStepH));
    const out = fn.i32('out', a.y.add(outRow.mul(a.outW).add(a.originW).mul(pixel)));
    const x = fn.i32('x', a.startW);
    fn.times(a.countW, () => {
      const tap = fn.i32('tap', a.taps);
      const entry = fn.i32('entry', list);
      fn.times(a.tapCount, () => {
        const ty = fn.i32('ty', y.add(loadI32(tap)));
        const tx = fn.i32('tx', x.add(loadI32(tap, 4)));
        fn.if(ty.ge(0).and(ty.lt(a.inH)).and(tx.ge(0)).and(tx.lt(a.inW)), () => {
          fn.store(entry, image.add(ty.mul(a.inW).add(tx).mul(pixel)));
          fn.store(entry, a.w.add(loadI32(tap, 8)), 4);
          fn.advance(entry, 8);
        });
        fn.advance(tap, 12);
      });
      const channel = fn.i32('channel', 0);
      const left = fn.i32('left', a.channels);
      const step = (vectors: number) => {
        const sums = fn.vectors('sum', vectors);
        const bias = a.bias.add(channel.mul(a.hasBias));
        for (const [i, sum] of sums.entries()) fn.set(sum, load(bias, 16 * i));
        sumTaps(fn, { list, entry, channel, sums });
        for (const sum of sums) fn.set(sum, sum.pmax(low).pmin(high));
        return sums;
      };
      fn.while(left.ge(16), () => {
        const sums = step(4);
        for (const [i, sum] of sums.entries()) fn.store(out.add(channel), sum, 16 * i);
        fn.advance(channel, 64);
        fn.set(left, left.sub(16));
      });
      fn.while(left.gt(0), () => {
        const [sum] = step(1);
        storeFirst(fn, out.add(channel), sum, left);
        fn.advance(channel, 16);
        fn.set(left, left.sub(4));
      });
      fn.advance(out, pixel.mul(a.outStepW));
      fn.advance(x, a.stepW);
    });
  });
});

interface Sums {
  readonly list: I32;
  /** End of the list. */
  readonly entry: I32;
  /** Bytes from a pixel's first channel. */
  readonly channel: I32;
  readonly sums: readonly ReturnType<Fn['v128']>[];
}

function sumTaps(fn: Fn, { list, entry, channel, sums }: Sums): void {
  const at = fn.i32('at', list);
  const [px, pw]: I32Var[] = [fn.i32('px'), fn.i32('pw')];
  fn.while(at.ne(entry), () => {
    fn.set(px, loadI32(at).add(channel));
    fn.set(pw, loadI32(at, 4).add(channel));
    for (const [i, sum] of sums.entries()) fn.set(sum, fn.madd(load(px, 16 * i), load(pw, 16 * i), sum));
    fn.advance(at, 8);
  });
}
