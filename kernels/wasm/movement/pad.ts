// Pads images: one pass over the output, which writes every value.
//
//   to[n, y, x, c] = from[n, y - padTop, x - padLeft, c] where that is inside, else `value`

import type { Device } from '../device.js';
import { program, splatI } from '../emit/index.js';
import { move, stridesOf } from './move.js';
import { copyRun, fillRun } from './runs.js';

const args = {
  from: 'i32',
  to: 'i32',
  /** The bits of the padding's value. */
  value: 'i32',
  inH: 'i32',
  outH: 'i32',
  padTop: 'i32',
  /** Values of an output row: left of the image, of the image, and right of it. */
  left: 'i32',
  middle: 'i32',
  right: 'i32',
} as const;

/** Item: an output row of any image. */
export const padProgram = program('pad', args, (fn, a, { from, to }) => {
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
  /** The 4 bytes of the padding's value, as an integer. Default: 0, which is zero of either type. */
  readonly bits?: number;
}

/**
 * Pads images of 4-byte values: [batch, inH, inW, inC] at `from` -> [batch, padTop + inH + padBottom, padLeft + inW +
 * padRight, inC] at `to`.
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

/** A dimension of a tensor, and the values added before and after it. */
export interface PaddedDim {
  readonly size: number;
  readonly before: number;
  readonly after: number;
}

interface TensorPadding {
  /** Addresses. */
  readonly from: number;
  readonly to: number;
  readonly dims: readonly PaddedDim[];
  /** The 4 bytes of the padding's value, as an integer. */
  readonly bits: number;
}

/** Pads a tensor of any rank. */
export function padTensor(device: Device, { from, to, dims, bits }: TensorPadding): void {
  const groups = mergeUnpadded(dims);
  const first = groups.findIndex(isPadded);
  const last = groups.map(isPadded).lastIndexOf(true);
  if (last > first + 1) {
    padAndMove(device, { from, to, dims: groups, bits });
    return;
  }
  const before = valuesOf(groups.slice(0, Math.max(first, 0)));
  const inC = valuesOf(groups.slice(last + 1));
  // One padded group: the columns of images of one row or, with long pixels, the rows of images of one column.
  const alone = groups[Math.max(first, 0)] ?? unpadded;
  const isRows = first === last && inC >= longPixel;
  const [batch, row, column] =
    first < last
      ? [before, groups[first], groups[last]]
      : isRows
        ? [before, alone, unpadded]
        : [before, unpadded, alone];
  padImage(device, {
    from,
    to,
    bits,
    batch,
    inC,
    inH: row.size,
    inW: column.size,
    padTop: row.before,
    padBottom: row.after,
    padLeft: column.before,
    padRight: column.after,
  });
}

const unpadded: PaddedDim = { size: 1, before: 0, after: 0 };
const longPixel = 64;

function valuesOf(dims: readonly PaddedDim[]): number {
  return dims.reduce((product, { size }) => product * size, 1);
}

function isPadded({ before, after }: PaddedDim): boolean {
  return before !== 0 || after !== 0;
}

/** Merges adjacent dimensions without padding. */
function mergeUnpadded(dims: readonly PaddedDim[]): PaddedDim[] {
  const out: PaddedDim[] = [];
  for (const dim of dims) {
    if (dim.size === 1 && !isPadded(dim)) continue;
    const above = out.at(-1);
    if (above && !isPadded(above) && !isPadded(dim)) {
      out[out.length - 1] = { size: above.size * dim.size, before: 0, after: 0 };
    } else out.push(dim);
  }
  return out;
}

/** The slow way, for padding of three dimensions, or of two that are not adjacent. */
function padAndMove(device: Device, { from, to, dims, bits }: TensorPadding): void {
  const outShape = dims.map(({ size, before, after }) => before + size + after);
  const [rows, ...rest] = outShape;
  const inC = rest.reduce((product, size) => product * size, 1);
  const nothing = { batch: 1, inH: 0, inW: 1, inC, padBottom: 0, padLeft: 0, padRight: 0 };
  padImage(device, { from, to, ...nothing, padTop: rows, bits });
  const toStrides = stridesOf(outShape);
  const fromStrides = stridesOf(dims.map(({ size }) => size));
  const start = dims.reduce((sum, { before }, i) => sum + before * toStrides[i], 0);
  const inner = dims.map(({ size }, i) => ({ size, from: fromStrides[i], to: toStrides[i] }));
  move(device, from, to + 4 * start, inner);
}
