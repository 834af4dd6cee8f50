// The epilogue of a convolution whose kernel has not applied it: activation and broadcast operands, in place.

import type { Activation } from '../../activation.js';
import type { Conv } from '../../conv.js';
import type { Broadcast } from '../../epilogue.js';
import type { Device } from '../device.js';
import type { Axis } from './axes.js';
import { binary } from './binary.js';
import { type UnaryName, unary } from './unary.js';

const unaryOf: Readonly<Record<Exclude<Activation, 'linear' | 'prelu'>, UnaryName>> = {
  relu: 'relu',
  relu6: 'relu6',
  elu: 'elu',
  leakyrelu: 'leakyRelu',
  sigmoid: 'sigmoid',
  selu: 'selu',
  gelu: 'gelu',
  gelu_approximate: 'geluApproximate',
  silu: 'silu',
  tanh: 'tanh',
  softplus: 'softplus',
  softsign: 'softsign',
  exponential: 'exp',
  hard_sigmoid: 'hardSigmoid',
  hard_silu: 'hardSilu',
  mish: 'mish',
};

export interface ActivationChoice {
  /** Without PReLU, whose slopes are an operand: see prelu(). */
  readonly activation: Exclude<Activation, 'prelu'>;
  /** Slope of `leakyrelu` below zero. The others do not read it. */
  readonly leakyAlpha: number;
}

/** y = activation(y) for `length` floats at an address. */
export function activate(
  device: Device,
  { activation, leakyAlpha }: ActivationChoice,
  address: number,
  length: number,
): void {
  if (activation === 'linear') return;
  unary(device, unaryOf[activation], { x: address, y: address, length, p: leakyAlpha });
}

/** Sizes and data format of a convolution's output. */
export type OutputSizes = Pick<Conv, 'dataFormat' | 'batch' | 'outH' | 'outW' | 'outC'>;

export interface BroadcastOperands {
  readonly conv: OutputSizes;
  /** Address of the output. */
  readonly y: number;
  /** Address of the operand, and its strides over the output. */
  readonly operand: number;
  readonly strides: Broadcast;
}

/** y = y < 0 ? y*operand : y */
export function prelu(device: Device, operands: BroadcastOperands): void {
  inPlace(device, 'prelu', operands);
}

/** y = y + operand */
export function addBroadcast(device: Device, operands: BroadcastOperands): void {
  inPlace(device, 'add', operands);
}

function inPlace(device: Device, name: 'prelu' | 'add', { conv, y, operand, strides }: BroadcastOperands): void {
  const axes = outputAxes(conv, strides);
  if (axes.some(({ size }) => size === 0)) return;
  binary(device, name, { a: y, b: operand, y }, axes);
}

function outputAxes(
  { dataFormat, batch, outH, outW, outC }: OutputSizes,
  { strideN, strideY, strideX, strideC }: Broadcast,
): readonly Axis[] {
  const [n, h, w, c] = [
    { size: batch, b: strideN },
    { size: outH, b: strideY },
    { size: outW, b: strideX },
    { size: outC, b: strideC },
  ];
  const order = dataFormat === 'NHWC' ? [n, h, w, c] : [n, c, h, w];
  let stride = batch * outH * outW * outC;
  return order.map(({ size, b }) => {
    stride /= size || 1;
    return { size, a: stride, b };
  });
}
