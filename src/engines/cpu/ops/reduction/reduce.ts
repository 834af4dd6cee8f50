// Sum, Mean, Prod, Max and Min over any axes, of floats and integers; All and Any.

import { backend_util, type TensorInfo, util } from '@tensorflow/tfjs-core';
import {
  mean,
  type ReduceName,
  type ReduceOperands,
  reduce,
  restOf,
} from '../../../../../kernels/wasm/reduction/index.js';
import { withScratch } from '../../../../../kernels/wasm/scratch.js';
import { type NamedKernel, typedKernel } from '../../../../tfjs/registry.js';
import { SUM_SQUARES_KERNEL } from '../../../../tfjs/updateAttrs.js';
import type { CpuBackend } from '../../backend.js';
import type { WasmDevice } from '../../runtime/device.js';
import { deviceOf, type FastArgs, fastKernel, sizeOf } from '../cpuKernel.js';
import { isInHeap } from '../dtype.js';
import { castTo } from '../elementwise/cast.js';

interface Inputs {
  readonly x: TensorInfo;
}

interface Attrs {
  readonly axis?: number | number[];
  /** The name of `axis` in the attributes of Max. */
  readonly reductionIndices?: number | number[];
  readonly keepDims?: boolean;
}

/** Adjacent dimensions that are reduced together, or kept together. */
interface Run {
  readonly size: number;
  readonly isReduced: boolean;
}

function runsOf(shape: readonly number[], axes: readonly number[]): Run[] {
  const runs: Run[] = [];
  for (const [i, size] of shape.entries()) {
    if (size === 1) continue;
    const isReduced = axes.includes(i);
    const last = runs.at(-1);
    if (last?.isReduced === isReduced) runs[runs.length - 1] = { size: last.size * size, isReduced };
    else runs.push({ size, isReduced });
  }
  return runs;
}

/**
 * Reduces run after run, the innermost first. All results but the last go to scratch memory. The mean of the means of
 * equally many values is their mean.
 */
function reduceRuns(backend: CpuBackend, name: ReduceName | 'mean', x: number, y: number, runs: Run[]): void {
  const device = deviceOf(backend);
  const product = (some: readonly Run[]) => some.reduce((n, { size }) => n * size, 1);
  const inner = runs.map(({ isReduced }) => isReduced).lastIndexOf(true);
  const before = runs.slice(0, Math.max(inner, 0));
  const after = runs.slice(inner + 1);
  const sizes = { outer: product(before), reduce: inner < 0 ? 1 : runs[inner].size, inner: product(after) };
  if (!before.some(({ isReduced }) => isReduced)) {
    reduceOnce(device, name, { x, y, ...sizes });
    return;
  }
  withScratch(device, 4 * sizes.outer * sizes.inner, (scratch) => {
    reduceOnce(device, name, { x, y: scratch, ...sizes });
    reduceRuns(backend, restOf(name), scratch, y, [...before, ...after]);
  });
}

function reduceOnce(device: WasmDevice, name: ReduceName | 'mean', operands: ReduceOperands): void {
  if (name === 'mean') mean(device, operands);
  else reduce(device, name, operands);
}

/** Functions by the names of TensorFlow.js's kernels. That of booleans gets integers for them. */
interface Names {
  readonly float32?: ReduceName | 'mean';
  readonly int32?: ReduceName;
  readonly bool?: ReduceName;
  /** Whether the result of booleans is one. */
  readonly isLogic?: boolean;
}

const functions: Readonly<Record<string, Names>> = {
  Sum: { float32: 'sum', int32: 'sumInts', bool: 'sumInts' },
  Mean: { float32: 'mean' },
  Prod: { float32: 'prod', int32: 'prodInts' },
  Max: { float32: 'max', int32: 'maxInts' },
  Min: { float32: 'min', int32: 'minInts' },
  All: { bool: 'minInts', isLogic: true },
  Any: { bool: 'maxInts', isLogic: true },
};

function reduceAxes(names: Names, { inputs: { x }, attrs, backend }: FastArgs<Inputs, Attrs>): TensorInfo | undefined {
  const { dtype } = x;
  const name = isInHeap(dtype) ? names[dtype] : undefined;
  if (name === undefined || sizeOf(x.shape) === 0) return undefined;
  if (dtype !== 'bool') return reduceWords(backend, name, x, attrs);
  const wide = castTo(backend, x, 'int32');
  const result = reduceWords(backend, name, wide, attrs);
  backend.disposeData(wide.dataId);
  if (!names.isLogic) return result;
  const narrow = castTo(backend, result, 'bool');
  backend.disposeData(result.dataId);
  return narrow;
}

function reduceWords(backend: CpuBackend, name: ReduceName | 'mean', x: TensorInfo, attrs: Attrs): TensorInfo {
  const axes = util.parseAxisParam((attrs.axis ?? attrs.reductionIndices) as number | number[], x.shape);
  const [shape] = backend_util.computeOutAndReduceShapes(x.shape, axes);
  const from = backend.toHeap(x);
  const outShape = attrs.keepDims ? backend_util.expandShapeToKeepDim(shape, axes) : shape;
  const result = backend.newTensor(outShape, x.dtype as 'float32' | 'int32');
  reduceRuns(backend, name, from, backend.toHeap(result), runsOf(x.shape, axes));
  return result;
}

/** Sums of squares over any axes, of floats: several for each variable of a model in each step of an optimizer. */
export const sumSquaresKernel: NamedKernel = typedKernel<Inputs, SumSquaresAttrs, CpuBackend>(
  SUM_SQUARES_KERNEL,
  ({ inputs: { x }, attrs, backend }) => {
    if (attrs.axis.length < x.shape.length) return reduceWords(backend, 'sumSquares', x, attrs);
    const from = backend.toHeap(x);
    const result = backend.newTensor([]);
    const whole = { x: from, y: backend.toHeap(result), outer: 1, reduce: sizeOf(x.shape), inner: 1 };
    reduce(deviceOf(backend), 'sumSquares', whole);
    return result;
  },
);

interface SumSquaresAttrs {
  readonly axis: number[];
}

export const reduceKernels: readonly NamedKernel[] = Object.entries(functions).map(([kernelName, names]) =>
  fastKernel<Inputs, Attrs>(kernelName, (args) => reduceAxes(names, args)),
);
