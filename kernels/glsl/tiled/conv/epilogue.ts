// What follows the sums of a convolution: y = clamp((sum + bias) * scale + shift + residual), where scale and shift are a batch
// normalization (the rows of `vectors`, see affine.ts) and the residual is a tensor of y's shape. One formula serves linear, relu, relu6, leakyrelu and prelu, with
// numbers for them that are uniforms; the other activations are a pass of their own (activate.ts).

import type { Activation } from '../../../activation.js';
import type { Epilogue } from '../../../epilogue.js';
import type { Addressing } from '../layout/addressing.js';
import type { TileShape } from '../layout/layout.js';
import { maskSource } from '../layout/place.js';
import { type InputKind, lines } from '../program.js';

export interface EpilogueSpec {
  /** Whether negative values have a slope for each channel (prelu) or one for all. */
  readonly slopes: boolean;
  /** Whether there is a scale and a shift for each channel: in convolutions always, so that one program serves both. */
  readonly affine: boolean;
  /** Whether a tensor of the output's shape is added before the activation. */
  readonly residual: boolean;
}

const LEAST = -3.4028234663852886e38; // the smallest float32

/** The vec4 uniform `clampTo` of clamp(x) = min(x < 0 ? slope * max(x, least) : x, most). */
export function clampOf(slope: number, most = Number.POSITIVE_INFINITY): readonly number[] {
  // 0 * -infinity would be no number
  return [slope, slope === 0 ? LEAST : Number.NEGATIVE_INFINITY, most, 0];
}

/** The clamp that does what `first` and then `second` do; undefined if none does. */
export function composeClamps(first: readonly number[], second: readonly number[]): readonly number[] | undefined {
  const [slope, , most] = first;
  return slope >= 0 && most >= 0 ? clampOf(slope * second[0], Math.min(most, second[2])) : undefined;
}

/** Activations that are such a clamp; the slopes of prelu come with a texture. */
const clamps: Partial<Record<Activation, (alpha: number) => readonly number[]>> = {
  linear: () => clampOf(1),
  relu: () => clampOf(0),
  relu6: () => clampOf(0, 6),
  leakyrelu: (alpha) => clampOf(alpha),
  prelu: () => clampOf(1),
};

export function isClamp(activation: Activation): boolean {
  return activation in clamps;
}

/** Of an activation for which isClamp() holds. */
export function clampUniform({
  activation,
  leakyAlpha,
}: Pick<Epilogue, 'activation' | 'leakyAlpha'>): readonly number[] {
  const clamp = clamps[activation];
  if (!clamp) throw new Error(`clampUniform: the activation must be a clamp; received activation='${activation}'`);
  return clamp(leakyAlpha);
}

export function epilogueInputs({ slopes, affine, residual }: EpilogueSpec): Record<string, InputKind> {
  return {
    bias: 'matrix',
    ...(slopes && { slope: 'matrix' }),
    ...(affine && { vectors: 'matrix' }),
    ...(residual && { residual: 'tiles' }),
  };
}

/** A function to put before main. */
export const clampSource = `
vec4 clampSum(vec4 x, vec4 slope) {
  // w is 0: without it relu would give -0
  vec4 y = mix(x, clampTo.w + slope * max(x, vec4(clampTo.y)), lessThan(x, vec4(0.0)));
  return keepNaN(mix(y, vec4(clampTo.z), greaterThan(y, vec4(clampTo.z))), x);
}
`;

/** Statements that turn the sums acc0, acc1, ... into the outputs y0, y1, ... */
export function epilogueSource(at: Addressing, spec: EpilogueSpec, tile: TileShape): string {
  const layers = tile.rows * tile.columns;
  // A vector of one texel stands for all quads: the zeros where there is no bias.
  const ofQuad = (name: string, row = 0) => `texelFetch(${name}, ivec2(min(q, int(${name}Texel.z)), ${row}), 0)`;
  const sum = (i: number) => {
    const scaled = spec.affine ? `(acc${i} + biasHere) * scaleHere + shiftHere` : `acc${i} + biasHere`;
    return spec.residual ? `${scaled} + ${at.tiles('residual', 'residualX', 'residualY', at.layer(`${i}`))}` : scaled;
  };
  return `
  vec4 biasHere = ${ofQuad('bias')};
  vec4 slopeHere = ${spec.slopes ? ofQuad('slope') : 'vec4(clampTo.x)'};
  ${spec.affine ? `vec4 scaleHere = ${ofQuad('vectors')};\n  vec4 shiftHere = ${ofQuad('vectors', 1)};` : '// no scale'}
  ${spec.residual ? residualPlace(at) : '// no residual'}
${lines(layers, (i) => `  acc${i} = clampSum(${sum(i)}, slopeHere);`)}
${maskSource('yDims', 'channels.w', tile, (i) => `acc${i}`)}
${lines(layers, (i) => `  y${i} = acc${i};`)}`;
}

/** The residual has the output's layout. */
function residualPlace(at: Addressing): string {
  return `${at.type} residualX = ${at.x('residual', 'place.x + 1')};
  ${at.type} residualY = ${at.y('residual', 'place.y')};`;
}
