// Smaller calls of a kernel that draw with the same programs, for the self-test: the sizes shrink, whatever chooses the
// programs stays. The smallest comes first; later ones keep more of the real sizes, for programs that depend on them.

import { backend_util, slice_util, util } from '@tensorflow/tfjs-core';
import type { Activation } from '../../../../kernels/activation.js';
import { isClamp } from '../../../../kernels/glsl/tiled/conv/clampEpilogue.js';
import type { CallAttrs } from '../../../tfjs/kernelCall.js';
import { SPREAD_KERNEL } from '../../../tfjs/ownKernelNames.js';
import { pool3dWindows } from '../../../tfjs/pool3dWindows.js';

export interface Sizes {
  readonly shapes: Readonly<Record<string, readonly number[]>>;
  readonly attrs: CallAttrs;
}

/** What one dimension of a batch of images becomes. */
interface Rule {
  readonly n: (size: number) => number;
  readonly h: (size: number) => number;
  readonly w: (size: number) => number;
  readonly c: (size: number) => number;
}

const same = (size: number) => size;
const few: Rule['n'] = (size) => Math.min(size, 2);
/** All remainders of a division by 4 stay, and four channels and more fill a texel. */
export const fewChannels: Rule['c'] = (size) => (size <= 8 ? size : 4 + (size % 4 || 4));
const smallest: Rule = { n: few, h: (h) => Math.min(h, 5), w: (w) => Math.min(w, 7), c: fewChannels };
const rules: readonly Rule[] = [
  smallest,
  { ...smallest, c: same },
  { ...smallest, h: same, w: same },
  { n: few, h: same, w: same, c: same },
];

type Shrink = (sizes: Sizes, rule: Rule) => Sizes;

/** Sizes from the smallest up. Undefined kernels have no form of their own: every dimension follows the rule. */
export function smallCalls(kernelName: string, sizes: Sizes): Sizes[] {
  const shrink = shrinks[kernelName] ?? allAxes;
  const isPool = sizes.attrs.filterSize !== undefined && !kernelName.includes('Pool3D');
  const pool = !isPool ? rules : rules.map((rule) => windowed(rule, sizes.attrs));
  return pool.flatMap((rule) => {
    try {
      return [shrink(sizes, rule)];
    } catch {
      return []; // attributes that no smaller size suits
    }
  });
}

function shrunk(shape: readonly number[], { n, h, w, c }: Rule): number[] {
  const byRank: Record<number, readonly Rule['n'][]> = { 1: [c], 2: [n, c], 3: [h, w, c], 4: [n, h, w, c] };
  const axes = byRank[shape.length] ?? shape.map(() => same);
  return shape.map((size, i) => axes[i](size));
}

function allAxes({ shapes, attrs }: Sizes, rule: Rule): Sizes {
  const entries = Object.entries(shapes).map(([name, shape]) => [name, shrunk(shape, rule)]);
  return { shapes: Object.fromEntries(entries), attrs };
}

function pair(value: unknown): readonly [number, number] {
  return Array.isArray(value) ? [value[0], value[1]] : [value as number, value as number];
}

/** Images of five windows. */
function windowed(rule: Rule, attrs: CallAttrs): Rule {
  const [[kH, kW], [strideH, strideW]] = [pair(attrs.filterSize), pair(attrs.strides)];
  const h = (size: number) => (rule.h === same ? size : Math.min(size, kH + 4 * strideH));
  const w = (size: number) => (rule.w === same ? size : Math.min(size, kW + 4 * strideW));
  return { ...rule, h, w };
}

/** The gradient has the shape of the pooled images. */
function poolGrad({ shapes, attrs }: Sizes, rule: Rule): Sizes {
  const input = shrunk(shapes.input, rule) as [number, number, number, number];
  const { filterSize, strides, pad, dimRoundingMode } = attrs as Record<string, never>;
  const info = backend_util.computePool2DInfo(input, filterSize, strides, 1, pad, dimRoundingMode);
  return { shapes: { ...shapes, dy: info.outShape, input }, attrs };
}

/** The shape that x is repeated to shrinks with it. */
function spread({ shapes: { x }, attrs }: Sizes, rule: Rule): Sizes {
  return { shapes: { x: shrunk(x, rule) }, attrs: { ...attrs, shape: shrunk(attrs.shape as number[], rule) } };
}

function resize({ shapes, attrs }: Sizes, rule: Rule): Sizes {
  const [, h, w] = shapes.images;
  const images = shrunk(shapes.images, rule);
  const [outH, outW] = attrs.size as readonly number[];
  const scaled = (size: number, from: number, to: number) => Math.max(1, Math.round((size / from) * to));
  return { shapes: { images }, attrs: { ...attrs, size: [scaled(outH, h, images[1]), scaled(outW, w, images[2])] } };
}

function resizeGrad({ shapes, attrs }: Sizes, rule: Rule): Sizes {
  const images = shrunk(shapes.images, rule);
  const dy = shapes.dy.map((size, i) => (images[i] * size) / shapes.images[i]);
  return { shapes: { images, dy }, attrs };
}

/** A whole axis stays whole; a part begins at the same remainder of a texel or tile. */
function slice({ shapes: { x }, attrs }: Sizes, rule: Rule): Sizes {
  const begins = attrs.begin as number | number[];
  const [begin, size] = slice_util.parseSliceParams({ shape: x } as never, begins, attrs.size as number[]);
  const small = shrunk(x, rule);
  const axes = x.map((full, i) => {
    if (size[i] === full) return { begin: 0, size: small[i], full: small[i] };
    const from = small[i] === full || begin[i] < 8 ? begin[i] : 8 + (begin[i] % 4);
    const count = Math.min(size[i], small[i]);
    return { begin: from, size: count, full: Math.min(full, from + count + 1) };
  });
  return {
    shapes: { x: axes.map(({ full }) => full) },
    attrs: { begin: axes.map((axis) => axis.begin), size: axes.map((axis) => axis.size) },
  };
}

/** The axis along which it is cut, or whose size the attributes name, stays. */
function keepAxis(axisOf: (sizes: Sizes) => number): Shrink {
  return (sizes, rule) => {
    const axis = axisOf(sizes);
    const small = allAxes(sizes, rule);
    const kept = Object.entries(sizes.shapes).map(([name, shape]) => {
      return [name, shape.map((size, i) => (i === axis ? size : small.shapes[name][i]))];
    });
    return { ...small, shapes: Object.fromEntries(kept) };
  };
}

/** Volumes of at most three windows along each side. */
function pool3d({ shapes: { x }, attrs }: Sizes, { n, c }: Rule): Sizes {
  const triple = (value: unknown) => (Array.isArray(value) ? value : [value, value, value]) as number[];
  const [sizes, steps] = [triple(attrs.filterSize), triple(attrs.strides)];
  const sides = x.slice(1, 4).map((size, i) => Math.min(size, sizes[i] + 2 * steps[i]));
  return { shapes: { x: [n(x[0]), ...sides, c(x[4])] }, attrs };
}

function pool3dGrad({ shapes, attrs }: Sizes, rule: Rule): Sizes {
  const { x: input } = pool3d({ shapes: { x: shapes.input }, attrs }, rule).shapes;
  const windows = pool3dWindows(input, attrs as never);
  const dy = [input[0], windows.depth.outSize, windows.height.outSize, windows.width.outSize, input[4]];
  return { shapes: { ...shapes, dy, input, output: dy }, attrs };
}

/** Few values along each axis; an axis of more than one stays such. */
function mean({ shapes: { x }, attrs }: Sizes, rule: Rule): Sizes {
  return { shapes: { x: x.length <= 4 ? shrunk(x, rule) : x.map((size) => Math.min(size, 5)) }, attrs };
}

/**
 * [n, k] x [k, m]; `a` may be images that were reshaped to vectors, in which case it keeps their shape. Where k stays whole,
 * because long sums have a program of their own, m is small as long as possible.
 */
function matMul({ shapes, attrs }: Sizes, { c, h, w }: Rule): Sizes {
  const rows = (n: number) => Math.min(n, 9);
  const { a, b, ...others } = shapes;
  const isVectors = a.length !== 4;
  const smallA = isVectors
    ? [...a.slice(0, -2), rows(a.at(-2) ?? 1), c(a.at(-1) ?? 1)]
    : shrunk(a, { n: rows, h, w, c });
  const k = isVectors ? (smallA.at(-1) as number) : util.sizeFromShape(smallA.slice(1));
  const isTransposed = attrs.transposeB === true;
  const m = (h === same ? c : fewChannels)((isTransposed ? b.at(-2) : b.at(-1)) as number);
  const outer = b.slice(0, -2);
  const rest = Object.entries(others).map(([name, shape]) => [name, shape.map((size) => (size === 1 ? 1 : m))]);
  const matrix = isTransposed ? [m, k] : [k, m];
  // Activations that are passes of their own have tests of their own, and TensorFlow.js does not know them all.
  const isPass = attrs.activation !== undefined && !isClamp(attrs.activation as Activation);
  const smallAttrs = isPass ? { ...attrs, activation: 'linear' } : attrs;
  return { shapes: { a: smallA, b: [...outer, ...matrix], ...Object.fromEntries(rest) }, attrs: smallAttrs };
}

/** Kernels whose attributes name sizes, or whose operands have different sizes. */
const shrinks: Readonly<Record<string, Shrink>> = {
  AvgPool3D: pool3d,
  AvgPoolGrad: poolGrad,
  BatchMatMul: matMul,
  DepthToSpace: keepAxis(() => 3),
  MaxPool3D: pool3d,
  MaxPool3DGrad: pool3dGrad,
  MaxPoolGrad: poolGrad,
  Mean: mean,
  ResizeBilinear: resize,
  ResizeNearestNeighbor: resize,
  ResizeNearestNeighborGrad: resizeGrad,
  Slice: slice,
  [SPREAD_KERNEL]: spread,
  SplitV: keepAxis(({ shapes, attrs }) => util.parseAxisParam(attrs.axis as number, [...shapes.x])[0]),
  StridedSlice: (sizes) => sizes,
  _FusedMatMul: matMul,
};
