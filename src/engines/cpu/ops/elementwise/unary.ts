// Functions of one float.

import type { TensorInfo } from '@tensorflow/tfjs-core';
import { type UnaryName, unary } from '../../../../../kernels/wasm/elementwise/index.js';
import type { NamedKernel } from '../../../../tfjs/registry.js';
import type { CpuBackend } from '../../backend.js';
import { deviceOf, fastKernel, sizeOf } from '../cpuKernel.js';

interface Inputs {
  readonly x: TensorInfo;
}

/** Functions without attributes, by the names of TensorFlow.js's kernels. */
const plain: Readonly<Record<string, UnaryName>> = {
  Abs: 'abs',
  Ceil: 'ceil',
  Elu: 'elu',
  Erf: 'erf',
  Exp: 'exp',
  Expm1: 'expm1',
  Floor: 'floor',
  Log: 'log',
  Log1p: 'log1p',
  Neg: 'neg',
  Reciprocal: 'reciprocal',
  Relu: 'relu',
  Relu6: 'relu6',
  Round: 'round',
  Rsqrt: 'rsqrt',
  Selu: 'selu',
  Sigmoid: 'sigmoid',
  Sign: 'sign',
  Softplus: 'softplus',
  Sqrt: 'sqrt',
  Square: 'square',
  Tanh: 'tanh',
};

/** Applies a function to every value of a float tensor. Returns undefined for other dtypes. */
export function applyUnary(
  backend: CpuBackend,
  name: UnaryName,
  input: TensorInfo,
  p?: number,
  q?: number,
): TensorInfo | undefined {
  if (input.dtype !== 'float32') return undefined;
  const x = backend.toHeap(input);
  const result = backend.newTensor(input.shape);
  unary(deviceOf(backend), name, { x, y: backend.toHeap(result), length: sizeOf(input.shape), p, q });
  return result;
}

export const unaryKernels: readonly NamedKernel[] = [
  ...Object.entries(plain).map(([kernelName, name]) =>
    fastKernel<Inputs>(kernelName, ({ inputs, backend }) => applyUnary(backend, name, inputs.x)),
  ),
  fastKernel<Inputs, { alpha: number }>('LeakyRelu', ({ inputs, attrs, backend }) =>
    applyUnary(backend, 'leakyRelu', inputs.x, attrs.alpha),
  ),
  fastKernel<Inputs, { alpha: number }>('Step', ({ inputs, attrs, backend }) =>
    applyUnary(backend, 'step', inputs.x, attrs.alpha),
  ),
  fastKernel<Inputs, { clipValueMin: number; clipValueMax: number }>('ClipByValue', ({ inputs, attrs, backend }) =>
    applyUnary(backend, 'clip', inputs.x, attrs.clipValueMin, attrs.clipValueMax),
  ),
];
