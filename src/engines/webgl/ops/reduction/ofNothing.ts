// Reductions of tensors without values, which TensorFlow.js's WebGL kernels refuse: the results of its `cpu` backend.

import { backend_util, type DataType, type KernelFunc, type TensorInfo, util } from '@tensorflow/tfjs-core';
import { type NamedKernel, wrapKernel } from '../../../../tfjs/registry.js';
import type { WebglBackend } from '../../backend.js';

interface Attrs {
  readonly axis?: number | number[];
  readonly reductionIndices?: number | number[];
  readonly keepDims?: boolean;
}

interface Nothing {
  readonly value: number;
  /** Default: the operand's, or int32 for booleans. `own`: the operand's. */
  readonly dtype?: DataType | 'own';
}

const nothing: Readonly<Record<string, Nothing>> = {
  All: { value: 0, dtype: 'bool' },
  Any: { value: 0, dtype: 'bool' },
  ArgMax: { value: 0, dtype: 'int32' },
  ArgMin: { value: 0, dtype: 'int32' },
  Max: { value: Number.NaN, dtype: 'own' },
  Mean: { value: 0, dtype: 'float32' },
  Min: { value: Number.NaN, dtype: 'own' },
  Prod: { value: 1 },
  Sum: { value: 0 },
};

/** The kernel, with an answer for a tensor of no values. */
export function alsoOfNothing(kernel: NamedKernel): NamedKernel {
  const { value, dtype } = nothing[kernel.kernelName];
  return wrapKernel(kernel, ((args) => {
    const x = args.inputs.x as TensorInfo;
    if (util.sizeFromShape(x.shape) > 0) return kernel.kernelFunc(args);
    const { axis, reductionIndices, keepDims } = args.attrs as unknown as Attrs;
    const axes = util.parseAxisParam((axis ?? reductionIndices) as number | number[], x.shape);
    const [shape] = backend_util.computeOutAndReduceShapes(x.shape, axes);
    const outShape = keepDims ? backend_util.expandShapeToKeepDim(shape, axes) : shape;
    const summed = x.dtype === 'bool' ? 'int32' : x.dtype;
    const outDtype = dtype === 'own' ? x.dtype : (dtype ?? summed);
    const values = util.getTypedArrayFromDType(outDtype as 'float32', util.sizeFromShape(outShape)).fill(value);
    return (args.backend as WebglBackend).makeTensorInfo(outShape, outDtype, values);
  }) as KernelFunc);
}
