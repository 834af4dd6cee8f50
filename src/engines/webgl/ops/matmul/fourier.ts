// FFT and IFFT on TensorFlow.js's textures, along the last axis of a complex tensor.

import { type TensorInfo, util } from '@tensorflow/tfjs-core';
import { fourierSource } from '../../../../../kernels/glsl/untiled/fourier.js';
import { officialWebgl } from '../../../../tfjs/officialWebgl.js';
import { type NamedKernel, typedKernel } from '../../../../tfjs/registry.js';
import type { WebglBackend } from '../../backend.js';
import { complexOf, partsOf } from '../complexParts.js';
import { drawUntiled } from '../drawUntiled.js';

export const fourierKernels: readonly NamedKernel[] = [transform('FFT', -1), transform('IFFT', 1)];

function transform(kernelName: string, direction: -1 | 1): NamedKernel {
  return typedKernel<{ readonly input: TensorInfo }, object, WebglBackend>(kernelName, (args) => {
    const { input } = args.inputs;
    const count = util.sizeFromShape(input.shape);
    if (count === 0) return officialWebgl.get(kernelName)(args as never);
    const size = input.shape.at(-1) as number;
    const shape = [count / size, size];
    const { real, imag } = partsOf(args.backend, input);
    const operands = { Real: { ...real, shape }, Imag: { ...imag, shape } };
    const [re, im] = (['real', 'imag'] as const).map((part) => {
      return drawUntiled(args.backend, { source: fourierSource(part), operands, shape, uniforms: { size, direction } });
    });
    return complexOf(args.backend, input.shape, re, im);
  });
}
