// What every shader needs from TypeScript: numbers in GLSL's notation, and the shape of a kernel.

import type { Conv } from '../../conv.js';
import type { Epilogue } from '../../epilogue.js';

/** A float literal: GLSL ES has no implicit conversion from int. */
export function float(value: number): string {
  const text = String(Math.fround(value) === value ? value : Number(value.toPrecision(9)));
  return /[.e]/.test(text) ? text : `${text}.0`;
}

export type UniformType = 'int' | 'ivec2' | 'ivec3' | 'ivec4' | 'float';

export interface Uniform {
  readonly name: string;
  readonly type: UniformType;
  readonly value: readonly number[];
}

/**
 * A fragment shader on TensorFlow.js's textures. The program may depend on `spec` alone, so that name + spec identifies it;
 * everything else about a convolution is a uniform.
 */
export interface GlslKernel<Spec> {
  /** Its path, as profiles show it. */
  readonly name: string;
  supports(conv: Conv): boolean;
  spec(conv: Conv, epilogue?: Epilogue): Spec;
  /** The names of the input textures, in the order in which tensors are passed. */
  inputs(spec: Spec): string[];
  uniforms(conv: Conv, epilogue?: Epilogue): readonly Uniform[];
  /** GLSL ES 3.00 without the declarations of inputs and uniforms, which TensorFlow.js writes. */
  source(spec: Spec): string;
}
