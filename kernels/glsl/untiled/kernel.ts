// The form of an untiled kernel, and numbers in GLSL's notation.

import type { Conv } from '../../conv.js';
import type { Epilogue } from '../../epilogue.js';
import type { Declaration, UniformType, UniformValues } from '../uniforms.js';

/** A float literal: GLSL ES has no implicit conversion from int. */
export function float(value: number): string {
  const text = String(Math.fround(value) === value ? value : Number(value.toPrecision(9)));
  return /[.e]/.test(text) ? text : `${text}.0`;
}

/** The types that TensorFlow.js knows too. */
export type UntiledDeclaration = Declaration<Exclude<UniformType, 'layout'>>;

/**
 * A fragment shader on the textures of TensorFlow.js. The program may depend on `spec` alone, so that name + spec
 * identify it; everything else about a convolution is a uniform.
 */
export interface GlslKernel<Spec, D extends UntiledDeclaration = UntiledDeclaration> {
  /** Its path, as profiles show it. */
  readonly name: string;
  supports(conv: Conv): boolean;
  spec(conv: Conv, epilogue?: Epilogue): Spec;
  /** The names of the input textures, in the order in which tensors are passed. */
  inputs(spec: Spec): string[];
  readonly uniforms: D;
  values(conv: Conv, epilogue?: Epilogue): UniformValues<D>;
  /** GLSL ES 3.00 without the declarations of inputs and uniforms, which TensorFlow.js writes. */
  source(spec: Spec): string;
}
