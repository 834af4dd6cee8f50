// Cumsum and Cumprod on TensorFlow.js's own programs, which take a negative axis for another one, give booleans for
// booleans, and know four axes at most: they get [what comes before, the axis, what comes after].

import { type KernelFunc, type TensorInfo, util } from '@tensorflow/tfjs-core';
import { officialWebgl } from '../../../../tfjs/officialWebgl.js';
import type { NamedKernel } from '../../../../tfjs/registry.js';
import type { WebglBackend } from '../../backend.js';
import { emptyTensor, replaced, reshape } from '../views.js';

export const cumulateKernels: readonly NamedKernel[] = ['Cumsum', 'Cumprod'].map((kernelName) => {
  const official = officialWebgl.get(kernelName);
  const kernelFunc: KernelFunc = (args) => {
    const x = args.inputs.x as TensorInfo;
    // A boolean is 0 or 1 in a texture, as an integer is.
    const dtype = x.dtype === 'bool' ? 'int32' : x.dtype;
    if (util.sizeFromShape(x.shape) === 0) return emptyTensor(args.backend as WebglBackend, x.shape, dtype);
    const [axis] = util.parseAxisParam(args.attrs?.axis as number, x.shape);
    const backend = args.backend as WebglBackend;
    const sizes = [x.shape.slice(0, axis), [x.shape[axis]], x.shape.slice(axis + 1)].map(util.sizeFromShape);
    const shape = sizes[2] === 1 ? sizes.slice(0, 2) : sizes;
    const flat = reshape(backend, { ...x, dtype }, shape);
    const run = () => official({ ...args, inputs: { x: flat }, attrs: { ...args.attrs, axis: 1 } }) as TensorInfo;
    const y = replaced(backend, flat, run);
    return replaced(backend, y, () => reshape(backend, y, x.shape));
  };
  return { kernelName, kernelFunc };
});
