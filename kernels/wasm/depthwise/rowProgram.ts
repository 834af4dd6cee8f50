// y[n, oy, ox, c] = clamp(bias[c] + sum over ky, kx of x[n, oy*s - padTop + ky, ox*s - padLeft + kx, c] * w[ky, kx, c])
//
// An item is a row of outputs, in blocks of adjacent columns. The channels, which are adjacent in memory, are
// innermost. The columns of a block (rowForm.ts) share inputs and weights: a 3x3 filter and five columns take 30 loads
// for 45 multiply-adds. (Weights in registers and columns innermost are half as fast: that uses 16 bytes of each cache line.)
//
// Rows above and below the image are read from a row of zeros. There is a block of columns for either border that cuts
// off half of the window, as `same` padding does. Any other column that is cut is computed alone, with the taps inside
// the image. So the image needs no padded copy, which would take as long as the convolution.

import { type Fn, type I32, type I32Var, i32, minI32, type Program, program, selectI32, splat } from '../emit/index.js';
import { adjacentColumns, type Cut } from './adjacentColumns.js';
import { borderColumn, lastChannels } from './borderColumn.js';
import { type RowContext, type RowShape, rowArgs, rowTableBytes } from './rowContext.js';

/** Sizes of the square filters, and strides along a row, that have a program. */
export const rowSizes: readonly number[] = [3, 5, 7];
export const rowStrides: readonly number[] = [1, 2];

type RowProgram = Program<typeof rowArgs>;

const programs = new Map<string, RowProgram>();

export function rowProgram(shape: RowShape): RowProgram {
  const key = `${shape.kH}x${shape.kW}s${shape.strideW}c${shape.columns}v${shape.vectors}`;
  const known = programs.get(key) ?? emitRow(key, shape);
  programs.set(key, known);
  return known;
}

/** Item: a row of outputs of any image. */
function emitRow(name: string, shape: RowShape): RowProgram {
  const { kH, kW, columns } = shape;
  return program(`depthwise${name}`, rowArgs, (fn, a, { from, to, thread }) => {
    const [low, high] = [fn.v128('low', splat(a.low)), fn.v128('high', splat(a.high))];
    const pixel = fn.i32('pixel', a.channels.mul(4));
    const offsets = fn.integers('offset', Math.max(columns, kW), (j) => pixel.mul(j));
    const rowTable = fn.i32('rowTable', a.rowTable.add(thread.mul(rowTableBytes)));
    const ints = a as unknown as RowContext['args'];
    const context: RowContext = { shape, rowTable, args: ints, pixel, offsets, low, high };
    const [column, out, ox] = [fn.i32('column'), fn.i32('out'), fn.i32('ox')];
    fn.range('item', from, to, 1, (item) => {
      const image = fn.i32('image', a.x.add(item.div(a.outH).mul(a.inH).mul(a.inW).mul(pixel)));
      const top = fn.i32('top', item.rem(a.outH).mul(a.strideH).sub(a.padTop));
      for (let k = 0; k < kH; k++) {
        const y = fn.i32('y', top.add(k));
        const isInside = y.ge(0).and(y.lt(a.inH));
        fn.store(rowTable, selectI32(isInside, image.add(y.mul(a.inW).mul(pixel)), a.zeros), 4 * k);
      }
      const row = fn.i32('row', a.y.add(item.mul(a.outW).mul(pixel)));
      fn.set(out, row);
      fn.set(ox, 0);
      fn.set(column, a.padLeft.mul(pixel).mul(-1));
      emitColumns(fn, context, { ox, out, column });
      fn.if(a.channels.and(3), () => {
        fn.set(out, row);
        fn.set(ox, 0);
        fn.while(ox.lt(a.outW), () => {
          lastChannels(fn, context, { ox, out });
          fn.advance(out, pixel);
          fn.advance(ox, 1);
        });
      });
    });
  });
}

interface Cursor {
  /** The next output column, its address, and the bytes from the start of an input row to its window. */
  readonly ox: I32Var;
  readonly out: I32Var;
  readonly column: I32Var;
}

/** One row: a block that the left border cuts, inner blocks, a block that the right border cuts. */
function emitColumns(fn: Fn, context: RowContext, cursor: Cursor): void {
  const { shape, args: a, pixel } = context;
  const { kW, strideW, columns, vectors } = shape;
  const { ox, out, column } = cursor;
  const block = (count: number, cut: Cut = { left: 0, right: 0 }) => {
    adjacentColumns(fn, context, { count, cut, column, out });
    fn.advance(out, pixel.mul(count));
    fn.advance(column, pixel.mul(count * strideW));
    fn.advance(ox, count);
  };
  const border = (end: I32) =>
    fn.while(ox.lt(end), () => {
      borderColumn(fn, context, { ox, out });
      fn.advance(out, pixel);
      fn.advance(column, pixel.mul(strideW));
      fn.advance(ox, 1);
    });
  const half = (kW - 1) / 2;
  // The columns that `same` padding cuts off on the left: half of the window, or one less with stride 2 and an even width.
  const cuts = strideW === 2 && half > 1 ? [half - 1, half] : [half];
  const hasInner = a.endInner.gt(a.firstInner).and(a.endInner.ge(columns)).and(a.firstInner.le(columns));
  let emitLeft = () => border(a.firstInner);
  for (const left of cuts) {
    const emitOther = emitLeft;
    emitLeft = () => fn.if(a.padLeft.eq(left).and(hasInner), () => block(columns, { left, right: 0 }), emitOther);
  }
  emitLeft();
  const fewest = Math.ceil(half / strideW); // columns that the right border cuts
  // Each number of columns is more code to compile.
  const most = vectors === 1 ? fewest + 2 : Math.min(fewest + 2, Math.max(columns, 3));
  const beyond = a.outW.sub(1).mul(strideW).sub(a.padLeft).add(kW).sub(a.inW);
  const isHalf = fn.i32('isHalf', beyond.eq(half));
  // A last block steps back and computes some columns again, where more would be left than the rest does well.
  const isWide = a.endInner.sub(a.firstInner).ge(columns);
  const spared = fn.i32('spared', selectI32(isWide, selectI32(isHalf, i32(most - fewest), 1), columns - 1));
  fn.while(a.endInner.sub(ox).gt(spared), () => {
    const back = fn.i32('back', minI32(a.endInner.sub(ox).sub(columns), 0));
    fn.advance(ox, back);
    fn.advance(out, back.mul(pixel));
    fn.advance(column, back.mul(pixel).mul(strideW));
    block(columns);
  });
  const kept = selectI32(isHalf, i32(most), 0);
  fn.while(ox.lt(a.endInner).and(ox.add(kept).lt(a.outW)), () => block(1));
  fn.if(ox.le(a.endInner).and(isHalf), () => {
    const left = fn.i32('left', a.outW.sub(ox));
    for (let count = fewest; count <= most; count++) {
      fn.if(left.eq(count), () => block(count, { left: 0, right: half }));
    }
  });
  border(a.outW);
}
