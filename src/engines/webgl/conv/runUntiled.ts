// Runs a fragment-shader kernel through TensorFlow.js: its textures, its program cache, its memory accounting and timers.

import type { GPGPUProgram } from '@tensorflow/tfjs-backend-webgl';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { Conv } from '../../../../kernels/conv.js';
import type { Epilogue } from '../../../../kernels/epilogue.js';
import { activate, type GlslKernel, type Uniform } from '../../../../kernels/glsl/untiled/index.js';
import type { WebglBackend } from '../backend.js';

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
  return draw(backend, {
    label: `${kernel.name} ${JSON.stringify(spec)}`,
    variableNames: kernel.inputs(spec),
    source: kernel.source(spec),
    uniforms: kernel.uniforms(conv, epilogue),
    inputs,
    outputShape,
  });
}

/** activation(z) as a tensor of its own. */
export function runActivation(backend: WebglBackend, epilogue: Epilogue, z: TensorInfo): TensorInfo {
  return draw(backend, {
    label: activate.name,
    variableNames: activate.inputs,
    source: activate.source,
    uniforms: activate.uniforms(epilogue),
    inputs: [z],
    outputShape: z.shape,
  });
}

interface Draw {
  /** The first line of the shader, so that a shader dump names its kernel. */
  readonly label: string;
  readonly variableNames: readonly string[];
  readonly source: string;
  readonly uniforms: readonly Uniform[];
  readonly inputs: readonly TensorInfo[];
  readonly outputShape: readonly number[];
}

function draw(
  backend: WebglBackend,
  { label, variableNames, source, uniforms, inputs, outputShape }: Draw,
): TensorInfo {
  const program: GPGPUProgram = {
    variableNames: [...variableNames],
    outputShape: [...outputShape],
    userCode: `// ${label}\n${source}`,
    customUniforms: uniforms.map(({ name, type }) => ({ name, type })),
    enableShapeUniforms: true,
  };
  // TensorFlow.js passes small tensors that were never uploaded as uniform arrays, which a shader cannot fetch from.
  for (const { dataId } of inputs) backend.uploadToGPU(dataId);
  const values = uniforms.map(({ value }) => [...value]);
  return backend.runWebGLProgram(program, [...inputs], 'float32', values);
}
