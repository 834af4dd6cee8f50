// Any affine movement of values: out[i0, i1, ...] at to0*i0 + to1*i1 + ... = in at from0*i0 + from1*i1 + ...
//
// Permutations, slices, concatenations, tiles and reversals are all of this kind. Dimensions that stay together are
// joined; what is left is either lines of runs (copy.ts) or, where the innermost dimension changes, matrices to turn.

import type { Device } from '../device.js';
import { copyLines } from './copy.js';
import { type Dim, maxOuter } from './outer.js';
import { transposeStrided } from './transpose.js';

export type { Dim } from './outer.js';

/** Moves 4-byte values; `dims` in the order of `to`, from the outermost in. */
export function move(device: Device, from: number, to: number, dims: readonly Dim[]): void {
  if (dims.some(({ size }) => size === 0)) return;
  moveJoined(device, from, to, joined(dims));
}

function moveJoined(device: Device, from: number, to: number, dims: readonly Dim[]): void {
  const last = dims.at(-1);
  const hasRun = last?.from === 1 && last.to === 1;
  const column = hasRun || last?.to !== 1 ? -1 : dims.findIndex((dim) => dim.from === 1);
  if (dims.length > maxOuter + 2 || (dims.length > maxOuter + 1 && !hasRun && column < 0)) {
    const [{ size, ...step }, ...inner] = dims;
    for (let i = 0; i < size; i++) moveJoined(device, from + 4 * i * step.from, to + 4 * i * step.to, inner);
  } else if (last && column >= 0) {
    transposeStrided(device, {
      ...{ from, to, rows: last.size, columns: dims[column].size },
      ...{ fromRow: last.from, toColumn: dims[column].to },
      outer: dims.slice(0, -1).filter((_, i) => i !== column),
    });
  } else {
    const [lines, run] = hasRun ? [dims.slice(0, -1), last.size] : [dims, 1];
    copyLines(device, { from, to, dims: lines, run });
  }
}

/** Without dimensions of size 1, and with neighbours made one where both sides step through them in one stride. */
export function joined(dims: readonly Dim[]): Dim[] {
  const out: Dim[] = [];
  for (const dim of dims) {
    if (dim.size === 1) continue;
    const above = out.at(-1);
    if (above && above.from === dim.from * dim.size && above.to === dim.to * dim.size) {
      out[out.length - 1] = { ...dim, size: above.size * dim.size };
    } else out.push(dim);
  }
  return out;
}

/** Values from one index to the next, of a tensor that lies there whole. */
export function stridesOf(shape: readonly number[]): number[] {
  const strides = Array<number>(shape.length).fill(1);
  for (let i = shape.length - 2; i >= 0; i--) strides[i] = strides[i + 1] * shape[i + 1];
  return strides;
}

/** The dimensions of a permutation: dimension i of the result is dimension perm[i] of `shape`. */
export function permutation(shape: readonly number[], perm: readonly number[]): Dim[] {
  const from = stridesOf(shape);
  const to = stridesOf(perm.map((axis) => shape[axis]));
  return perm.map((axis, i) => ({ size: shape[axis], from: from[axis], to: to[i] }));
}
