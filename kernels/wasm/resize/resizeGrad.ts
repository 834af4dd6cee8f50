// Gradients of resizing, NHWC. Every input pixel collects from the output pixels that it has contributed to.
//
//   dx[n, iy, ix, c] = sum over r of rows(iy) of weight(r) *
//     (sum over k of columns(ix) of weight(k) * dy[n, oy(r), ox(k), c])
//
// Both lists are sparse matrices, stored by rows: the range of entries for each index, then byte offsets and weights.
// Only one item writes a row of dx, so threads can share the work. Adding each pixel of dy to dx would not allow that.

import type { Device } from '../device.js';
import { type Fn, type I32, load, loadI32, loadSplat, minI32, program, splat } from '../emit/index.js';
import { storeFirst } from '../movement/runs.js';
import { withScratch } from '../scratch.js';

const args = {
  /** [batch, dyH, dyW, channels] */
  dy: 'i32',
  /** [batch, dxH, dxW, channels] */
  dx: 'i32',
  /** [dxH] and [dxW] of: address of the first entry, number of entries. An entry is a byte offset and a weight. */
  rows: 'i32',
  columns: 'i32',
  dxH: 'i32',
  dxW: 'i32',
  channels: 'i32',
  /** Bytes from image to image of dy. */
  dyImage: 'i32',
} as const;

const groupVectors = 4;

/** Item: a row of dx of any image. */
export const resizeGradProgram = program('resizeGrad', args, (fn, a, { from, to }) => {
  const pixelBytes = fn.i32('pixelBytes', a.channels.shl(2));
  fn.range('item', from, to, 1, (item) => {
    const row = fn.i32('row', a.rows.add(item.rem(a.dxH).shl(3)));
    const image = fn.i32('image', a.dy.add(item.div(a.dxH).mul(a.dyImage)));
    const column = fn.i32('column', a.columns);
    const q = fn.i32('q', a.dx.add(item.mul(a.dxW).mul(pixelBytes)));
    fn.times(a.dxW, () => {
      const p = fn.i32('p', image);
      const out = fn.i32('out', q);
      const left = fn.i32('left', a.channels);
      const collectSome = (vectors: number) => {
        const sums = collect(fn, { p, row, column }, vectors);
        if (vectors === 1) storeFirst(fn, out, sums[0], minI32(left, 4));
        else for (const [i, sum] of sums.entries()) fn.store(out, sum, 16 * i);
        fn.advance(p, 16 * vectors);
        fn.advance(out, 16 * vectors);
        fn.set(left, left.sub(4 * vectors));
      };
      fn.while(left.ge(4 * groupVectors), () => collectSome(groupVectors));
      fn.while(left.gt(0), () => collectSome(1));
      fn.advance(column, 8);
      fn.advance(q, pixelBytes);
    });
  });
});

function collect(fn: Fn, { p, row, column }: Record<'p' | 'row' | 'column', I32>, vectors: number) {
  const sums = fn.vectors('sum', vectors, () => splat(0));
  const rowSums = fn.vectors('rowSum', vectors);
  const r = fn.i32('r', loadI32(row));
  fn.times(loadI32(row, 4), () => {
    const line = fn.i32('line', p.add(loadI32(r)));
    const k = fn.i32('k', loadI32(column));
    for (const sum of rowSums) fn.set(sum, splat(0));
    fn.times(loadI32(column, 4), () => {
      const pixel = fn.i32('pixel', line.add(loadI32(k)));
      const weight = fn.v128('weight', loadSplat(k, 4));
      for (const [i, sum] of rowSums.entries()) fn.set(sum, fn.madd(load(pixel, 16 * i), weight, sum));
      fn.advance(k, 8);
    });
    const weight = fn.v128('rowWeight', loadSplat(r, 4));
    for (const [i, sum] of sums.entries()) fn.set(sum, fn.madd(rowSums[i], weight, sum));
    fn.advance(r, 8);
  });
  return sums;
}

/** An output index of the resize, and an input index's weight in it. */
export interface Share {
  readonly index: number;
  readonly weight: number;
}

export interface Spreading {
  readonly batch: number;
  readonly dyH: number;
  readonly dyW: number;
  readonly channels: number;
  /** [dxH] and [dxW]: the outputs that each row and column of x has contributed to. */
  readonly rows: readonly (readonly Share[])[];
  readonly columns: readonly (readonly Share[])[];
}

/** Computes dx, the gradient of a resize, from dy. */
export function resizeGrad(device: Device, at: { dy: number; dx: number }, spreading: Spreading): void {
  const { batch, dyH, dyW, channels, rows, columns } = spreading;
  const lists = [...rows, ...columns];
  const entries = lists.reduce((sum, list) => sum + list.length, 0);
  const words = 2 * (lists.length + entries);
  withScratch(device, 4 * words, (table) => {
    const ints = device.ints(table, words);
    const floats = device.floats(table, words);
    let next = 2 * lists.length;
    for (const [i, list] of lists.entries()) {
      const pixelBytes = 4 * channels * (i < rows.length ? dyW : 1);
      ints[2 * i] = table + 4 * next;
      ints[2 * i + 1] = list.length;
      for (const { index, weight } of list) {
        ints[next] = index * pixelBytes;
        floats[next + 1] = weight;
        next += 2;
      }
    }
    const [dxH, dxW] = [rows.length, columns.length];
    const values = {
      ...at,
      rows: table,
      columns: table + 8 * dxH,
      dxH,
      dxW,
      channels,
      dyImage: 4 * dyH * dyW * channels,
    };
    device.launch(resizeGradProgram, values, {
      items: batch * dxH,
      cost: 4 * batch * channels * (dyH * dyW + dxH * dxW),
    });
  });
}
