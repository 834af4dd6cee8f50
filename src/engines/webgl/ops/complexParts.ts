// Complex tensors, which TensorFlow.js keeps as two tensors of floats. Its kernels Reshape, ExpandDims, Pack, Unpack,
// Slice, StridedSlice and SplitV change the shape of the whole and leave that of the parts, so that tf.real() gives back
// what was before.

import type { KernelFunc, TensorInfo } from '@tensorflow/tfjs-core';
import { officialWebgl } from '../../../tfjs/officialWebgl.js';
import type { WebglBackend } from '../backend.js';

interface Parts {
  readonly real: TensorInfo;
  readonly imag: TensorInfo;
}

/** The parts of a complex tensor in its own shape; they are its own, so the caller must not dispose of them. */
export function partsOf(backend: WebglBackend, { dataId, shape }: TensorInfo): Parts {
  const { real, imag } = backend.texData.get(dataId).complexTensorInfos as Parts;
  return { real: { ...real, shape }, imag: { ...imag, shape } };
}

/** The complex tensor of two tensors as large as `shape`, which it takes over. */
export function complexOf(backend: WebglBackend, shape: number[], real: TensorInfo, imag: TensorInfo): TensorInfo {
  const inputs = { real: { ...real, shape }, imag: { ...imag, shape } };
  const complex = officialWebgl.get('Complex')({ inputs, attrs: {}, backend }) as TensorInfo;
  backend.disposeIntermediateTensorInfo(real);
  backend.disposeIntermediateTensorInfo(imag);
  return complex;
}

/** A kernel that does to complex tensors what it does to their parts. */
export function byParts(kernelFunc: KernelFunc): KernelFunc {
  return (args) => {
    const inputs = Object.entries(args.inputs) as [string, TensorInfo][];
    if (!inputs.some(([, { dtype }]) => dtype === 'complex64')) return kernelFunc(args);
    const backend = args.backend as WebglBackend;
    const [ofReal, ofImag] = (['real', 'imag'] as const).map((part) => {
      const parts = inputs.map(([name, input]) => [name, partsOf(backend, input)[part]] as const);
      const isList = Array.isArray(args.inputs); // of kernels of any number of tensors
      const given = isList ? parts.map(([, input]) => input) : Object.fromEntries(parts);
      return kernelFunc({ ...args, inputs: given as typeof args.inputs });
    });
    if (!Array.isArray(ofReal)) return complexOf(backend, ofReal.shape, ofReal, ofImag as TensorInfo);
    return ofReal.map((part, i) => complexOf(backend, part.shape, part, (ofImag as TensorInfo[])[i]));
  };
}
