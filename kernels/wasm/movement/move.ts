// Any affine movement of values: to[to0*i0 + to1*i1 + ...] = from[from0*i0 + from1*i1 + ...]
//
// Transpose, Slice, Concat, Tile and Reverse are all of this kind. Dimensions that stay together are merged. The
// others are lines of runs (copy.ts) or, where the innermost dimension changes, matrices to transpose (transpose.ts).

import type { Device } from '../device.js';
import { copyLines } from './copy.js';
import { type Dim, maxOuter } from './outer.js';
import { transposeStrided } from './transpose.js';

export type { Dim } from './outer.js';

/** Moves 4-byte values. `dims` are in the order of `to`, the outermost first. */
export function move(device: Device, from: number, to: number, dims: readonly Dim[]): void {
  if (dims.some(({ size }) => size === 0)) return;
  moveMerged(device, from, to, mergeDims(dims));
}

function moveMerged(device: Device, from: number, to: number, dims: readonly Dim[]): void {
  const last = dims.at(-1);
  const hasRun = last?.from === 1 && last.to === 1;
  const column = hasRun || last?.to !== 1 ? -1 : dims.findIndex((dim) => dim.from === 1);
  if (dims.length > maxOuter + 2 || (dims.length > maxOuter + 1 && !hasRun && column < 0)) {
    const [{ size, ...step }, ...inner] = dims;
    for (let i = 0; i < size; i++) moveMerged(device, from + 4 * i * step.from, to + 4 * i * step.to, inner);
  } else if (last && column >= 0) {
    transposeStrided(device, {
      from,
      to,
      rows: last.size,
      columns: dims[column].size,
      fromRow: last.from,
      toColumn: dims[column].to,
      outer: dims.slice(0, -1).filter((_, i) => i !== column),
    });
  } else {
    const [lines, run] = hasRun ? [dims.slice(0, -1), last.size] : [dims, 1];
    copyLines(device, { from, to, dims: lines, run });
  }
}

/** Drops dimensions of size 1 and merges adjacent ones that both tensors step through with one stride. */
function mergeDims(dims: readonly Dim[]): Dim[] {
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

/** The strides of a contiguous tensor, in values. */
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
