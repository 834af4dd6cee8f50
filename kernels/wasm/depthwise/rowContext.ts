// What the parts of the row program share: its arguments, and the walk over a window's rows.

import { type Fn, type I32, type I32Var, loadI32, type V128Var } from '../emit/index.js';
import type { RowForm } from './rowForm.js';

export interface RowShape extends RowForm {
  readonly kH: number;
  readonly kW: number;
  readonly strideW: number;
}

export const rowArgs = {
  x: 'i32',
  /** [block of 4 channels][tap][4] */
  w: 'i32',
  y: 'i32',
  bias: 'i32',
  /** 16, or 0 where `bias` is the address of four zeros. */
  biasStep: 'i32',
  /** At least inW*channels zeros. */
  zeros: 'i32',
  /** 64 bytes for each thread: the addresses of the window's rows. */
  rowTable: 'i32',
  inH: 'i32',
  inW: 'i32',
  outH: 'i32',
  outW: 'i32',
  channels: 'i32',
  strideH: 'i32',
  padTop: 'i32',
  padLeft: 'i32',
  /** Columns whose whole window is inside the image: [firstInner, endInner). */
  firstInner: 'i32',
  endInner: 'i32',
  low: 'f32',
  high: 'f32',
} as const;

/** Bytes of the row table, for each thread. */
export const rowTableBytes = 64;

export interface RowContext {
  readonly shape: RowShape;
  /** Address of the addresses of the window's rows. A row outside the image has that of the row of zeros. */
  readonly rowTable: I32Var;
  readonly args: { readonly [K in keyof typeof rowArgs]: I32 };
  readonly pixel: I32Var;
  /** offsets[j]: bytes of j pixels. */
  readonly offsets: readonly I32Var[];
  readonly low: V128Var;
  readonly high: V128Var;
}

/** Windows of this many rows and more are a loop in the program. */
const loopedRows = 7;

/**
 * Emits `body` for each row of the window, with the row's address and its weights at `w` + `offset`. Large windows are
 * a loop: in straight code, compilers that move loads up and multiply-adds down would hold the whole window.
 */
export function eachRow(
  fn: Fn,
  { shape: { kH, kW }, rowTable }: RowContext,
  { at, w }: { readonly at: I32; readonly w: I32 },
  body: (row: I32Var, w: I32Var, offset: number) => void,
): void {
  const row = fn.i32('row');
  const wRow = fn.i32('wRow', w);
  if (kH < loopedRows) {
    for (let ky = 0; ky < kH; ky++) {
      fn.set(row, loadI32(rowTable, 4 * ky).add(at));
      body(row, wRow, 16 * ky * kW);
    }
    return;
  }
  const entry = fn.i32('entry', rowTable);
  const end = fn.i32('end', rowTable.add(4 * kH));
  fn.loop(() => {
    fn.set(row, loadI32(entry).add(at));
    body(row, wRow, 0);
    fn.advance(wRow, 16 * kW);
    fn.advance(entry, 4);
    return entry.ne(end);
  });
}
