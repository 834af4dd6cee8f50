// Functions of two tensors of one dtype, with NumPy's broadcasting.

import { backend_util, type TensorInfo } from '@tensorflow/tfjs-core';
import {
  type BinaryName,
  binary,
  binaryFlat,
  binaryFunctions,
  broadcastAxes,
} from '../../../../../kernels/wasm/elementwise/index.js';
import type { NamedKernel } from '../../../../tfjs/registry.js';
import type { CpuBackend } from '../../backend.js';
import { deviceOf, type FastArgs, fastKernel, isSameShape, sizeOf } from '../cpuKernel.js';
import { applyUnary } from './unary.js';

interface Inputs {
  readonly a: TensorInfo;
  readonly b: TensorInfo;
}

interface Names {
  readonly float32: BinaryName;
  readonly int32?: BinaryName;
}

/** Functions by the names of TensorFlow.js's kernels. */
const functions: Readonly<Record<string, Names>> = {
  Add: { float32: 'add', int32: 'addInts' },
  Sub: { float32: 'sub', int32: 'subInts' },
  Multiply: { float32: 'mul' },
  RealDiv: { float32: 'div' },
  Maximum: { float32: 'max', int32: 'maxInts' },
  Minimum: { float32: 'min', int32: 'minInts' },
  SquaredDifference: { float32: 'squaredDifference' },
  Greater: { float32: 'greater' },
  GreaterEqual: { float32: 'greaterEqual' },
  Less: { float32: 'less' },
  LessEqual: { float32: 'lessEqual' },
  Equal: { float32: 'equal' },
  NotEqual: { float32: 'notEqual', int32: 'notEqualInts' },
};

function run(backend: CpuBackend, { float32, int32 }: Names, { a, b }: Inputs): TensorInfo | undefined {
  const { dtype } = a;
  const name = dtype === 'float32' ? float32 : dtype === 'int32' ? int32 : undefined;
  if (name === undefined || b.dtype !== dtype) return undefined;
  const isSame = isSameShape(a.shape, b.shape);
  const shape = isSame ? a.shape : backend_util.assertAndGetBroadcastShape(a.shape, b.shape);
  const [from, to] = [backend.toHeap(a), backend.toHeap(b)];
  const result = backend.newTensor(
    shape,
    binaryFunctions[name].output === 'bool' ? 'bool' : (dtype as 'float32' | 'int32'),
  );
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
    fastKernel<Inputs>(kernelName, ({ inputs, backend }) => run(backend, names, inputs)),
  ),
  fastKernel('Prelu', prelu),
  fastKernel('Pow', pow),
  fastKernel('AddN', addN),
];
