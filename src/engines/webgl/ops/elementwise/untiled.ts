// Kernels on TensorFlow.js's textures in the place of those of its WebGL backend that give wrong numbers: relu(-inf) is
// NaN there, 0 / 0 is 1, asinh(-12345) is -88, elu(NaN) is infinity. They take floats; other dtypes are left to the
// official kernels.

import { backend_util, env, type KernelFunc, type TensorInfo, util } from '@tensorflow/tfjs-core';
import type { Epilogue } from '../../../../../kernels/epilogue.js';
import type { UntiledBinaryName } from '../../../../../kernels/glsl/untiled/binary.js';
import { untiledBinary, untiledUnary } from '../../../../../kernels/glsl/untiled/elementwise.js';
import { parametrized, type UntiledUnaryName } from '../../../../../kernels/glsl/untiled/unary.js';
import { officialWebgl } from '../../../../tfjs/officialWebgl.js';
import { type NamedKernel, typedKernel } from '../../../../tfjs/registry.js';
import type { WebglBackend } from '../../backend.js';
import { drawUntiled } from '../drawUntiled.js';
import { knownValues } from '../views.js';

/** Functions of one tensor, by TensorFlow.js's names. */
const unary: Readonly<Record<string, UntiledUnaryName>> = {
  Acos: 'acos',
  Acosh: 'acosh',
  Asin: 'asin',
  Asinh: 'asinh',
  Atan: 'atan',
  Atanh: 'atanh',
  ClipByValue: 'clip',
  Cos: 'cos',
  Cosh: 'cosh',
  Elu: 'elu',
  Expm1: 'expm1',
  LeakyRelu: 'leakyrelu',
  Log1p: 'log1p',
  Relu: 'relu',
  Relu6: 'relu6',
  Selu: 'selu',
  Sin: 'sin',
  Sinh: 'sinh',
  Softplus: 'softplus',
  Tan: 'tan',
};

const parametersOf: Readonly<Record<string, (attrs: Readonly<Record<string, number>>) => readonly [number, number]>> = {
  ClipByValue: ({ clipValueMin, clipValueMax }) => [clipValueMin, clipValueMax],
  LeakyRelu: ({ alpha }) => [alpha, 0],
};

/** Functions of two tensors, by TensorFlow.js's names. */
const binary: Readonly<Record<string, UntiledBinaryName>> = {
  Atan2: 'atan2',
  EluGrad: 'eluGrad',
  FloorDiv: 'floorDiv',
  Mod: 'mod',
  Pow: 'pow',
  Prelu: 'prelu',
  RealDiv: 'divide',
};

/** The operands that are not named a and b. */
const operandNames: Readonly<Record<string, readonly [string, string]>> = {
  EluGrad: ['dy', 'y'],
  Prelu: ['x', 'alpha'],
};

/** The kernel of that name on TensorFlow.js's textures: its own, or the official one where that is right. */
export function untiledKernel(kernelName: string): KernelFunc {
  const official = officialWebgl.get(kernelName);
  const own = kernelName in unary ? unaryFunc(kernelName) : kernelName in binary ? binaryFunc(kernelName) : undefined;
  if (!own) return official;
  return (args) => {
    const operands = Object.values(args.inputs) as TensorInfo[];
    const isOwn = operands.every(({ dtype, shape }) => dtype === 'float32' && util.sizeFromShape(shape) > 0);
    return (isOwn ? own : official)(args);
  };
}

/** Those that have no kernel in the tiled layout. */
export const untiledKernels: readonly NamedKernel[] = [
  ...['Acos', 'Acosh', 'Asin', 'Asinh', 'Atan', 'Atanh', 'Cos', 'Cosh', 'Expm1', 'Log1p', 'Sin', 'Sinh', 'Tan'],
  ...['Atan2', 'FloorDiv', 'Mod', 'Pow'],
].map((kernelName) => typedKernel(kernelName, untiledKernel(kernelName) as never));

function unaryFunc(kernelName: string): KernelFunc {
  return ({ inputs, attrs, backend }) => {
    const parameters = parametersOf[kernelName]?.(attrs as unknown as Record<string, number>);
    return drawUnary(backend as WebglBackend, unary[kernelName], inputs.x as TensorInfo, parameters);
  };
}

function binaryFunc(kernelName: string): KernelFunc {
  const [first, second] = operandNames[kernelName] ?? ['a', 'b'];
  return ({ inputs, backend }) => {
    const [a, b] = [inputs[first], inputs[second]] as TensorInfo[];
    if (kernelName === 'Pow' && b.shape.length === 0 && knownValues(backend as WebglBackend, b)?.[0] === 2) {
      return officialWebgl.get('Square')({ inputs: { x: a }, attrs: {}, backend });
    }
    return drawBinary(backend as WebglBackend, binary[kernelName], a, b);
  };
}

function drawUnary(
  backend: WebglBackend,
  name: UntiledUnaryName,
  x: TensorInfo,
  parameters: readonly [number, number] = [0, 0],
): TensorInfo {
  const isPacked = env().getBool('WEBGL_PACK_UNARY_OPERATIONS');
  const uniforms = parametrized.has(name) ? { parameters } : undefined;
  const source = untiledUnary(name, isPacked);
  return drawUntiled(backend, { source, operands: { X: x }, shape: x.shape, isPacked, uniforms });
}

function drawBinary(backend: WebglBackend, name: UntiledBinaryName, a: TensorInfo, b: TensorInfo): TensorInfo {
  const isPacked = env().getBool('WEBGL_PACK_BINARY_OPERATIONS');
  const shape = backend_util.assertAndGetBroadcastShape(a.shape, b.shape);
  const source = untiledBinary(name, isPacked);
  const dtype = name === 'floorDiv' ? 'int32' : 'float32';
  return drawUntiled(backend, { source, operands: { A: a, B: b }, shape, dtype, isPacked });
}

/** activation(z) as a new tensor, or `z` itself for `linear`; else disposes of `z`. `alpha` is for `prelu`. */
export function activateUntiled(
  backend: WebglBackend,
  { activation, leakyAlpha }: Epilogue,
  z: TensorInfo,
  alpha?: TensorInfo,
): TensorInfo {
  if (activation === 'linear') return z;
  const y =
    activation === 'prelu'
      ? drawBinary(backend, 'prelu', z, alpha as TensorInfo)
      : drawUnary(backend, activation, z, [leakyAlpha, 0]);
  backend.disposeIntermediateTensorInfo(z);
  return y;
}
