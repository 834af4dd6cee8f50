// Kernels on TensorFlow.js's textures in the place of those of its WebGL backend that give wrong numbers: relu(-inf) is
// NaN there, 0 / 0 is 1, asinh(-12345) is -88, elu(NaN) is infinity. They take floats; functions of one number, powers and
// angles also integers, whose results lose their fraction, as on the CPU. Other dtypes are left to the official kernels.

import { backend_util, type DataType, env, type KernelFunc, type TensorInfo, util } from '@tensorflow/tfjs-core';
import type { Epilogue } from '../../../../../kernels/epilogue.js';
import type { UntiledBinaryName } from '../../../../../kernels/glsl/untiled/binary.js';
import { untiledBinary, untiledUnary } from '../../../../../kernels/glsl/untiled/elementwise.js';
import { parametrized, type UntiledUnaryName } from '../../../../../kernels/glsl/untiled/unary.js';
import { officialWebgl } from '../../../../tfjs/officialWebgl.js';
import { type NamedKernel, typedKernel } from '../../../../tfjs/registry.js';
import type { WebglBackend } from '../../backend.js';
import { partsOf } from '../complexParts.js';
import { drawUntiled } from '../drawUntiled.js';
import { emptyTensor, knownValues } from '../views.js';

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
  Reciprocal: 'reciprocal',
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
    const [{ dtype }] = operands;
    const isKnown = dtype === 'float32' || (ofIntegers(kernelName) && (dtype === 'int32' || dtype === 'bool'));
    const isOwn = operands.every((operand) => operand.dtype === dtype && util.sizeFromShape(operand.shape) > 0);
    return (isKnown && isOwn ? own : official)(args);
  };
}

/** Quotients of integers and their rest are right in TensorFlow.js's programs, and so are relu() and its kind. */
function ofIntegers(kernelName: string): boolean {
  const isSame = ['ClipByValue', 'LeakyRelu', 'Relu', 'Relu6'].includes(kernelName);
  return (kernelName in unary && !isSame) || kernelName === 'Pow' || kernelName === 'Atan2';
}

/** Those that have no kernel in the tiled layout. */
export const untiledKernels: readonly NamedKernel[] = [
  ...['Acos', 'Acosh', 'Asin', 'Asinh', 'Atan', 'Atanh', 'Cos', 'Cosh', 'Expm1', 'Log1p', 'Sin', 'Sinh', 'Tan'],
  ...['Atan2', 'FloorDiv', 'Mod', 'Pow'],
].map((kernelName) => typedKernel(kernelName, untiledKernel(kernelName) as never));

/** TensorFlow.js's program gives 0 where the real part is NaN, and NaN where both parts are infinite. */
export const complexAbsKernel: NamedKernel = typedKernel<{ x: TensorInfo }, object, WebglBackend>(
  'ComplexAbs',
  ({ inputs: { x }, backend }) => {
    const { real, imag } = partsOf(backend, x);
    if (util.sizeFromShape(x.shape) === 0) return emptyTensor(backend, x.shape, 'float32');
    return drawBinary(backend, 'hypot', real, imag);
  },
);

const officialCast = officialWebgl.get('Cast');

/** Floats become integers as in JavaScript; TensorFlow.js's program keeps what is left of a GPU's conversion. */
export const castKernel: NamedKernel = typedKernel<{ x: TensorInfo }, { dtype: DataType }, WebglBackend>(
  'Cast',
  (args) => {
    const { x } = args.inputs;
    const isOwn = x.dtype === 'float32' && args.attrs.dtype === 'int32' && util.sizeFromShape(x.shape) > 0;
    if (!isOwn || args.backend.shouldExecuteOnCPU([x])) return officialCast(args as never);
    return drawUnary(args.backend, 'identity', x, [0, 0], 'int32');
  },
);

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
    if (
      kernelName === 'Pow' &&
      a.dtype === 'float32' &&
      b.shape.length === 0 &&
      knownValues(backend as WebglBackend, b)?.[0] === 2
    ) {
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
  dtype = x.dtype,
): TensorInfo {
  const isPacked = env().getBool('WEBGL_PACK_UNARY_OPERATIONS');
  const uniforms = parametrized.has(name) ? { parameters } : undefined;
  const source = untiledUnary(name, { isPacked, isWhole: dtype !== 'float32' });
  return drawUntiled(backend, { source, operands: { X: x }, shape: x.shape, dtype, isPacked, uniforms });
}

function drawBinary(backend: WebglBackend, name: UntiledBinaryName, a: TensorInfo, b: TensorInfo): TensorInfo {
  const isPacked = env().getBool('WEBGL_PACK_BINARY_OPERATIONS');
  const shape = backend_util.assertAndGetBroadcastShape(a.shape, b.shape);
  const source = untiledBinary(name, { isPacked, isWhole: a.dtype !== 'float32' });
  const dtype = name === 'floorDiv' ? 'int32' : a.dtype;
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
