// A call of a TensorFlow.js kernel with made-up operands, and what the official `cpu` kernel of that name makes of them.

import type { DataType, KernelFunc, NamedTensorInfoMap, TensorInfo } from '@tensorflow/tfjs-core';
import { tidy, util } from '@tensorflow/tfjs-core';
import { maxPool3dGrad } from '../../kernels/maxPool3dGrad.js';
import { nearestIndices } from '../../kernels/resizeSamples.js';
import { newOfficialCpuBackend, officialCpu } from './officialCpu.js';
import { pool3dWindows } from './pool3dWindows.js';

export interface Operand {
  readonly shape: readonly number[];
  readonly dtype: DataType;
}

/** A kernel's attributes; each kernel has its own. */
export type CallAttrs = Readonly<Record<string, unknown>>;

export interface Call {
  readonly kernelName: string;
  /** By TensorFlow.js's names; '0', '1', ... for kernels that take a list. */
  readonly operands: Readonly<Record<string, Operand>>;
  readonly attrs: CallAttrs;
}

/** Operands of these kernels are positive: divisors, radicands, variances. */
const positive = ['FusedBatchNorm', 'RealDiv', 'Reciprocal', 'Rsqrt', 'Sqrt'];

/** Values that are exact in 16 bits and of which no two within a window are equal; conditions are 0 or 1. */
export function valuesFor({ kernelName, operands }: Call): Record<string, Float32Array | Uint8Array> {
  const isPositive = positive.includes(kernelName);
  const values = Object.entries(operands).map(([name, { shape, dtype }], seed) => {
    const length = util.sizeFromShape([...shape]);
    const made = dtype === 'bool' ? new Uint8Array(length) : new Float32Array(length);
    for (let i = 0; i < length; i++) {
      const at = ((i * 421 + seed * 97) % 1009) - 504;
      made[i] = dtype === 'bool' ? at & 1 : isPositive ? Math.abs(at) / 256 + 0.5 : at / 256;
    }
    return [name, made] as const;
  });
  return Object.fromEntries(values);
}

/** The inputs of a kernel from tensors by name. */
export function inputsOf(infos: Readonly<Record<string, TensorInfo>>): NamedTensorInfoMap {
  const isList = Object.keys(infos).every((name, i) => name === String(i));
  return (isList ? Object.values(infos) : infos) as unknown as NamedTensorInfoMap;
}

/** The attributes as TensorFlow.js types them. */
export function attrsOf({ attrs }: Call): Parameters<KernelFunc>[0]['attrs'] {
  return attrs as unknown as Parameters<KernelFunc>[0]['attrs'];
}

type Values = ReturnType<typeof valuesFor>;

/** The values of each result; `values` are those of valuesFor(). */
export function expectedOf(call: Call, values: Values): Float32Array[] {
  if (call.kernelName === 'ResizeNearestNeighborGrad') return [nearestGradient(call, values)];
  if (call.kernelName === 'MaxPool3DGrad') {
    const { dy, input } = values;
    return [maxPool3dGrad(pool3dWindows(call.operands.input.shape, call.attrs as never), input, dy)];
  }
  let expected: Float32Array[] = [];
  tidy(() => {
    expected = officialResults(call, values); // some official kernels make tensors on the way
  });
  return expected;
}

/** TensorFlow.js's own kernel estimates which pixels were copied, and misses some. */
function nearestGradient(call: Call, { dy: values }: Values): Float32Array {
  const { images, dy } = call.operands;
  const [n, inH, inW, c] = images.shape;
  const [, outH, outW] = dy.shape;
  const alignment = {
    alignCorners: call.attrs.alignCorners === true,
    halfPixelCenters: call.attrs.halfPixelCenters === true,
  };
  const [rows, columns] = [nearestIndices(inH, outH, alignment), nearestIndices(inW, outW, alignment)];
  const dx = new Float32Array(n * inH * inW * c);
  for (let i = 0; i < values.length; i++) {
    const [channel, pixel] = [i % c, Math.floor(i / c)];
    const [x, line] = [pixel % outW, Math.floor(pixel / outW)];
    const [y, image] = [line % outH, Math.floor(line / outH)];
    dx[((image * inH + rows[y]) * inW + columns[x]) * c + channel] += values[i];
  }
  return dx;
}

function officialResults(call: Call, values: Values): Float32Array[] {
  const backend = newOfficialCpuBackend();
  const infos = Object.entries(call.operands).map(([name, { shape, dtype }]) => {
    return [name, backend.makeTensorInfo([...shape], dtype, values[name])] as const;
  });
  const run = officialCpu.get(call.kernelName);
  const results = run({ inputs: inputsOf(Object.fromEntries(infos)), attrs: attrsOf(call), backend });
  return [results].flat().map(({ dataId }) => backend.data.get(dataId).values as Float32Array);
}
