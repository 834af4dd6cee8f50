// Bilinear interpolation, NHWC:
//
//   y[n, oy, ox, c] = top + (bottom - top)*fy    top    = x[upper, left] + (x[upper, right] - x[upper, left])*fx
//                                                bottom = x[lower, left] + (x[lower, right] - x[lower, left])*fx
//
// Two tables hold the pixels and fractions, one entry for each output row and column.

import type { Sample, Sampling } from '../../resizeSamples.js';
import type { Device } from '../device.js';
import { type Fn, load, loadI32, loadSplat, program, type V128, type V128Var } from '../emit/index.js';
import { storeFirst } from '../movement/runs.js';
import { withScratch } from '../scratch.js';

const args = {
  /** [batch, inH, inW, channels] */
  x: 'i32',
  /** [batch, outH, outW, channels] */
  y: 'i32',
  /** [outH] and [outW] of: byte offset of the first pixel, byte offset of the second, fraction of the second. */
  rows: 'i32',
  columns: 'i32',
  outH: 'i32',
  outW: 'i32',
  channels: 'i32',
  /** Bytes from image to image of x. */
  xImage: 'i32',
} as const;

const entryBytes = 12;

/** Item: an output row of any image. */
export const bilinearProgram = program('resizeBilinear', args, (fn, a, { from, to }) => {
  const pixelBytes = fn.i32('pixelBytes', a.channels.shl(2));
  fn.range('item', from, to, 1, (item) => {
    const entry = fn.i32('entry', a.rows.add(item.rem(a.outH).mul(entryBytes)));
    const image = fn.i32('image', a.x.add(item.div(a.outH).mul(a.xImage)));
    const upper = fn.i32('upper', image.add(loadI32(entry)));
    const lower = fn.i32('lower', image.add(loadI32(entry, 4)));
    const fy = fn.v128('fy', loadSplat(entry, 8));
    const q = fn.i32('q', a.y.add(item.mul(a.outW).mul(pixelBytes)));
    const column = fn.i32('column', a.columns);
    fn.times(a.outW, () => {
      const left = fn.i32('left', loadI32(column));
      const right = fn.i32('right', loadI32(column, 4));
      const fx = fn.v128('fx', loadSplat(column, 8));
      const corners = [upper.add(left), upper.add(right), lower.add(left), lower.add(right)];
      const pointers = fn.integers('corner', 4, (i) => corners[i]);
      const out = fn.i32('out', q);
      const rest = fn.i32('rest', a.channels);
      const values = (vector: number) => {
        const [ul, ur, ll, lr] = pointers.map((pointer, i) => fn.v128(`at${i}`, load(pointer, 16 * vector)));
        const top = fn.v128('top', between(fn, ul, ur, fx));
        const bottom = fn.v128('bottom', between(fn, ll, lr, fx));
        return fn.v128('value', between(fn, top, bottom, fy));
      };
      const step = (vectors: number) => {
        for (const pointer of [...pointers, out]) fn.advance(pointer, 16 * vectors);
        fn.set(rest, rest.sub(4 * vectors));
      };
      for (const vectors of [4, 2]) {
        fn.while(rest.ge(4 * vectors), () => {
          for (let i = 0; i < vectors; i++) fn.store(out, values(i), 16 * i);
          step(vectors);
        });
      }
      fn.while(rest.gt(0), () => {
        storeFirst(fn, out, values(0), rest);
        step(1);
      });
      fn.advance(column, entryBytes);
      fn.advance(q, pixelBytes);
    });
  });
});

/** a + (b - a)*fraction */
function between(fn: Fn, a: V128Var, b: V128Var, fraction: V128Var): V128 {
  return fn.madd(b.sub(a), fraction, a);
}

/** Interpolates images between the pixels that the sampling names. */
export function resizeBilinear(device: Device, at: { x: number; y: number }, sampling: Sampling): void {
  const { batch, inH, inW, channels, rows, columns } = sampling;
  const [outH, outW] = [rows.length, columns.length];
  const words = (entryBytes / 4) * (outH + outW);
  withScratch(device, 4 * words, (table) => {
    const ints = device.ints(table, words);
    const floats = device.floats(table, words);
    let next = 0;
    const write = (samples: readonly Sample[], bytes: number) => {
      for (const { low, high, fraction } of samples) {
        ints[next] = low * bytes;
        ints[next + 1] = high * bytes;
        floats[next + 2] = fraction;
        next += 3;
      }
    };
    write(rows, 4 * channels * inW);
    write(columns, 4 * channels);
    const values = {
      x: at.x,
      y: at.y,
      rows: table,
      columns: table + entryBytes * outH,
      outH,
      outW,
      channels,
      xImage: 4 * inH * inW * channels,
    };
    device.launch(bilinearProgram, values, { items: batch * outH, cost: 8 * batch * outH * outW * channels });
  });
}
