// The self-test of a path: a convolution, or its gradient, on a small image with few channels against plain loops.
// Filter size, strides, dilations, padding and grouping are the same, so it runs the same program.

import { type TensorInfo, util } from '@tensorflow/tfjs-core';
import type { Conv } from '../../../../kernels/conv.js';
import * as js from '../../../../kernels/js/index.js';
import { filterShapeOf, xShapeOf, yShapeOf } from '../../../core/conv.js';
import { select } from '../../../core/select.js';
import { compare, toleranceOf } from '../../../core/verdict.js';
import type { WebglBackend } from '../backend.js';
import type { Unread } from '../testKinds.js';
import type { ForwardPath, GradPath } from './paths.js';
import { canBeTiled } from './plan.js';

const linear = { activation: 'linear', leakyAlpha: 0 } as const;

export function forwardIsRight(path: ForwardPath, conv: Conv, backend: WebglBackend): Unread {
  const small = smallProblem(conv, backend);
  return isRight(backend, small, {
    shapes: [xShapeOf(small), filterShapeOf(small)],
    kernels: js.forwardKernels,
    run: (x, w) => path.run({ backend, conv: small, x, w, epilogue: linear, operands: {} }),
  });
}

export function gradInputIsRight(path: GradPath, conv: Conv, backend: WebglBackend): Unread {
  const small = smallProblem(conv, backend);
  return isRight(backend, small, {
    shapes: [yShapeOf(small), filterShapeOf(small)],
    kernels: js.gradInputKernels,
    run: (a, b) => path.run({ backend, conv: small, a, b }),
  });
}

export function gradFilterIsRight(path: GradPath, conv: Conv, backend: WebglBackend): Unread {
  const small = smallProblem(conv, backend);
  return isRight(backend, small, {
    shapes: [xShapeOf(small), yShapeOf(small)],
    kernels: js.gradFilterKernels,
    run: (a, b) => path.run({ backend, conv: small, a, b }),
  });
}

interface Trial {
  /** The shapes of the operands. */
  readonly shapes: readonly [number[], number[]];
  /** The plain loops that give the right result. */
  readonly kernels: readonly js.JsKernel[];
  /** The path under test. */
  run(a: TensorInfo, b: TensorInfo): TensorInfo;
}

function isRight(backend: WebglBackend, conv: Conv, { shapes, kernels, run }: Trial): Unread {
  const [a, b] = [valuesOf(shapes[0], 37), valuesOf(shapes[1], 23)];
  const tensors = [backend.makeTensorInfo(shapes[0], 'float32', a), backend.makeTensorInfo(shapes[1], 'float32', b)];
  try {
    const result = run(tensors[0], tensors[1]);
    tensors.push(result);
    const actual = backend.readLater(result.dataId);
    const expected = select(kernels, conv).run(conv, a, b); // while the GPU draws
    return () => compare(actual(), expected, toleranceOf(backend.caps.float32));
  } finally {
    for (const tensor of tensors) backend.disposeIntermediateTensorInfo(tensor);
  }
}

/** The problem that a test computes. Where textures are limited to a few pixels, as many images as there are must do. */
export function smallProblem(conv: Conv, backend: WebglBackend): Conv {
  const small = shrink(conv);
  return canBeTiled(small, backend) ? small : Object.freeze({ ...small, batch: Math.min(conv.batch, 2) });
}

/** The same program with less work. Images of one pixel stay so, because they have programs of their own. */
export function shrink(conv: Conv): Conv {
  const rows = shrinkAxis(conv.inH, conv.outH, conv.kH, conv.strideH, conv.dilationH, conv.padTop, conv.padBottom);
  const columns = shrinkAxis(conv.inW, conv.outW, conv.kW, conv.strideW, conv.dilationW, conv.padLeft, conv.padRight);
  const isDepthwise = conv.groups === conv.inC && conv.groups > 1;
  const groups = isDepthwise ? fewOf(conv.groups) : Math.min(conv.groups, 2);
  const few = groups > 1 && !isDepthwise ? fewOfGroup : fewOf;
  const inC = few(conv.inC / conv.groups) * groups;
  const outC = few(conv.outC / conv.groups) * groups;
  const keep = { inH: conv.inH, outH: conv.outH, inW: conv.inW, outW: conv.outW };
  const isOnePixel = conv.outH * conv.outW === 1 || conv.inH * conv.inW === 1;
  const sizes = isOnePixel ? keep : { inH: rows.in, outH: rows.out, inW: columns.in, outW: columns.out };
  // A second image makes Winograd's eight output tiles of small ones too, one for each render target.
  const batch = Math.min(isOnePixel ? conv.batch : 2 * conv.batch, 2);
  return Object.freeze({ ...conv, ...sizes, batch, groups, inC, outC });
}

/** Two texels and the remainder beyond whole texels: enough for all render targets of a gradient of the filter. */
function fewOf(channels: number): number {
  return channels <= 8 ? channels : 8 + (channels % 4);
}

/** Whole texels stay whole. */
function fewOfGroup(channels: number): number {
  return Math.min(channels, channels % 4 === 0 ? 8 : 6);
}

function shrinkAxis(
  inSize: number,
  outSize: number,
  k: number,
  stride: number,
  dilation: number,
  before: number,
  after: number,
): { readonly in: number; readonly out: number } {
  const span = (k - 1) * dilation + 1;
  const size = Math.min(inSize, span + 8 * stride); // three of Winograd's output tiles, without padding too
  const out = Math.floor((size + before + after - span) / stride) + 1;
  return out >= 2 ? { in: size, out: Math.min(out, outSize) } : { in: inSize, out: outSize };
}

/** Small whole numbers, exact in 16 bits. */
export function valuesOf(shape: readonly number[], seed: number): Float32Array {
  return Float32Array.from({ length: util.sizeFromShape([...shape]) }, (_, i) => (((i * seed) % 17) - 8) / 4);
}
