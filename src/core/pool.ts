// Shapes and attributes of a 2D pooling -> its sizes, and its padding as explicit numbers.
//
// Every padding and rounding mode comes out as four pairs of numbers whose output size needs no rounding, which
// TensorFlow.js's own kernels compute right, too. Given one number for the padding they take the width from the window's
// height and the vertical stride, and their gradients forget `dimRoundingMode`.

import {
  type ExplicitPadding,
  type Padding,
  type Pair,
  positivePair,
  type RoundingMode,
  resolveAxis,
  resolvePadding,
} from './conv.js';
import { check } from './errors.js';
import { Memo } from './memo.js';

/** The attributes of TensorFlow.js's pooling kernels. */
export interface PoolAttrs {
  readonly filterSize: Pair;
  readonly strides: Pair;
  readonly pad: Padding;
  /** How a fractional output size is rounded when `pad` is given in numbers. Default: truncated. */
  readonly dimRoundingMode?: RoundingMode;
}

/** A pooling of NHWC images. */
export interface ResolvedPool {
  readonly window: readonly [number, number];
  readonly strides: readonly [number, number];
  /** [height, width] of the output. */
  readonly out: readonly [number, number];
  readonly padTop: number;
  readonly padLeft: number;
  /** With it the output size comes out whole, whatever the rounding mode. */
  readonly pad: ExplicitPadding;
}

const known = new Memo<ResolvedPool>();

/** Throws for a window that does not fit, and for sizes and strides below 1. Equal arguments give the same object. */
export function resolvePool(where: string, xShape: readonly number[], attrs: PoolAttrs): ResolvedPool {
  const { filterSize, strides, pad, dimRoundingMode } = attrs;
  return known.get([xShape, filterSize, strides, pad, dimRoundingMode], () => computePool(where, xShape, attrs));
}

function computePool(where: string, xShape: readonly number[], attrs: PoolAttrs): ResolvedPool {
  check(xShape.length === 4, where, 'x must have rank 4', { 'x.shape': xShape });
  const window = positivePair(where, 'filterSize', attrs.filterSize);
  const strides = positivePair(where, 'strides', attrs.strides);
  const { pad, dimRoundingMode } = attrs;
  const pads = resolvePadding({ where, pad, dimRoundingMode, ignoreOuterPadding: true }, 'NHWC');
  const axis = (name: string, i: 0 | 1, padding: typeof pads.rows) => {
    const { out, before } = resolveAxis({
      where,
      slides: 'window',
      axis: name,
      size: xShape[1 + i],
      k: window[i],
      stride: strides[i],
      dilation: 1,
      kind: padding.kind,
      before: padding.before,
      after: padding.after,
      rounding: padding.rounding,
    });
    const after = Math.max(0, (out - 1) * strides[i] + window[i] - xShape[1 + i] - before);
    return { out, before, after };
  };
  const rows = axis('height', 0, pads.rows);
  const columns = axis('width', 1, pads.columns);
  return {
    window,
    strides,
    out: [rows.out, columns.out],
    padTop: rows.before,
    padLeft: columns.before,
    pad: [
      [0, 0],
      [rows.before, rows.after],
      [columns.before, columns.after],
      [0, 0],
    ],
  };
}

/**
 * Whether TensorFlow.js takes each output for the pixel itself: a window of one pixel whose output is as large as its input,
 * whatever its strides and padding. Its conformance suite demands that, though windows may lie in the padding.
 */
export function areSinglePixels(
  xShape: readonly number[],
  { window, out }: Pick<ResolvedPool, 'window' | 'out'>,
): boolean {
  return window[0] === 1 && window[1] === 1 && out[0] === xShape[1] && out[1] === xShape[2];
}

/** How many pixels of the image each window has along one axis. */
export function windowCounts(
  size: number,
  out: number,
  { k, stride, before }: { k: number; stride: number; before: number },
): number[] {
  return Array.from({ length: out }, (_, o) => {
    const from = Math.max(o * stride - before, 0);
    const to = Math.min(o * stride - before + k, size);
    return Math.max(to - from, 0);
  });
}
