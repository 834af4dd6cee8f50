// Runs a fragment-shader kernel through the host: its textures, its program cache, its memory accounting and timers.

import type { GPGPUProgram } from '@tensorflow/tfjs-backend-webgl';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { GlslKernel, Uniform } from '../../kernels/glsl/index.js';
import type { Conv, Epilogue } from '../../kernels/types.js';
import type { WebglBackend } from './backend.js';

export interface GlslRun<Spec> {
  readonly kernel: GlslKernel<Spec>;
  readonly conv: Conv;
  readonly epilogue?: Epilogue;
  /** In the order of kernel.inputs(spec). */
  readonly inputs: readonly TensorInfo[];
  readonly outputShape: readonly number[];
}

/** Neither an input nor the output may be empty: there is no texture without texels. */
export function runGlsl<Spec>(backend: WebglBackend, run: GlslRun<Spec>): TensorInfo {
  const { kernel, conv, epilogue, inputs, outputShape } = run;
  const spec = kernel.spec(conv, epilogue);
  const uniforms = kernel.uniforms(conv, epilogue);
  const program: GPGPUProgram = {
    variableNames: kernel.inputs(spec),
    outputShape: [...outputShape],
    userCode: `// ${kernel.name} ${JSON.stringify(spec)}\n${kernel.source(spec)}`,
    customUniforms: uniforms.map(({ name, type }: Uniform) => ({ name, type })),
    enableShapeUniforms: true,
  };
  // The host passes small tensors that were never uploaded as uniform arrays, which a shader cannot fetch from.
  for (const { dataId } of inputs) backend.uploadToGPU(dataId);
  return backend.runWebGLProgram(
    program,
    [...inputs],
    'float32',
    uniforms.map(({ value }) => [...value]),
  );
}
