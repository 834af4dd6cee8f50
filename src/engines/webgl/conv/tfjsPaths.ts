// Convolutions by TensorFlow.js's own programs, where those are right and faster than the untiled kernels: they work on
// packed textures, 2x2 values a texel, which saves a factor of 5 to 10 in texel fetches.
//
// TensorFlow.js gets explicit padding, so that its arithmetic is ours, and only convolutions that its programs compute
// correctly: with one group (or one channel a group with NHWC), and with strides or dilations but not both.

import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { Conv } from '../../../../kernels/conv.js';
import { type ExplicitPadding, filterShapeOf, xShapeOf } from '../../../core/conv.js';
import { officialWebgl } from '../../../tfjs/officialWebgl.js';
import type { WebglBackend } from '../backend.js';
import { activateUntiled } from '../ops/elementwise/untiled.js';
import { type ForwardPath, type GradPath, hasEmpty } from './paths.js';

export const tfjsConv2d: ForwardPath = {
  name: 'tfjs/conv2d',
  supports: (conv) => !hasEmpty(conv) && conv.groups === 1 && strideOrDilation(conv),
  run: (args) => runFused('FusedConv2D', args),
};

export const tfjsDepthwise: ForwardPath = {
  name: 'tfjs/depthwise',
  supports(conv) {
    const { groups, inC, dataFormat } = conv;
    return !hasEmpty(conv) && groups === inC && dataFormat === 'NHWC' && strideOrDilation(conv);
  },
  run({ conv, w, ...rest }) {
    return runFused('FusedDepthwiseConv2D', { conv, w: { ...w, shape: depthwiseShape(conv) }, ...rest });
  },
};

export const tfjsGradInput: GradPath = {
  name: 'tfjs/gradInput',
  supports: (conv) => conv.groups === 1 && tfjsDifferentiates(conv) && dividesExactly(conv),
  run({ backend, conv, a: dy, b: filter }) {
    const attrs = { ...geometry(conv), inputShape: xShapeOf(conv) };
    return call(backend, 'Conv2DBackpropInput', { dy, filter }, attrs);
  },
};

export const tfjsGradFilter: GradPath = {
  name: 'tfjs/gradFilter',
  supports: (conv) => conv.groups === 1 && tfjsDifferentiates(conv),
  run({ backend, conv, a: x, b: dy }) {
    const attrs = { ...geometry(conv), filterShape: filterShapeOf(conv) };
    return call(backend, 'Conv2DBackpropFilter', { x, dy }, attrs);
  },
};

export const tfjsDepthwiseGradInput: GradPath = {
  name: 'tfjs/depthwiseGradInput',
  supports: (conv) => conv.groups === conv.inC && tfjsDifferentiates(conv) && dividesExactly(conv),
  run({ backend, conv, a: dy, b }) {
    const filter = { ...b, shape: depthwiseShape(conv) };
    const attrs = { ...geometry(conv), inputShape: xShapeOf(conv) };
    return call(backend, 'DepthwiseConv2dNativeBackpropInput', { dy, filter }, attrs);
  },
};

export const tfjsDepthwiseGradFilter: GradPath = {
  name: 'tfjs/depthwiseGradFilter',
  supports: (conv) => conv.groups === conv.inC && tfjsDifferentiates(conv),
  run({ backend, conv, a: x, b: dy }) {
    const attrs = { ...geometry(conv), filterShape: depthwiseShape(conv) };
    const dw = call(backend, 'DepthwiseConv2dNativeBackpropFilter', { x, dy }, attrs);
    return { ...dw, shape: filterShapeOf(conv) };
  },
};

/** TensorFlow.js's gradient programs know no dilations, and some of them no NCHW. */
function tfjsDifferentiates(conv: Conv): boolean {
  const { dataFormat, dilationH, dilationW } = conv;
  return !hasEmpty(conv) && dataFormat === 'NHWC' && dilationH === 1 && dilationW === 1;
}

/** TensorFlow.js's input gradients divide by the stride in floats, which is exact for powers of two. */
function dividesExactly({ strideH, strideW }: Conv): boolean {
  return [strideH, strideW].every((stride) => stride === 1 || stride === 2);
}

function depthwiseShape({ kH, kW, inC, outC }: Conv): number[] {
  return [kH, kW, inC, outC / inC];
}

function strideOrDilation({ strideH, strideW, dilationH, dilationW }: Conv): boolean {
  return (strideH === 1 && strideW === 1) || (dilationH === 1 && dilationW === 1);
}

/** The sums by TensorFlow.js, then the activation: those that it fuses lose NaN and infinities. */
function runFused(kernelName: string, args: Parameters<ForwardPath['run']>[0]): TensorInfo {
  const { backend, conv, x, w: filter, epilogue, operands } = args;
  const inputs = { x, filter, ...(operands.bias && { bias: alignChannels(conv, operands.bias) }) };
  const sums = call(backend, kernelName, inputs, { ...geometry(conv), activation: null });
  return activateUntiled(backend, epilogue, sums, operands.prelu && alignChannels(conv, operands.prelu));
}

/** A vector in NCHW belongs to the channels. */
function alignChannels({ dataFormat }: Conv, operand: TensorInfo): TensorInfo {
  return dataFormat === 'NCHW' && operand.shape.length === 1
    ? { ...operand, shape: [operand.shape[0], 1, 1] }
    : operand;
}

/** Padding with which TensorFlow.js, which truncates, gets the resolved output size, whatever the rounding mode was. */
function geometry(conv: Conv) {
  const { dataFormat, strideH, strideW, dilationH, dilationW, padTop, padLeft } = conv;
  const none = [0, 0] as const;
  const spanH = (conv.kH - 1) * dilationH + 1;
  const spanW = (conv.kW - 1) * dilationW + 1;
  const rows = [padTop, Math.max(0, (conv.outH - 1) * strideH + spanH - conv.inH - padTop)] as const;
  const columns = [padLeft, Math.max(0, (conv.outW - 1) * strideW + spanW - conv.inW - padLeft)] as const;
  const pad: ExplicitPadding = dataFormat === 'NHWC' ? [none, rows, columns, none] : [none, none, rows, columns];
  return { strides: [strideH, strideW], dilations: [dilationH, dilationW], pad, dataFormat };
}

function call(
  backend: WebglBackend,
  kernelName: string,
  inputs: Record<string, TensorInfo>,
  attrs: object,
): TensorInfo {
  return officialWebgl.get(kernelName)({ inputs, attrs: attrs as never, backend }) as TensorInfo;
}
