// The epilogue of a convolution's sums: y = clamp((sum + bias) * scale + shift + residual). Scale and shift are a
// batch normalization (the rows of `vectors`, see affine.ts), the residual is a tensor of y's shape. One formula serves
// linear, relu, relu6, leakyrelu and prelu, with numbers for them that are uniforms; any other activation is a pass of
// its own (unary.ts).

import type { Activation } from '../../../activation.js';
import type { Epilogue } from '../../../epilogue.js';
import { floats, type UniformValues } from '../../uniforms.js';
import type { Addressing } from '../layout/addressing.js';
import { layersOf, type TileShape } from '../layout/layout.js';
import { maskSource } from '../layout/place.js';
import { type InputKind, lines } from '../program.js';
import type { PackedUniforms } from '../uniforms.js';

export interface EpilogueSpec {
  /** Whether negative values have a slope for each channel (prelu) or one for all. */
  readonly slopes: boolean;
  /** Whether there is a scale and a shift for each channel: in convolutions always, so that one program serves both. */
  readonly affine: boolean;
  /** Whether a tensor of the output's shape is added before the activation. */
  readonly residual: boolean;
}

/** Bias and clamp alone. */
export const plainEpilogue: EpilogueSpec = { slopes: false, affine: false, residual: false };

/** clamp(x) = min(x < 0 ? clampZero + clampSlope * max(x, clampLeast) : x, clampMost) */
export const clampDeclaration = floats('clampSlope', 'clampLeast', 'clampMost', 'clampZero');

export type ClampDeclaration = typeof clampDeclaration;
export type Clamp = UniformValues<ClampDeclaration>;

const LEAST = -3.4028234663852886e38; // the smallest finite float32

/** The bound of values that are multiplied by a slope: 0 * -infinity would be NaN. */
export function leastFactor(slope: number): number {
  return slope === 0 ? LEAST : Number.NEGATIVE_INFINITY;
}

/** min(x < 0 ? slope * x : x, most) */
export function clampOf(slope: number, most = Number.POSITIVE_INFINITY): Clamp {
  return { clampSlope: slope, clampLeast: leastFactor(slope), clampMost: most, clampZero: 0 };
}

/** The clamp that does `first` and then `second`; undefined if no clamp does. */
export function composeClamps(first: Clamp, second: Clamp): Clamp | undefined {
  const { clampSlope: slope, clampMost: most } = first;
  if (slope < 0 || most < 0) return undefined;
  return clampOf(slope * second.clampSlope, Math.min(most, second.clampMost));
}

/** Activations that are a clamp; the slopes of prelu come with a texture. */
const clamps: Partial<Record<Activation, (alpha: number) => Clamp>> = {
  linear: () => clampOf(1),
  relu: () => clampOf(0),
  relu6: () => clampOf(0, 6),
  leakyrelu: (alpha) => clampOf(alpha),
  prelu: () => clampOf(1),
};

export function isClamp(activation: Activation): boolean {
  return activation in clamps;
}

/** The clamp of an activation for which isClamp() holds. */
export function clampOfActivation({ activation, leakyAlpha }: Pick<Epilogue, 'activation' | 'leakyAlpha'>): Clamp {
  const clamp = clamps[activation];
  if (!clamp) {
    throw new Error(`clampOfActivation: the activation must be a clamp; received activation='${activation}'`);
  }
  return clamp(leakyAlpha);
}

export const linearClamp = clampOf(1);

/** The uniforms of a convolution, whose sizes are packed once for all its draws, with the clamp of one of them. */
export function withClamp(
  { ints }: PackedUniforms,
  { clampSlope, clampLeast, clampMost, clampZero }: Clamp,
): PackedUniforms {
  return { ints, floats: Float32Array.of(clampSlope, clampLeast, clampMost, clampZero) };
}

export function epilogueInputs({ slopes, affine, residual }: EpilogueSpec): Record<string, InputKind> {
  return {
    bias: 'matrix',
    ...(slopes && { slope: 'matrix' }),
    ...(affine && { vectors: 'matrix' }),
    ...(residual && { residual: 'tiles' }),
  };
}

/** A function to put before main. Without clampZero, which a compiler cannot see through, relu would give -0. */
export const clampSource = `
vec4 clampSum(vec4 x, vec4 slope) {
  vec4 y = mix(x, clampZero + slope * max(x, vec4(clampLeast)), lessThan(x, vec4(0.0)));
  return keepNaN(min(y, vec4(clampMost)), x);
}
`;

/** Statements that turn the sums acc0, acc1, ... into the outputs y0, y1, ... in the layout `y`. */
export function epilogueSource(at: Addressing, spec: EpilogueSpec, tile: TileShape): string {
  const layers = layersOf(tile);
  // A vector of one texel stands for all quads: the zeros where there is no bias.
  const ofQuad = (name: string, row = 0) => `texelFetch(${name}, ivec2(min(q, int(${name}Texel.z)), ${row}), 0)`;
  const sum = (i: number) => {
    const scaled = spec.affine ? `(acc${i} + biasHere) * scaleHere + shiftHere` : `acc${i} + biasHere`;
    return spec.residual ? `${scaled} + ${at.tiles('residual', 'residualX', 'residualY', at.layer(`${i}`))}` : scaled;
  };
  return `
  vec4 biasHere = ${ofQuad('bias')};
  vec4 slopeHere = ${spec.slopes ? ofQuad('slope') : 'vec4(clampSlope)'};
  ${spec.affine ? `vec4 scaleHere = ${ofQuad('vectors')};\n  vec4 shiftHere = ${ofQuad('vectors', 1)};` : '// no scale'}
  ${spec.residual ? residualPlace(at) : '// no residual'}
${lines(layers, (i) => `  acc${i} = clampSum(${sum(i)}, slopeHere);`)}
${maskSource('y', tile, (i) => `acc${i}`)}
${lines(layers, (i) => `  y${i} = acc${i};`)}`;
}

/** The residual has the output's layout. */
function residualPlace(at: Addressing): string {
  return `${at.type} residualX = ${at.x('residual', 'place.x + 1')};
  ${at.type} residualY = ${at.y('residual', 'place.y')};`;
}
