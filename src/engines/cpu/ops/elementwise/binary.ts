// Functions of two tensors of one dtype, with NumPy's broadcasting.

import { backend_util, type TensorInfo } from '@tensorflow/tfjs-core';
import {
  type BinaryName,
  type BoolName,
  binary,
  binaryFlat,
  binaryFunctions,
  bools,
  broadcastAxes,
} from '../../../../../kernels/wasm/elementwise/index.js';
import { RELU_GRAD_KERNEL } from '../../../../tfjs/ownKernelNames.js';
import { type NamedKernel, typedKernel } from '../../../../tfjs/registry.js';
import type { CpuBackend } from '../../backend.js';
import { deviceOf, type FastArgs, fastKernel, isSameShape, sizeOf } from '../cpuKernel.js';
import { isInHeap } from '../dtype.js';
import { mod } from '../everyEngine.js';
import { castTo } from './cast.js';
import { applyUnary } from './unary.js';

interface Inputs {
  readonly a: TensorInfo;
  readonly b: TensorInfo;
}

/** Functions for dtypes. That of booleans gets integers for them. */
interface Names {
  readonly float32?: BinaryName;
  readonly int32?: BinaryName;
  readonly bool?: BinaryName;
  /** The function of bytes that computes the same for tensors of one shape. */
  readonly bytes?: BoolName;
}

/** A comparison, whose function of integers is also that of booleans. */
function comparison(float32: BinaryName, int32: BinaryName): Names {
  return { float32, int32, bool: int32 };
}

/** Functions by the names of TensorFlow.js's kernels. */
const functions: Readonly<Record<string, Names>> = {
  Add: { float32: 'add', int32: 'addInts' },
  Sub: { float32: 'sub', int32: 'subInts' },
  Multiply: { float32: 'mul', int32: 'mulInts' },
  RealDiv: { float32: 'div' },
  FloorDiv: { int32: 'floorDivInts' },
  Mod: { int32: 'modInts' },
  Maximum: { float32: 'max', int32: 'maxInts' },
  Minimum: { float32: 'min', int32: 'minInts' },
  SquaredDifference: { float32: 'squaredDifference', int32: 'squaredDifferenceInts' },
  BitwiseAnd: { int32: 'bitAndInts' },
  Greater: comparison('greater', 'greaterInts'),
  GreaterEqual: comparison('greaterEqual', 'greaterEqualInts'),
  Less: comparison('less', 'lessInts'),
  LessEqual: comparison('lessEqual', 'lessEqualInts'),
  Equal: comparison('equal', 'equalInts'),
  NotEqual: comparison('notEqual', 'notEqualInts'),
  LogicalAnd: { bool: 'andInts', bytes: 'and' },
  LogicalOr: { bool: 'orInts', bytes: 'or' },
};

function run(backend: CpuBackend, names: Names, inputs: Inputs): TensorInfo | undefined {
  const { dtype } = inputs.a;
  const name = isInHeap(dtype) ? names[dtype] : undefined;
  if (name === undefined || inputs.b.dtype !== dtype) return undefined;
  if (dtype !== 'bool') return apply(backend, name, inputs);
  if (names.bytes && isSameShape(inputs.a.shape, inputs.b.shape)) return applyToBytes(backend, names.bytes, inputs);
  const wide = { a: castTo(backend, inputs.a, 'int32'), b: castTo(backend, inputs.b, 'int32') };
  const result = apply(backend, name, wide);
  for (const { dataId } of Object.values(wide)) backend.disposeData(dataId);
  return result;
}

function applyToBytes(backend: CpuBackend, name: BoolName, { a, b }: Inputs): TensorInfo {
  const [left, right] = [backend.toHeap(a), backend.toHeap(b)];
  const result = backend.newTensor(a.shape, 'bool');
  const y = backend.toHeap(result);
  bools(deviceOf(backend), name, { a: left, b: right, c: y, y, length: sizeOf(a.shape) });
  return result;
}

/** Both tensors have the dtype of the function. */
function apply(backend: CpuBackend, name: BinaryName, { a, b }: Inputs): TensorInfo {
  const isSame = isSameShape(a.shape, b.shape);
  const shape = isSame ? a.shape : backend_util.assertAndGetBroadcastShape(a.shape, b.shape);
  const [from, to] = [backend.toHeap(a), backend.toHeap(b)];
  const isBool = binaryFunctions[name].output === 'bool';
  const result = backend.newTensor(shape, isBool ? 'bool' : (a.dtype as 'float32' | 'int32'));
  const length = sizeOf(shape);
  if (length === 0) return result;
  const at = { a: from, b: to, y: backend.toHeap(result) };
  const device = deviceOf(backend);
  if (isSame) binaryFlat(device, name, at, length, 'vv');
  else if (b.shape.length === 0) binaryFlat(device, name, at, length, 'vs');
  else if (a.shape.length === 0) binaryFlat(device, name, at, length, 'sv');
  else binary(device, name, at, broadcastAxes(shape, a.shape, b.shape));
  return result;
}

/** IsNan and its relatives: a function of one tensor. */
function test(kernelName: string, name: BinaryName): NamedKernel {
  return fastKernel<{ x: TensorInfo }>(kernelName, ({ inputs: { x }, backend }) =>
    x.dtype === 'float32' ? apply(backend, name, { a: x, b: x }) : undefined,
  );
}

/** x < 0 ? alpha*x : x */
function prelu({ inputs, backend }: FastArgs<{ x: TensorInfo; alpha: TensorInfo }, object>): TensorInfo | undefined {
  return run(backend, { float32: 'prelu' }, { a: inputs.x, b: inputs.alpha });
}

/** Squares only. For other powers, a logarithm and an exponential in float32 would not be accurate enough. */
function pow({ inputs: { a, b }, backend }: FastArgs<Inputs, object>): TensorInfo | undefined {
  if (b.shape.length > 0 || b.dtype !== 'float32') return undefined;
  const values = backend.data.get(b.dataId).values as Float32Array;
  return values[0] === 2 ? applyUnary(backend, 'square', a) : undefined;
}

/** Sums in the order of the inputs, as TensorFlow.js does. */
function addN({ inputs, backend }: FastArgs<readonly TensorInfo[], object>): TensorInfo | undefined {
  const [first, ...others] = inputs;
  if (
    others.length === 0 ||
    inputs.some(({ dtype, shape }) => dtype !== 'float32' || !isSameShape(shape, first.shape))
  ) {
    return undefined;
  }
  const addresses = inputs.map((tensor) => backend.toHeap(tensor));
  const result = backend.newTensor(first.shape);
  const y = backend.toHeap(result);
  const length = sizeOf(first.shape);
  for (let i = 1; i < inputs.length && length > 0; i++) {
    binaryFlat(deviceOf(backend), 'add', { a: i === 1 ? addresses[0] : y, b: addresses[i], y }, length, 'vv');
  }
  return result;
}

export const binaryKernels: readonly NamedKernel[] = [
  ...Object.entries(functions).map(([kernelName, names]) =>
    fastKernel<Inputs>(
      kernelName,
      ({ inputs, backend }) => run(backend, names, inputs),
      kernelName === 'Mod' ? mod.kernelFunc : undefined,
    ),
  ),
  test('IsNan', 'isNaN'),
  test('IsFinite', 'isFinite'),
  test('IsInf', 'isInfinite'),
  fastKernel('Prelu', prelu),
  fastKernel('Pow', pow),
  fastKernel('AddN', addN),
];

/** dy where x is above 0. */
export const reluGradKernel: NamedKernel = typedKernel<{ dy: TensorInfo; x: TensorInfo }, object, CpuBackend>(
  RELU_GRAD_KERNEL,
  ({ inputs: { dy, x }, backend }) => apply(backend, 'reluGrad', { a: dy, b: x }),
);
