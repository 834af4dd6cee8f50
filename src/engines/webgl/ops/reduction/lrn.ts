// LRN and its gradient on TensorFlow.js's textures.

import { type TensorInfo, util } from '@tensorflow/tfjs-core';
import { lrnSource } from '../../../../../kernels/glsl/untiled/lrn.js';
import { officialWebgl } from '../../../../tfjs/officialWebgl.js';
import { type NamedKernel, typedKernel } from '../../../../tfjs/registry.js';
import type { WebglBackend } from '../../backend.js';
import { drawUntiled } from '../drawUntiled.js';

interface Attrs {
  readonly depthRadius: number;
  readonly bias: number;
  readonly alpha: number;
  readonly beta: number;
}

export const lrnKernel: NamedKernel = typedKernel<{ readonly x: TensorInfo }, Attrs, WebglBackend>('LRN', (args) => {
  const { x } = args.inputs;
  if (util.sizeFromShape(x.shape) === 0) return officialWebgl.get('LRN')(args as never);
  const { depthRadius, bias, alpha, beta } = args.attrs;
  const uniforms = { numbers: [depthRadius, bias, alpha, beta] };
  return drawUntiled(args.backend, { source: lrnSource, operands: { X: x }, shape: x.shape, dtype: x.dtype, uniforms });
});

/** TensorFlow.js's program, which does not compile where beta is a whole number: its text multiplies a float by that. */
export const lrnGradKernel: NamedKernel = typedKernel<object, Attrs, WebglBackend>('LRNGrad', (args) => {
  const { beta } = args.attrs;
  const text = Number.isInteger(beta) ? `${beta}.0` : beta;
  return officialWebgl.get('LRNGrad')({ ...args, attrs: { ...args.attrs, beta: text } } as never);
});
