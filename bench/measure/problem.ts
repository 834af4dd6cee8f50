// One pass of a layer: operands, and the expected result by the plain loops of kernels/js, which the tests hold against
// float64.

import type { Conv } from '../../kernels/conv.js';
import { applyEpilogue, forwardKernels, gradFilterKernels, gradInputKernels } from '../../kernels/js/index.js';
import { filterShapeOf, resolveConv, xShapeOf, yShapeOf } from '../../src/core/conv.js';
import { select } from '../../src/core/select.js';
import type { Layer, Pass } from '../tables/layers.js';
import { randomValues } from './randomValues.js';

/** `forward` is relu(conv(x, w) + bias), as networks use it; the gradients are those of conv(x, w). */
export type Problem = ReturnType<typeof problemOf>;

export function problemOf(layer: Layer, pass: Pass) {
  const { conv, operands, ...shapes } = operandsOf(layer);
  return { layer, pass, conv, ...shapes, operands, expected: expectedResult(conv, pass, operands) };
}

/** The same in every run. */
export function operandsOf(layer: Layer) {
  const conv = convOf(layer);
  // w [kH, kW, inC/groups, outC]
  const shapes = { xShape: xShapeOf(conv), wShape: filterShapeOf(conv), yShape: yShapeOf(conv) };
  const random = randomValues(1);
  const [x, w, dy, bias] = [shapes.xShape, shapes.wShape, shapes.yShape, [conv.outC]].map(random);
  return { conv, ...shapes, operands: { x, w, dy, bias } };
}

/** Millions of floating-point operations, a multiply-add being two; each gradient needs as many as the forward pass. */
export function mflopOf(layer: Layer): number {
  const { batch, outH, outW, outC, kH, kW, inC, groups } = convOf(layer);
  return (2 * batch * outH * outW * outC * kH * kW * (inC / groups)) / 1e6;
}

function convOf({ name, size, inC, outC, k, groups, stride, dilation, pad }: Layer): Conv {
  const shapes = { xShape: [1, size, size, inC], filterShape: [...k, inC / groups, outC] };
  return resolveConv({ where: name, strides: stride, dilations: dilation, pad, ...shapes });
}

type Operands = Readonly<Record<'x' | 'w' | 'dy' | 'bias', Float32Array>>;

function expectedResult(conv: Conv, pass: Pass, { x, w, dy, bias }: Operands): Float32Array {
  if (pass === 'gradInput') return select(gradInputKernels, conv).run(conv, dy, w);
  if (pass === 'gradFilter') return select(gradFilterKernels, conv).run(conv, x, dy);
  const y = select(forwardKernels, conv).run(conv, x, w);
  const perChannel = { strideN: 0, strideY: 0, strideX: 0, strideC: 1 };
  applyEpilogue(conv, { activation: 'relu', leakyAlpha: 0, bias: perChannel }, y, { bias });
  return y;
}
