// groupConv2d and fused.groupConv2d.

import {
  engine,
  type NamedTensorMap,
  reshape,
  type Tensor,
  type Tensor3D,
  type Tensor4D,
  type TensorLike,
  tidy,
} from '@tensorflow/tfjs-core';
import type { DataFormat } from '../../kernels/conv.js';
import { type Padding, type Pair, type RoundingMode, resolveConv } from '../core/conv.js';
import { resolveEpilogue } from '../core/epilogue.js';
import { check } from '../core/errors.js';
import { activate } from './activate.js';
import { ensureGroupKernels } from './kernels.js';
import { toTensor } from './tensors.js';

/**
 * Grouped 2D convolution: the input channels fall into `groups` groups, and each filter sees the channels of one group.
 *
 * groups = input channels / filter.shape[2]; with filter.shape[2] equal to the input channels it is an ordinary
 * convolution, with filter.shape[2] = 1 a depthwise one. Differentiable in x and filter, to any order, on every backend:
 * on the convnet backends by kernels of its own, elsewhere composed of the backend's convolutions.
 * Source: the `groups` argument of Keras's Conv2D, https://keras.io/api/layers/convolution_layers/convolution2d/.
 *
 * @param x float32, [batch, height, width, channels] (or [batch, channels, height, width] with 'NCHW'), or one image
 *     without the batch dimension.
 * @param filter float32, [filterHeight, filterWidth, inChannels / groups, outChannels]; outChannels must be a multiple of
 *     groups.
 * @param strides Steps along height and width: an integer or a pair, at least 1.
 * @param pad 'valid', 'same', an integer for all four sides, or four pairs in the order of `dataFormat`.
 * @param dataFormat 'NHWC' (default) or 'NCHW', of x and of the result.
 * @param dilations Spacing of the filter's taps: an integer or a pair, default 1. May be above 1 together with strides.
 * @param dimRoundingMode How a fractional output size is rounded when `pad` is given in numbers; default: truncated.
 * @returns float32, of the rank of x, with outChannels channels.
 * @throws If shapes, channels, attributes or dtypes do not fit; the message holds the value.
 */
export function groupConv2d<T extends Tensor3D | Tensor4D>(
  x: T | TensorLike,
  filter: Tensor4D | TensorLike,
  strides: Pair,
  pad: Padding,
  dataFormat: DataFormat = 'NHWC',
  dilations: Pair = 1,
  dimRoundingMode?: RoundingMode,
): T {
  const where = 'groupConv2d';
  return tidy(() => {
    const images = toImages(where, x);
    const w = toTensor(where, 'filter', filter);
    const attrs = { strides, pad, dataFormat, dilations, dimRoundingMode };
    resolveConv({ where, ...attrs, xShape: images.x4D.shape, filterShape: w.shape });
    ensureGroupKernels();
    return images.restore(run('GroupConv2D', { x: images.x4D, filter: w }, attrs)) as T;
  });
}

export interface FusedGroupConv2dArgs<T extends Tensor3D | Tensor4D> {
  /** As for groupConv2d. */
  readonly x: T | TensorLike;
  /** As for groupConv2d. */
  readonly filter: Tensor4D | TensorLike;
  readonly strides: Pair;
  readonly pad: Padding;
  /** Default 'NHWC'. */
  readonly dataFormat?: DataFormat;
  /** Default 1. */
  readonly dilations?: Pair;
  readonly dimRoundingMode?: RoundingMode;
  /** float32: a scalar, a value per output channel, or a shape that broadcasts to the output. */
  readonly bias?: Tensor | TensorLike;
  /**
   * Default 'linear'. TensorFlow.js's `relu relu6 elu prelu leakyrelu sigmoid`, and Keras's `selu gelu gelu_approximate silu tanh
   * softplus softsign exponential hard_sigmoid hard_silu mish`, defined as in https://keras.io/api/layers/activations/.
   */
  readonly activation?: string;
  /** float32, with activation 'prelu': the slopes below zero; shapes as for bias. */
  readonly preluActivationWeights?: Tensor | TensorLike;
  /** With activation 'leakyrelu': the slope below zero, default 0.2. */
  readonly leakyreluAlpha?: number;
}

/**
 * activation(groupConv2d(x, filter) + bias) in one pass over the output. Differentiable in x, filter, bias and
 * preluActivationWeights through every activation, on every backend.
 *
 * @returns float32, of the rank of x.
 * @throws As groupConv2d, and if bias, activation or PReLU weights do not fit.
 */
function fusedGroupConv2d<T extends Tensor3D | Tensor4D>(args: FusedGroupConv2dArgs<T>): T {
  const where = 'fused.groupConv2d';
  const { strides, pad, dataFormat = 'NHWC', dilations = 1, dimRoundingMode, leakyreluAlpha } = args;
  return tidy(() => {
    const images = toImages(where, args.x);
    const filter = toTensor(where, 'filter', args.filter);
    const bias = args.bias == null ? undefined : toTensor(where, 'bias', args.bias);
    const weights = args.preluActivationWeights;
    const prelu = weights == null ? undefined : toTensor(where, 'preluActivationWeights', weights);
    const attrs = { strides, pad, dataFormat, dilations, dimRoundingMode };
    const conv = resolveConv({ where, ...attrs, xShape: images.x4D.shape, filterShape: filter.shape });
    const shapes = { biasShape: bias?.shape, preluShape: prelu?.shape };
    const { activation, leakyAlpha } = resolveEpilogue(conv, {
      where,
      activation: args.activation,
      leakyreluAlpha,
      ...shapes,
    });
    ensureGroupKernels();
    const inputs = { x: images.x4D, filter, ...(bias && { bias }) };
    // While a gradient is recorded the activation is an op of its own, so that its input stays known.
    if (engine().state.gradientDepth > 0) {
      const z = run('FusedGroupConv2D', inputs, { ...attrs, activation: 'linear', biasShape: bias?.shape });
      return images.restore(activate({ z, activation, leakyAlpha, dataFormat, prelu })) as T;
    }
    const all = { ...inputs, ...(prelu && { preluActivationWeights: prelu }) };
    return images.restore(run('FusedGroupConv2D', all, { ...attrs, activation, leakyreluAlpha: leakyAlpha })) as T;
  });
}

/** Convolutions with bias and activation fused in, named as in tf.fused. */
export const fused = { groupConv2d: fusedGroupConv2d };

function run(kernelName: string, inputs: NamedTensorMap, attrs: object): Tensor4D {
  return engine().runKernel(kernelName, inputs, attrs as Record<string, never>);
}

/** A batch of images; a single one gets a batch dimension that `restore` takes away again. */
function toImages(where: string, x: Tensor | TensorLike): { x4D: Tensor4D; restore: (y: Tensor4D) => Tensor } {
  const images = toTensor(where, 'x', x);
  const { shape, rank } = images;
  check(rank === 3 || rank === 4, where, 'x must have rank 4, or rank 3 for one image', { 'x.shape': shape });
  if (rank === 4) return { x4D: images as Tensor4D, restore: (y) => y };
  const [a, b, c] = shape;
  const x4D = reshape(images, [1, a, b, c]) as Tensor4D;
  return { x4D, restore: (y) => reshape(y, y.shape.slice(1) as [number, number, number]) };
}
