// What is computed on a layer: operands, and the expected result by the plain loops of kernels/js, which the tests hold
// against float64.

import type { Conv } from '../kernels/conv.js';
import { applyEpilogue, forwardKernels, gradFilterKernels, gradInputKernels } from '../kernels/js/index.js';
import { filterShapeOf, resolveConv, type Shape4D, xShapeOf, yShapeOf } from '../src/core/conv.js';
import { select } from '../src/core/select.js';
import { randomValues } from './random.js';
import type { Layer } from './shapes.js';

/** `forward` is relu(conv(x, w) + bias), as networks use it; the gradients are those of conv(x, w). */
export const passes = ['forward', 'gradInput', 'gradFilter'] as const;
export type Pass = (typeof passes)[number];

export interface Problem {
  readonly layer: Layer;
  readonly pass: Pass;
  readonly conv: Conv;
  readonly xShape: Shape4D;
  /** [kH, kW, inC/groups, outC] */
  readonly wShape: Shape4D;
  readonly yShape: Shape4D;
  readonly operands: Operands;
  readonly expected: Float32Array;
}

export interface Operands {
  readonly x: Float32Array;
  readonly w: Float32Array;
  readonly dy: Float32Array;
  readonly bias: Float32Array;
}

export function problemOf(layer: Layer, pass: Pass): Problem {
  const conv = convOf(layer);
  const shapes = { xShape: xShapeOf(conv), wShape: filterShapeOf(conv), yShape: yShapeOf(conv) };
  const random = randomValues(1);
  const operands = {
    x: random(shapes.xShape),
    w: random(shapes.wShape),
    dy: random(shapes.yShape),
    bias: random([conv.outC]),
  };
  return { layer, pass, conv, ...shapes, operands, expected: expectedResult(conv, pass, operands) };
}

/** Millions of floating-point operations, a multiply-add being two; each gradient needs as many as the forward pass. */
export function mflopOf(layer: Layer): number {
  const { batch, outH, outW, outC, kH, kW, inC, groups } = convOf(layer);
  return (2 * batch * outH * outW * outC * kH * kW * (inC / groups)) / 1e6;
}

function convOf({ name, inH, inW, inC, outC, k, groups, strides, dilations, pad }: Layer): Conv {
  const filterShape = [...k, inC / groups, outC];
  return resolveConv({ where: name, strides, dilations, pad, xShape: [1, inH, inW, inC], filterShape });
}

function expectedResult(conv: Conv, pass: Pass, { x, w, dy, bias }: Operands): Float32Array {
  switch (pass) {
    case 'forward': {
      const y = select(forwardKernels, conv).run(conv, x, w);
      const perChannel = { strideN: 0, strideY: 0, strideX: 0, strideC: 1 };
      applyEpilogue(conv, { activation: 'relu', leakyAlpha: 0, bias: perChannel }, y, { bias });
      return y;
    }
    case 'gradInput':
      return select(gradInputKernels, conv).run(conv, dy, w);
    case 'gradFilter':
      return select(gradFilterKernels, conv).run(conv, x, dy);
    default:
      return pass satisfies never;
  }
}
