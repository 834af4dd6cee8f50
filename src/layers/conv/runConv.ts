// Runs a layer's convolution, bias and activation as one fused 2D convolution. 1D is 2D with a height of one; 3D is in
// conv3dBySlices.ts.

import { reshape, type Tensor, type Tensor1D, type Tensor4D, transpose } from '@tensorflow/tfjs-core';
import type { DataFormat } from '../../../kernels/conv.js';
import type { Padding } from '../../core/conv.js';
import { fused } from '../../ops/groupConv2d.js';
import type { ActivationFunction } from '../activations/activations.js';
import type { KerasDataFormat } from '../base/fields.js';
import { conv3dBySlices } from './conv3dBySlices.js';
import type { Window } from './convShapes.js';

/** TensorFlow.js's name of the data format in 2D. */
export function tfjsFormat(dataFormat: KerasDataFormat): DataFormat {
  return dataFormat === 'channels_last' ? 'NHWC' : 'NCHW';
}

/** The operands of `runConv`. */
export interface ConvCall {
  /** [batch, ...spatial, channels] or [batch, channels, ...spatial], of the window's rank. */
  readonly x: Tensor;
  /** [...kernelSize, inC / groups, outC] */
  readonly filter: Tensor;
  readonly window: Window;
  /** [outC] */
  readonly bias?: Tensor;
  /** Default: linear. */
  readonly activation?: ActivationFunction;
}

/** activation(conv(x) + bias). The convolution's kernel applies the activation if it has it. */
export function runConv(call: ConvCall): Tensor {
  const rank = call.window.kernelSize.length;
  return rank === 1 ? run1d(call) : rank === 2 ? run2d(call) : run3d(call);
}

function run2d({ x, filter, window, bias, activation }: ConvCall): Tensor {
  const y = fused.groupConv2d({
    x: x as Tensor4D,
    filter: filter as Tensor4D,
    strides: window.strides as [number, number],
    pad: numericPadding(window),
    dataFormat: tfjsFormat(window.dataFormat),
    dilations: window.dilationRate as [number, number],
    bias: bias as Tensor1D | undefined,
    activation: activation?.fused?.activation,
    leakyreluAlpha: activation?.fused?.leakyreluAlpha,
  });
  return activation && !activation.fused ? activation.apply(y) : y;
}

/** Only 1D has 'causal' padding; its steps are the width here. */
function numericPadding({ padding, kernelSize, dilationRate, dataFormat }: Window): Padding {
  if (padding !== 'causal') return padding;
  const none = [0, 0] as const;
  const before = [(kernelSize[1] - 1) * dilationRate[1], 0] as const;
  return dataFormat === 'channels_last' ? [none, none, before, none] : [none, none, none, before];
}

function run1d({ x, filter, window, bias, activation }: ConvCall): Tensor {
  const flat = run2d({
    x: addHeight(x, window.dataFormat),
    filter: reshape(filter, [1, ...filter.shape]),
    window: windowWithHeight(window),
    bias,
    // Other activations may work along an axis, or be layers that were built for the shape without a height.
    activation: activation?.fused ? activation : undefined,
  });
  const y = dropHeight(flat, window.dataFormat);
  return activation && !activation.fused ? activation.apply(y) : y;
}

/** The 2D window of a 1D window, which moves over a single row. */
export function windowWithHeight(window: Window): Window {
  const onRow = (values: readonly number[]) => [1, ...values];
  return {
    ...window,
    kernelSize: onRow(window.kernelSize),
    strides: onRow(window.strides),
    dilationRate: onRow(window.dilationRate),
  };
}

/** [batch, steps, channels] -> [batch, 1, steps, channels], or the same in channels_first. */
export function addHeight(x: Tensor, dataFormat: KerasDataFormat): Tensor {
  const [batch, a, b] = x.shape;
  return reshape(x, dataFormat === 'channels_last' ? [batch, 1, a, b] : [batch, a, 1, b]);
}

/** The inverse of `addHeight`. */
export function dropHeight(y: Tensor, dataFormat: KerasDataFormat): Tensor {
  const [batch, a, b, c] = y.shape;
  return reshape(y, dataFormat === 'channels_last' ? [batch, b, c] : [batch, a, c]);
}

function run3d({ x, filter, window, bias, activation }: ConvCall): Tensor {
  const isFirst = window.dataFormat === 'channels_first';
  const last = conv3dBySlices({ x: isFirst ? transpose(x, [0, 2, 3, 4, 1]) : x, filter, window, bias });
  const y = isFirst ? transpose(last, [0, 4, 1, 2, 3]) : last;
  return activation ? activation.apply(y) : y;
}
