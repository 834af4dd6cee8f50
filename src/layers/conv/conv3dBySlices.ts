// 3D convolution as a sum of 2D convolutions: y[d] = sum over kd of conv2d(x[d*stride + kd*dilation - before], w[kd]).
// So it runs on the kernels of 2D convolution, with groups, dilations and gradients on every backend. TensorFlow.js's
// conv3d has plain loops, no groups, and no gradient with dilations.

import { add, pad, reshape, slice, type Tensor, type Tensor1D, type Tensor4D, util } from '@tensorflow/tfjs-core';
import { fused } from '../../ops/groupConv2d.js';
import type { Window } from './convShapes.js';

interface Conv3d {
  /** [batch, depth, height, width, channels] */
  readonly x: Tensor;
  /** [kD, kH, kW, inC / groups, outC] */
  readonly filter: Tensor;
  /** Its data format is ignored. */
  readonly window: Window;
  readonly bias?: Tensor;
}

/** conv3d(x) + bias: [batch, outD, outH, outW, outC]. */
export function conv3dBySlices({ x, filter, window, bias }: Conv3d): Tensor {
  const [kD, ...filterShape]: number[] = filter.shape;
  const [batch, , ...imageShape]: number[] = x.shape;
  const [stride, ...strides] = window.strides;
  const [dilation, ...dilations] = window.dilationRate;
  const { outD, phases } = paddedDepth(x, window);
  const filters = reshape(filter, [kD, -1]);
  const conv = (kd: number) => {
    const rows = slicesOf(phases, { first: kd * dilation, count: outD, stride });
    const x4D: Tensor = reshape(rows, [batch * outD, ...imageShape]);
    const filter4D: Tensor = reshape(slice(filters, [kd, 0], [1, -1]), filterShape);
    return fused.groupConv2d({
      x: x4D as Tensor4D,
      filter: filter4D as Tensor4D,
      strides: strides as [number, number],
      pad: window.padding === 'same' ? 'same' : 'valid',
      dilations: dilations as [number, number],
      bias: kd === 0 ? (bias as Tensor1D | undefined) : undefined,
    }) as Tensor;
  };
  const images = Array.from({ length: kD }, (_, kd) => conv(kd)).reduce((sum, y) => add(sum, y));
  return reshape(images, [batch, outD, ...images.shape.slice(1)]);
}

/** Reshapes x to [batch, depth / stride, stride, image], padded with zeros so that every slice exists. */
function paddedDepth(x: Tensor, { kernelSize, strides, dilationRate, padding }: Window) {
  const [batch, depth, ...image]: number[] = x.shape;
  const [stride] = strides;
  const size = util.sizeFromShape(image);
  const span = (kernelSize[0] - 1) * dilationRate[0] + 1;
  const outD = padding === 'same' ? Math.ceil(depth / stride) : Math.floor((depth - span) / stride) + 1;
  const needed = (outD - 1) * stride + span;
  const before = padding === 'same' ? Math.floor(Math.max(needed - depth, 0) / 2) : 0;
  const whole = Math.ceil(Math.max(needed, before + depth) / stride) * stride;
  const after = whole - depth - before;
  const rows = reshape(x, [batch, depth, size]);
  const padded = before + after > 0 ? pad(rows, [none, [before, after], none]) : rows;
  return { outD, phases: reshape(padded, [batch, whole / stride, stride, size]) };
}

const none: [number, number] = [0, 0];

/** The depth slices first, first + stride, ...: [batch, count, 1, image]. */
function slicesOf(phases: Tensor, { first, count, stride }: { first: number; count: number; stride: number }): Tensor {
  return slice(phases, [0, Math.floor(first / stride), first % stride, 0], [-1, count, 1, -1]);
}
