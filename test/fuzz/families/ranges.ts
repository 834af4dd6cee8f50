// Slices as Python writes them, x[1, ..., ::-2, None], and blocks of pixels that move to the batch and back, along one to
// three axes. Each output is one input, or 0.

import * as tf from '@tensorflow/tfjs';
import { type Draw, valuesOf } from '../draw.js';
import { exact, type Family, forEachIndex, type Problem, positionOf, sizeOf } from '../family.js';
import { drawGive } from '../operands.js';

interface Move {
  readonly title: string;
  readonly run: (x: tf.Tensor) => tf.Tensor;
  readonly shape: readonly number[];
  /** The input's index for an output's, or undefined where the output is 0. */
  readonly from: (index: readonly number[]) => readonly number[] | undefined;
}

/** What a slice says of one axis, and the input's positions that it takes. */
interface Range {
  readonly begin: number;
  readonly end: number;
  readonly stride: number;
  readonly mask: 'none' | 'begin' | 'end' | 'index';
  readonly places: readonly number[];
}

function drawRange(draw: Draw, size: number): Range {
  const fromEnd = (at: number) => (draw.chance(0.4) ? at - size : at);
  const stride = draw.pick([1, 1, 2, 3, -1, -2]);
  if (draw.chance(0.25)) {
    const at = draw.whole(0, size - 1);
    const begin = fromEnd(at);
    return { begin, end: begin + 1, stride: Math.abs(stride), mask: 'index', places: [at] };
  }
  const count = draw.whole(1, Math.ceil(size / Math.abs(stride)));
  const span = (count - 1) * Math.abs(stride);
  const low = draw.whole(0, size - 1 - span);
  const first = stride > 0 ? low : low + span;
  const places = Array.from({ length: count }, (_, i) => first + i * stride);
  const last = first + span * Math.sign(stride);
  const isWhole = stride > 0 ? last + stride >= size : last + stride < 0;
  const isFirst = first === (stride > 0 ? 0 : size - 1);
  if (isFirst && draw.chance(0.4)) return { begin: 9, end: endOf(last, stride, size), stride, mask: 'begin', places };
  if (isWhole && draw.chance(0.5)) return { begin: fromEnd(first), end: -9, stride, mask: 'end', places };
  return { begin: fromEnd(first), end: endOf(last, stride, size), stride, mask: 'none', places };
}

/** Just behind the last place; -1 would be the last value. */
function endOf(last: number, stride: number, size: number): number {
  const end = last + Math.sign(stride);
  return end < 0 ? -size - 1 : end;
}

function slice(draw: Draw, shape: readonly number[]): Move {
  const ranges = shape.map((size) => drawRange(draw, size));
  const dotted = draw.chance(0.3) ? draw.whole(0, shape.length - 1) : -1;
  const [begin, end, strides]: [number[], number[], number[]] = [[], [], []];
  const masks = { begin: 0, end: 0, index: 0, none: 0, dots: 0, added: 0 };
  const outShape: number[] = [];
  /** The input's axis of each output's; -1: it is new. */
  const axes: number[] = [];
  const note = (b: number, e: number, stride: number, mask: keyof typeof masks) => {
    masks[mask] |= 1 << begin.length;
    begin.push(b);
    end.push(e);
    strides.push(stride);
  };
  for (const [axis, range] of ranges.entries()) {
    if (draw.chance(0.1)) {
      note(0, 1, 1, 'added');
      outShape.push(1);
      axes.push(-1);
    }
    if (axis === dotted) note(0, 0, 1, 'dots');
    else note(range.begin, range.end, range.stride, range.mask);
    if (axis !== dotted && range.mask === 'index') continue;
    outShape.push(axis === dotted ? shape[axis] : range.places.length);
    axes.push(axis);
  }
  const order = [masks.begin, masks.end, masks.dots, masks.added, masks.index] as const;
  return {
    title: `stridedSlice ${begin} to ${end} by ${strides}, masks ${order}`,
    run: (x) => tf.stridedSlice(x, begin, end, strides, ...order),
    shape: outShape,
    from: (index) =>
      shape.map((_, axis) => {
        const at = axes.indexOf(axis);
        if (axis === dotted) return index[at];
        return ranges[axis].places[at < 0 ? 0 : index[at]];
      }),
  };
}

interface Blocks {
  readonly blocks: readonly number[];
  /** The part of a picture that blocks are made of is larger by so much before and after each axis. */
  readonly rims: readonly (readonly [number, number])[];
  readonly image: readonly number[];
}

/** Undefined if some axis has nothing but rims. */
function drawBlocks(draw: Draw, axes: number): Blocks | undefined {
  const blocks = Array.from({ length: axes }, () => draw.whole(1, 3));
  const counts = blocks.map(() => draw.whole(1, 3));
  const rims = blocks.map(() => [draw.whole(0, 2), draw.whole(0, 2)] as const);
  const image = blocks.map((block, i) => block * counts[i] - rims[i][0] - rims[i][1]);
  return image.every((size) => size > 0) ? { blocks, rims, image } : undefined;
}

/** Where a pixel of the picture with its rims goes, and back: [batch, ...places] of the blocks. */
function toBatch(draw: Draw, isBack: boolean): { readonly shape: number[]; readonly move: Move } | undefined {
  const drawn = drawBlocks(draw, draw.whole(1, 3));
  if (!drawn) return undefined;
  const { blocks, rims, image } = drawn;
  const batch = draw.whole(1, 2);
  const rest = draw.shape(draw.whole(0, 2), 12);
  const count = sizeOf(blocks);
  const whole = [batch, ...image, ...rest];
  const cut = [batch * count, ...image.map((size, i) => (size + rims[i][0] + rims[i][1]) / blocks[i]), ...rest];
  const pairs = rims.map(([before, after]) => [before, after]);
  if (isBack) {
    const from = ([n, ...at]: readonly number[]) => {
      const places = blocks.map((block, i) => (at[i] + rims[i][0]) % block);
      const blockIndex = places.reduce((index, place, i) => index * blocks[i] + place, 0);
      return [blockIndex * batch + n, ...at.map((p, i) => (i < blocks.length ? Math.floor((p + rims[i][0]) / blocks[i]) : p))]; // biome-ignore format: one row
    };
    const run = (x: tf.Tensor) => tf.batchToSpaceND(x, [...blocks], pairs);
    return { shape: cut, move: { title: `batchToSpace ${blocks}, ${JSON.stringify(pairs)}`, run, shape: whole, from } };
  }
  const from = ([n, ...at]: readonly number[]) => {
    let index = Math.floor(n / batch);
    const places: number[] = [];
    for (let i = blocks.length - 1; i >= 0; i--) {
      places[i] = index % blocks[i];
      index = Math.floor(index / blocks[i]);
    }
    const found = at.map((p, i) => (i < blocks.length ? p * blocks[i] + places[i] - rims[i][0] : p));
    const isInside = blocks.every((_, i) => found[i] >= 0 && found[i] < image[i]);
    return isInside ? [n % batch, ...found] : undefined;
  };
  const run = (x: tf.Tensor) => tf.spaceToBatchND(x, [...blocks], pairs);
  return { shape: whole, move: { title: `spaceToBatch ${blocks}, ${JSON.stringify(pairs)}`, run, shape: cut, from } };
}

function problemOf(draw: Draw, shape: readonly number[], { title, run, shape: outShape, from }: Move): Problem {
  const dtype = draw.pick(['float32', 'float32', 'int32', 'bool'] as const);
  const x = valuesOf('whole', sizeOf(shape), draw.seed + 1).map((value) =>
    dtype === 'bool' ? Number(value > 0) : value,
  );
  const values = new Float64Array(sizeOf(outShape));
  forEachIndex(outShape, (index, at) => {
    const source = from(index);
    values[at] = source ? x[positionOf(shape, source)] : 0;
  });
  const give = drawGive(draw);
  return {
    title: `${title} of ${dtype} [${shape}]`,
    run: () => [run(give(0, x, shape, dtype))],
    expected: [{ name: 'y', shape: outShape, values, tolerance: exact }],
  };
}

export const rangesFamily: Family = {
  name: 'ranges',
  problem(draw) {
    if (draw.chance(0.5)) {
      const shape = draw.shape(draw.whole(1, 6), 300);
      return problemOf(draw, shape, slice(draw, shape));
    }
    const drawn = toBatch(draw, draw.chance(0.5));
    return drawn && problemOf(draw, drawn.shape, drawn.move);
  },
};
