// Draws with a program of this package on TensorFlow.js's textures: through its program cache, memory accounting and
// timers. TensorFlow.js writes the functions that read the operands and find the output's coordinates.

import type { GPGPUProgram } from '@tensorflow/tfjs-backend-webgl';
import type { DataType, TensorInfo } from '@tensorflow/tfjs-core';
import type { WebglBackend } from '../backend.js';

/** A number is a float, two to four are a vector of floats. */
export type Uniforms = Readonly<Record<string, number | readonly number[]>>;

export interface UntiledDraw {
  readonly source: string;
  /** By their names in the source. */
  readonly operands: Readonly<Record<string, TensorInfo>>;
  readonly shape: readonly number[];
  /** Default: float32. */
  readonly dtype?: DataType;
  /** Whether a texel holds 2x2 values, of the operands and of the result. */
  readonly isPacked?: boolean;
  readonly uniforms?: Uniforms;
}

/** No operand may be empty, nor the result: there is no texture without texels. */
export function drawUntiled(backend: WebglBackend, draw: UntiledDraw): TensorInfo {
  const { source, operands, shape, dtype = 'float32', isPacked = false, uniforms = {} } = draw;
  const given = Object.entries(uniforms).map(([name, value]) => [name, [value].flat()] as const);
  const program: GPGPUProgram = {
    variableNames: Object.keys(operands),
    outputShape: [...shape],
    userCode: source,
    packedInputs: isPacked,
    packedOutput: isPacked,
    // TensorFlow.js has uniforms for up to four axes; it writes longer shapes into the text.
    enableShapeUniforms: [{ shape }, ...Object.values(operands)].every((tensor) => tensor.shape.length <= 4),
    customUniforms: given.map(([name, { length }]) => ({ name, type: length === 1 ? 'float' : vectors[length] })),
  };
  return backend.runWebGLProgram(
    program,
    Object.values(operands),
    dtype,
    given.map(([, values]) => values),
  );
}

const vectors: Readonly<Record<number, 'vec2' | 'vec3' | 'vec4'>> = { 2: 'vec2', 3: 'vec3', 4: 'vec4' };
