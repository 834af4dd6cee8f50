// Functions of one float.

import type { TensorInfo } from '@tensorflow/tfjs-core';
import { type UnaryName, unary } from '../../../../../kernels/wasm/elementwise/index.js';
import { SILU_KERNEL } from '../../../../tfjs/ownKernelNames.js';
import { type NamedKernel, typedKernel } from '../../../../tfjs/registry.js';
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

/** Those that take integers, too. */
const ofInts: Readonly<Record<string, UnaryName>> = {
  Abs: 'absInts',
  Neg: 'negInts',
  Relu: 'reluInts',
  Relu6: 'relu6Ints',
  Sign: 'signInts',
  Square: 'squareInts',
};

/** Applies a function of floats to every value of a tensor. Returns undefined for other dtypes. */
export function applyUnary(
  backend: CpuBackend,
  name: UnaryName,
  input: TensorInfo,
  p?: number,
  q?: number,
): TensorInfo | undefined {
  return input.dtype === 'float32' ? applyToWords(backend, name, input, p, q) : undefined;
}

function applyToWords(backend: CpuBackend, name: UnaryName, input: TensorInfo, p?: number, q?: number): TensorInfo {
  const x = backend.toHeap(input);
  const result = backend.newTensor(input.shape, input.dtype as 'float32' | 'int32');
  unary(deviceOf(backend), name, { x, y: backend.toHeap(result), length: sizeOf(input.shape), p, q });
  return result;
}

export const unaryKernels: readonly NamedKernel[] = [
  ...Object.entries(plain).map(([kernelName, name]) =>
    fastKernel<Inputs>(kernelName, ({ inputs: { x }, backend }) => {
      const intName = ofInts[kernelName];
      if (x.dtype === 'int32') return intName && applyToWords(backend, intName, x);
      return applyUnary(backend, name, x);
    }),
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

/** x * sigmoid(x) */
export const siluKernel: NamedKernel = typedKernel<Inputs, object, CpuBackend>(SILU_KERNEL, ({ inputs, backend }) =>
  applyToWords(backend, 'silu', inputs.x),
);
