// Images that are cut out and resized, and images that are moved by projective transforms. Cases in which rounding could
// choose another pixel are not drawn.

import * as tf from '@tensorflow/tfjs';
import { type Draw, valuesOf } from '../draw.js';
import { epsilon, type Family, forEachIndex, type Problem, positionOf, sizeOf } from '../family.js';
import { drawGive } from '../operands.js';

type Method = 'bilinear' | 'nearest';
type Sample = (pixel: readonly [number, number]) => number;

const RIM = 1e-3;

/** Whether a position is too near one where the choice of pixels changes: a whole number, or halfway between two. */
function isAmbiguous(at: number, method: Method): boolean {
  const edge = method === 'nearest' ? at - 0.5 : at;
  return edge !== Math.round(edge) && Math.abs(edge - Math.round(edge)) < RIM;
}

/** The value at a position between pixels. */
function valueAt(method: Method, [y, x]: readonly [number, number], sample: Sample): number {
  if (method === 'nearest') return sample([Math.floor(y + 0.5), Math.floor(x + 0.5)]);
  const [top, left] = [Math.floor(y), Math.floor(x)];
  const [down, right] = [y - top, x - left];
  let value = 0;
  for (const [row, share] of [
    [top, 1 - down],
    [top + 1, down],
  ]) {
    // biome-ignore format: one row
    for (const [column, part] of [[left, 1 - right], [left + 1, right]]) { // biome-ignore format: one row
      if (share * part > 0) value += share * part * sample([row, column]);
    }
  }
  return value;
}

/** An output with a tolerance for positions that float32 rounds. */
function near(shape: readonly number[], values: Float64Array, x: Float32Array, method: Method) {
  const largest = x.reduce((most, value) => Math.max(most, Math.abs(value)), 2);
  const tolerance = () => (method === 'nearest' ? 0 : 512 * epsilon * largest);
  return [{ name: 'y', shape, values, tolerance }];
}

function cropProblem(draw: Draw): Problem | undefined {
  const [batch, h, w, c] = [draw.whole(1, 3), draw.whole(1, 9), draw.whole(1, 9), draw.whole(1, 9)];
  const method = draw.pick<Method>(['bilinear', 'nearest']);
  const size = [draw.whole(1, 7), draw.whole(1, 7)] as [number, number];
  const count = draw.whole(1, 5);
  const corner = () => draw.pick([0, 1, 0.25, 0.5, -0.3125, 1.1875, draw.unit() * 1.6 - 0.3]);
  const boxes = Float32Array.from({ length: 4 * count }, corner);
  const owners = Int32Array.from({ length: count }, () => draw.whole(0, batch - 1));
  const fill = draw.pick([0, 2.5]);
  const shape = [batch, h, w, c];
  const x = valuesOf(draw.valueKind(), sizeOf(shape), draw.seed + 1);
  const outShape = [count, ...size, c];
  const values = new Float64Array(sizeOf(outShape));
  let isBad = false;
  const place = (from: number, to: number, inSize: number, outSize: number, at: number) => {
    const position =
      outSize > 1 ? (from + (at * (to - from)) / (outSize - 1)) * (inSize - 1) : ((from + to) / 2) * (inSize - 1);
    isBad ||=
      isAmbiguous(position, method) ||
      [0, inSize - 1].some((end) => position !== end && Math.abs(position - end) < RIM);
    return position;
  };
  forEachIndex(outShape, ([n, oy, ox, channel], at) => {
    const [top, left, bottom, right] = boxes.subarray(4 * n, 4 * n + 4);
    const [y, column] = [place(top, bottom, h, size[0], oy), place(left, right, w, size[1], ox)];
    const isInside = y >= 0 && y <= h - 1 && column >= 0 && column <= w - 1;
    const sample: Sample = (pixel) => x[positionOf(shape, [owners[n], ...pixel, channel])];
    values[at] = isInside ? valueAt(method, [y, column], sample) : fill;
  });
  if (isBad) return undefined;
  const give = drawGive(draw);
  return {
    title: `cropAndResize [${shape}] to ${size}, ${method}, ${fill}, boxes ${boxes}`,
    run() {
      const images = give(0, x, shape) as tf.Tensor4D;
      return [tf.image.cropAndResize(images, tf.tensor2d(boxes, [count, 4]), tf.tensor1d(owners), size, method, fill)];
    },
    expected: near(outShape, values, x, method),
  };
}

type FillMode = 'constant' | 'reflect' | 'wrap' | 'nearest';

/** TensorFlow's rule for positions beyond an image. */
function mapped(mode: FillMode, at: number, size: number): number {
  const clamped = (position: number) => Math.min(Math.max(position, 0), size - 1);
  if (mode === 'constant') return at;
  if (mode === 'nearest' || size === 1) return clamped(at);
  if (mode === 'reflect') {
    const turn = 2 * size;
    const within = at < 0 ? -at - 1 : at;
    const rest = within - turn * Math.floor(within / turn);
    if (at >= 0 && at <= size - 1) return at;
    return clamped(rest >= size ? turn - rest - 1 : rest);
  }
  if (at < 0) return clamped(at + size * (Math.floor(-at / (size - 1)) + 1));
  return at > size - 1 ? clamped(at - size * Math.floor(at / (size - 1))) : at;
}

function transformProblem(draw: Draw): Problem | undefined {
  const [batch, h, w, c] = [draw.whole(1, 3), draw.whole(2, 9), draw.whole(2, 9), draw.whole(1, 5)];
  const method = draw.pick<Method>(['bilinear', 'nearest']);
  const mode = draw.pick<FillMode>(['constant', 'reflect', 'wrap', 'nearest']);
  const fill = draw.pick([0, 1.5]);
  const count = draw.pick([1, batch]);
  const size = draw.chance(0.5) ? ([draw.whole(1, 9), draw.whole(1, 9)] as [number, number]) : undefined;
  const isProjective = draw.chance(0.3);
  const matrices = Float32Array.from({ length: 8 * count }, (_, i) => {
    const k = i % 8;
    if (k > 5) return isProjective ? draw.unit() / 16 : 0;
    if (k === 2 || k === 5) return draw.unit() * h * 1.5 - h * 0.75;
    return k === 0 || k === 4 ? 0.5 + draw.unit() : draw.unit() / 2 - 0.25;
  });
  const shape = [batch, h, w, c];
  const x = valuesOf(draw.valueKind(), sizeOf(shape), draw.seed + 1);
  const outShape = [batch, ...(size ?? [h, w]), c];
  const values = new Float64Array(sizeOf(outShape));
  let isBad = false;
  forEachIndex(outShape, ([n, oy, ox, channel], at) => {
    const first = count === 1 ? 0 : 8 * n;
    const [a0, a1, a2, b0, b1, b2, c0, c1] = matrices.subarray(first, first + 8);
    const k = c0 * ox + c1 * oy + 1;
    const [px, py] = [(a0 * ox + a1 * oy + a2) / k, (b0 * ox + b1 * oy + b2) / k];
    // Where the rule beyond the image jumps, float32 may be on the other side.
    for (const [position, inSize] of [
      [px, w],
      [py, h],
    ]) {
      // biome-ignore format: one row
      for (const step of [1, inSize - 1, inSize]) isBad ||= mode === 'wrap' && isAmbiguous(position / step, 'bilinear');
      isBad ||= isAmbiguous(mapped(mode, position, inSize), method) || isAmbiguous(position, method);
    }
    const sample: Sample = ([row, column]) => {
      const isInside = row >= 0 && row < h && column >= 0 && column < w;
      return isInside ? x[positionOf(shape, [n, row, column, channel])] : fill;
    };
    values[at] = valueAt(method, [mapped(mode, py, h), mapped(mode, px, w)], sample);
  });
  if (isBad) return undefined;
  const give = drawGive(draw);
  return {
    title: `transform [${shape}] to ${size}, ${method}, ${mode}, ${fill}, by ${matrices}`,
    run() {
      const images = give(0, x, shape) as tf.Tensor4D;
      return [tf.image.transform(images, tf.tensor2d(matrices, [count, 8]), method, mode, fill, size)];
    },
    expected: near(outShape, values, x, method),
  };
}

export const imagesFamily: Family = {
  name: 'images',
  problem: (draw) => draw.pick([cropProblem, transformProblem])(draw),
};
