// Resizing of images, bilinear and nearest, with the gradients.

import * as tf from '@tensorflow/tfjs';
import { type Draw, valuesOf } from '../draw.js';
import { type Expected, epsilon, type Family, sizeOf } from '../family.js';
import { drawGive } from '../operands.js';

export interface Resize {
  readonly kind: 'bilinear' | 'nearest';
  /** [batch, height, width, channels] */
  readonly from: readonly [number, number, number, number];
  readonly size: readonly [number, number];
  readonly alignCorners: boolean;
  readonly halfPixelCenters: boolean;
}

export const resizeFamily: Family = {
  name: 'resize',
  problem(draw) {
    const r = drawResize(draw);
    const kind = draw.valueKind();
    const x = valuesOf(kind, sizeOf(r.from), draw.seed + 1);
    const to = [r.from[0], ...r.size, r.from[3]] as const;
    const dy = valuesOf(kind, sizeOf(to), draw.seed + 2);
    const give = drawGive(draw);
    const f = r.kind === 'bilinear' ? tf.image.resizeBilinear : tf.image.resizeNearestNeighbor;
    const run = (images: tf.Tensor) =>
      f(images as tf.Tensor4D, [...r.size] as [number, number], r.alignCorners, r.halfPixelCenters);
    return {
      title: `resize ${JSON.stringify(r)}, ${kind}`,
      run() {
        const images = give(0, x, r.from);
        return [run(images), tf.grad(run)(images, give(1, dy, to))];
      },
      expected: expectResize(r, x, dy),
    };
  },
};

function drawResize(draw: Draw): Resize {
  const from = [draw.pick([1, 1, 2]), draw.whole(1, 9), draw.whole(1, 12), draw.channels(17)] as const;
  const scaled = (size: number) => (draw.chance(0.4) ? size * draw.pick([1, 2, 3, 4]) : draw.whole(1, 20));
  const isAligned = draw.chance(0.3);
  return {
    kind: draw.pick(['bilinear', 'nearest']),
    from,
    size: [scaled(from[1]), scaled(from[2])],
    alignCorners: isAligned,
    halfPixelCenters: !isAligned && draw.chance(0.4),
  };
}

/** An output's share of its inputs along one axis: positions, weights, and whether rounding could choose others. */
interface Source {
  readonly taps: readonly (readonly [at: number, weight: number])[];
  readonly isAmbiguous: boolean;
}

function sourceOf(
  { kind, alignCorners, halfPixelCenters }: Resize,
  o: number,
  inSize: number,
  outSize: number,
): Source {
  const scale = alignCorners && outSize > 1 ? (inSize - 1) / (outSize - 1) : inSize / outSize;
  const clamp = (i: number) => Math.min(Math.max(i, 0), inSize - 1);
  if (kind === 'nearest') {
    const position = halfPixelCenters ? (o + 0.5) * scale : o * scale;
    const edge = alignCorners ? position - 0.5 : position;
    const isAmbiguous = Math.abs(edge - Math.round(edge)) < 1e-4 && !Number.isInteger(scale);
    const at = clamp(alignCorners ? Math.round(position) : Math.floor(position));
    return { taps: [[at, 1]], isAmbiguous: isAmbiguous && edge > 0.01 };
  }
  const position = halfPixelCenters ? (o + 0.5) * scale - 0.5 : o * scale;
  const low = Math.floor(position);
  const weight = position - low;
  return {
    taps: [
      [clamp(low), 1 - weight],
      [clamp(low + 1), weight],
    ],
    isAmbiguous: false,
  };
}

/** The output and the gradient of the images, from plain loops. */
export function expectResize(r: Resize, x: Float32Array, dy: Float32Array): Expected[] {
  const [batch, inH, inW, channels] = r.from;
  const [outH, outW] = r.size;
  const rows = Array.from({ length: outH }, (_, o) => sourceOf(r, o, inH, outH));
  const columns = Array.from({ length: outW }, (_, o) => sourceOf(r, o, inW, outW));
  const y = new Float64Array(dy.length);
  const ambiguous = new Uint8Array(dy.length);
  const dx = new Float64Array(x.length);
  const dxMagnitude = new Float64Array(x.length);
  let largest = 0;
  for (const value of x) largest = Math.max(largest, Math.abs(value));
  let i = 0;
  for (let n = 0; n < batch; n++) {
    for (const row of rows) {
      for (const column of columns) {
        for (let ch = 0; ch < channels; ch++, i++) {
          if (row.isAmbiguous || column.isAmbiguous) ambiguous[i] = 1;
          for (const [iy, wy] of row.taps) {
            for (const [ix, wx] of column.taps) {
              const at = ((n * inH + iy) * inW + ix) * channels + ch;
              y[i] += x[at] * wy * wx;
              dx[at] += dy[i] * wy * wx;
              dxMagnitude[at] += Math.abs(dy[i]);
            }
          }
        }
      }
    }
  }
  const isAnyAmbiguous = ambiguous.includes(1);
  // A position is off by some epsilons of the image's side, and so is the weight.
  const side = 8 * Math.max(inH, inW);
  const isExact = r.kind === 'nearest';
  return [
    {
      name: 'y',
      shape: [batch, outH, outW, channels],
      values: y,
      tolerance: (at) => (ambiguous[at] ? Number.POSITIVE_INFINITY : isExact ? 0 : side * epsilon * largest),
    },
    {
      name: 'dx',
      shape: r.from,
      values: dx,
      tolerance: (at) => (isAnyAmbiguous ? Number.POSITIVE_INFINITY : side * epsilon * dxMagnitude[at] + 1e-30),
    },
  ];
}
