// Gathers on TensorFlow.js's textures, whose programs give zeros for indices beyond the tensor, as a shader cannot
// throw. Where the CPU has the indices, they are checked as on the cpu backend. And where TensorFlow.js gathers small
// tensors on the CPU, it keeps hold of its operands for ever.

import { type KernelFunc, type TensorInfo, util } from '@tensorflow/tfjs-core';
import { officialWebgl } from '../../../../tfjs/officialWebgl.js';
import type { NamedKernel } from '../../../../tfjs/registry.js';
import type { WebglBackend } from '../../backend.js';
import { smallFirst } from '../flat/index.js';
import { knownValues } from '../views.js';

/** The size that each coordinate of an index must stay below; the coordinates of an index lie side by side. */
type SizesOf = (args: Parameters<KernelFunc>[0]) => readonly number[];

function checked(kernelName: string, sizesOf: SizesOf): NamedKernel {
  const official = smallFirst(kernelName, officialWebgl.get(kernelName));
  return {
    kernelName,
    kernelFunc(args) {
      const values = knownValues(args.backend as WebglBackend, args.inputs.indices as TensorInfo);
      const sizes = values ? sizesOf(args) : [];
      values?.forEach((index, i) => {
        const size = sizes[i % sizes.length];
        const isInside = index >= 0 && index < size;
        // In the words of the cpu backend, which TensorFlow.js's own tests look for.
        if (!isInside) throw new RangeError(`${kernelName}: the index value ${index} is not in [0, ${size - 1}]`);
      });
      return releasing(args, () => official(args));
    },
  };
}

/** Gives back the references to its inputs that a kernel has taken and kept. */
function releasing<T>({ inputs, backend }: Parameters<KernelFunc>[0], run: () => T): T {
  const webgl = backend as WebglBackend;
  const operands = (Object.values(inputs) as TensorInfo[]).map((info) => [info, webgl.refCount(info.dataId)] as const);
  const result = run();
  for (const [info, before] of operands) {
    while (webgl.refCount(info.dataId) > before) webgl.disposeIntermediateTensorInfo(info);
  }
  return result;
}

export const gatherKernels: readonly NamedKernel[] = [
  checked('GatherV2', ({ inputs, attrs }) => {
    const { shape } = inputs.x as TensorInfo;
    return [shape[util.parseAxisParam(attrs?.axis as number, shape)[0]]];
  }),
  checked('GatherNd', ({ inputs }) => {
    const [params, indices] = [inputs.params, inputs.indices] as TensorInfo[];
    return params.shape.slice(0, indices.shape.at(-1));
  }),
];
