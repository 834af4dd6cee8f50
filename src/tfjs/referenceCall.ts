// A call of a kernel with made-up operands, and what it should give: what the official `cpu` kernel of that name makes of
// them, or a reference of ours (ownReferences.ts).

import type { KernelFunc, NamedTensorInfoMap, TensorInfo } from '@tensorflow/tfjs-core';
import { tidy, util } from '@tensorflow/tfjs-core';
import type { Call } from './kernelCall.js';
import { newOfficialCpuBackend, officialCpu } from './officialCpu.js';
import { BATCH_NORM_SUMS_KERNEL } from './ownKernelNames.js';
import { ownReferences } from './ownReferences.js';

/** Operands of these kernels are positive: divisors, radicands, variances. */
const positive = [BATCH_NORM_SUMS_KERNEL, 'FusedBatchNorm', 'RealDiv', 'Reciprocal', 'Rsqrt', 'Sqrt'];

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
  const own = ownReferences[call.kernelName];
  if (own) return own(call, values);
  let expected: Float32Array[] = [];
  tidy(() => {
    expected = officialResults(call, values); // some official kernels make tensors on the way
  });
  return expected;
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
