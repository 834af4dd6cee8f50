// Kernels whose results are small, in place of TensorFlow.js's: those draw with programs that have sizes in their texts,
// of which a first prediction would link dozens. What TensorFlow.js computes on the CPU, because the values are there and
// few, stays there.

import { type KernelFunc, type TensorInfo, util } from '@tensorflow/tfjs-core';
import type { WebglBackend } from '../../backend.js';
import type { FlatArgs, FlatFunc } from './flatFunc.js';
import { flatTest } from './flatSelfTest.js';

/** Those that TensorFlow.js has no code for on the CPU. */
const onGpuOnly = [
  'FloorDiv',
  'Mod',
  'SquaredDifference',
  'Tile',
  'Reverse',
  'LogicalAnd',
  'LogicalOr',
  'ArgMax',
  'ArgMin',
];

const dtypes: readonly string[] = ['float32', 'int32', 'bool'];

/** @param official For all that `flat` does not cover, and where its self-test fails. */
export function withFlat(kernelName: string, flat: FlatFunc, official: KernelFunc): KernelFunc {
  return (args) => {
    const backend = args.backend as WebglBackend;
    const { selfTest, tensors } = backend;
    const operands = Object.values(args.inputs) as TensorInfo[];
    const isPlain = operands.every(({ dtype, shape }) => dtypes.includes(dtype) && util.sizeFromShape(shape) > 0);
    const isOnCpu = !onGpuOnly.includes(kernelName) && backend.shouldExecuteOnCPU(operands);
    if (!isPlain || isOnCpu || selfTest.barred.has(`flat ${kernelName}`)) return official(args);
    const since = backend.texData.computed;
    const { result, keys } = tensors.drawer.noting(() => flat(args as unknown as FlatArgs));
    if (result === undefined) return official(args);
    const key = keys.find((drawn) => drawn.includes('/flat/'));
    const isPacked = operands.some(({ dataId }) => backend.texData.get(dataId).isPacked === true);
    const kind = `${kernelName}${isPacked ? ' of packed textures' : ''}: ${key}`;
    if (!key || selfTest.check(kind, flatTest(backend, kernelName, flat, isPacked), since)) return result;
    selfTest.barred.add(`flat ${kernelName}`);
    for (const info of [result].flat()) backend.disposeIntermediateTensorInfo(info);
    return official(args);
  };
}
