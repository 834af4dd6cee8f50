// Runs an untiled kernel through TensorFlow.js: with its textures, its program cache, its memory accounting and timers.

import type { GPGPUProgram } from '@tensorflow/tfjs-backend-webgl';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { Conv } from '../../../../kernels/conv.js';
import type { Epilogue } from '../../../../kernels/epilogue.js';
import type { UniformValues } from '../../../../kernels/glsl/uniforms.js';
import type { GlslKernel, UntiledDeclaration } from '../../../../kernels/glsl/untiled/index.js';
import type { WebglBackend } from '../backend.js';

export interface UntiledRun<Spec> {
  readonly kernel: GlslKernel<Spec>;
  readonly conv: Conv;
  readonly epilogue?: Epilogue;
  /** In the order of kernel.inputs(spec). */
  readonly inputs: readonly TensorInfo[];
  readonly outputShape: readonly number[];
}

/** Neither an input nor the output may be empty: there is no texture without texels. */
export function runUntiled<Spec>(backend: WebglBackend, run: UntiledRun<Spec>): TensorInfo {
  const { kernel, conv, epilogue, inputs, outputShape } = run;
  const spec = kernel.spec(conv, epilogue);
  return draw(backend, {
    label: `${kernel.name} ${JSON.stringify(spec)}`,
    variableNames: kernel.inputs(spec),
    source: kernel.source(spec),
    uniforms: kernel.uniforms,
    values: kernel.values(conv, epilogue),
    inputs,
    outputShape,
  });
}

interface Draw {
  /** The first line of the shader, so that a shader dump names its kernel. */
  readonly label: string;
  readonly variableNames: readonly string[];
  readonly source: string;
  readonly uniforms: UntiledDeclaration;
  readonly values: UniformValues<UntiledDeclaration>;
  readonly inputs: readonly TensorInfo[];
  readonly outputShape: readonly number[];
}

function draw(
  backend: WebglBackend,
  { label, variableNames, source, uniforms, values, inputs, outputShape }: Draw,
): TensorInfo {
  const program: GPGPUProgram = {
    variableNames: [...variableNames],
    outputShape: [...outputShape],
    userCode: `// ${label}\n${source}`,
    customUniforms: Object.entries(uniforms).map(([name, type]) => ({ name, type })),
    enableShapeUniforms: true,
  };
  // TensorFlow.js passes small tensors that were never uploaded as uniform arrays, which have no texels to fetch.
  for (const { dataId } of inputs) backend.uploadToGPU(dataId);
  const numbers = Object.keys(uniforms).map((name) => [values[name]].flat());
  return backend.runWebGLProgram(program, [...inputs], 'float32', numbers);
}
