// Pooling and its gradients, in all paddings and rounding modes.

import * as tf from '@tensorflow/tfjs';
import { padOf } from '../../support/cases.js';
import type { CasePad, ConvCase } from '../../support/convCase.js';
import { outputSize, sizeOf, xShape, yShape } from '../../support/reference.js';
import { type Draw, valuesOf } from '../draw.js';
import { type Expected, exact, type Family, sumTolerance } from '../family.js';
import { drawGive } from '../operands.js';

type Kind = 'max' | 'avg';
type T4 = tf.Tensor4D;

export const poolFamily: Family = {
  name: 'pool',
  problem(draw) {
    const c = drawCase(draw);
    if (!c) return undefined;
    const kind = draw.pick<Kind>(['max', 'avg']);
    const valueKind = draw.valueKind();
    const x = valuesOf(valueKind, sizeOf(xShape(c)), draw.seed + 1);
    const dy = valuesOf(valueKind, sizeOf(yShape(c)), draw.seed + 2);
    const give = drawGive(draw);
    const run = (images: tf.Tensor) => {
      const pool = kind === 'max' ? tf.maxPool : tf.avgPool;
      return pool(images as T4, [c.kH, c.kW], c.strides as [number, number], padOf(c) as 'same', c.dimRoundingMode);
    };
    return {
      title: `${kind}Pool ${JSON.stringify(c)}, ${valueKind}`,
      run() {
        const images = give(0, x, xShape(c));
        return [run(images), tf.grad(run)(images, give(1, dy, yShape(c)))];
      },
      expected: expectPool(c, kind, x, dy),
    };
  },
};

function drawCase(draw: Draw): ConvCase | undefined {
  const channels = draw.channels();
  const kinds = ['valid', 'same', 'number', 'explicit'] as const;
  const kind = draw.pick(kinds);
  const most = { top: draw.whole(0, 2), bottom: draw.whole(0, 2), left: draw.whole(0, 2), right: draw.whole(0, 2) };
  const pad: CasePad = kind === 'number' ? draw.whole(0, 2) : kind === 'explicit' ? most : kind;
  const rounding = typeof pad === 'string' ? undefined : draw.pick([undefined, 'floor', 'round', 'ceil'] as const);
  const c: ConvCase = {
    name: 'pool',
    batch: draw.pick([1, 1, 2]),
    ...{ inH: draw.side(), inW: draw.side(), inC: channels, outC: channels, groups: channels },
    ...{ kH: draw.whole(1, 5), kW: draw.whole(1, 5) },
    strides: [draw.whole(1, 3), draw.whole(1, 3)],
    dilations: [1, 1],
    pad,
    dataFormat: 'NHWC',
    ...(rounding && { dimRoundingMode: rounding }),
  };
  try {
    const { outH, outW } = outputSize(c);
    // TensorFlow.js takes these for the pixels themselves, whatever the strides.
    if (c.kH * c.kW === 1 && outH === c.inH && outW === c.inW) return undefined;
    return outH > 0 && outW > 0 && sizeOf(xShape(c)) <= 4000 ? c : undefined;
  } catch {
    return undefined; // the window does not fit
  }
}

/** Each window's pixels inside the image, by their positions in x. */
function windowsOf(c: ConvCase): number[][] {
  const { outH, outW, padTop, padLeft } = outputSize(c);
  const windows: number[][] = [];
  for (let n = 0; n < c.batch; n++) {
    for (let oy = 0; oy < outH; oy++) {
      for (let ox = 0; ox < outW; ox++) {
        for (let ch = 0; ch < c.inC; ch++) {
          const window: number[] = [];
          for (let ky = 0; ky < c.kH; ky++) {
            for (let kx = 0; kx < c.kW; kx++) {
              const [y, x] = [oy * c.strides[0] + ky - padTop, ox * c.strides[1] + kx - padLeft];
              if (y >= 0 && y < c.inH && x >= 0 && x < c.inW) window.push(((n * c.inH + y) * c.inW + x) * c.inC + ch);
            }
          }
          windows.push(window);
        }
      }
    }
  }
  return windows;
}

/** The output and the gradient of the images, from plain loops. */
export function expectPool(c: ConvCase, kind: Kind, x: Float32Array, dy: Float32Array): Expected[] {
  const windows = windowsOf(c);
  const y = new Float64Array(windows.length);
  const magnitude = new Float64Array(windows.length);
  const dx = new Float64Array(x.length);
  const dxMagnitude = new Float64Array(x.length);
  const give = (at: number, value: number) => {
    dx[at] += value;
    dxMagnitude[at] += Math.abs(value);
  };
  for (const [i, window] of windows.entries()) {
    if (kind === 'avg') {
      // A mean may be the first value and what the others are above it, and rounds as that value does then.
      magnitude[i] = window.length > 0 ? Math.abs(x[window[0]]) / 8 : 0;
      for (const at of window) {
        y[i] += x[at] / window.length;
        magnitude[i] += Math.abs(x[at]) / window.length;
        give(at, dy[i] / window.length);
      }
    } else if (window.length > 0) {
      const best = window.reduce((a, b) => (x[b] > x[a] ? b : a));
      y[i] = x[best];
      give(best, dy[i]);
    }
  }
  // Nothing defines the result of a window that lies in the padding alone.
  const isEmpty = (i: number) => windows[i].length === 0;
  const tolerance = kind === 'max' ? exact : sumTolerance(magnitude);
  return [
    {
      name: 'y',
      shape: yShape(c),
      values: y,
      tolerance: (i) => (isEmpty(i) ? Number.POSITIVE_INFINITY : tolerance(i)),
    },
    { name: 'dx', shape: xShape(c), values: dx, tolerance: sumTolerance(dxMagnitude) },
  ];
}
