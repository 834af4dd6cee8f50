// Small tensors in textures of tfjs-backend-webgl, as lists of values in row-major order. TensorFlow.js's own programs for
// them have sizes in their texts, so that each new size waits for a compiler. Here all sizes are uniforms, an operand may
// be packed or not, and a result is never packed: other shapes of it cost nothing.

import type { UniformTypes } from '../../uniforms.js';
import { ints, ivec4s } from '../../uniforms.js';

/** Texels in a row of the texture, elements before the first, and the last two sizes where it is packed, else 0. */
export type FlatPlace = UniformTypes['ivec4'];

/** The uniforms of every program for lists: how many values there are, and texels in a row of the result. */
export const listUniforms = ints('size', 'outColumns');

/** The uniform that says where the values of an operand are. */
export function placesOf<const Name extends string>(...names: readonly Name[]) {
  return ivec4s(...names.map((name) => `${name}Place` as const));
}

/** `float <name>At(int i)`: a value of an operand. */
export function valueSource(...names: readonly string[]): string {
  const functions = names.map(
    (name) => `
float ${name}At(int i) {
  ivec3 at = listPlace(i, ${name}Place);
  vec4 values = texelFetch(${name}, at.xy, 0);
  return values[at.z];
}`,
  );
  return `
// The texel of a value and its place there: 2x2 values of the last two axes where the texture is packed.
ivec3 listPlace(int i, ivec4 place) {
  int texel = i + place.y;
  int lane = 0;
  if (place.z > 0) {
    int line = i / place.w;
    int c = i - line * place.w;
    int n = line / place.z;
    int r = line - n * place.z;
    texel = (n * ((place.z + 1) >> 1) + (r >> 1)) * ((place.w + 1) >> 1) + (c >> 1);
    lane = 2 * (r & 1) + (c & 1);
  }
  int row = texel / place.x;
  return ivec3(texel - row * place.x, row, lane);
}
${functions.join('\n')}
`;
}

// The names of uniforms are macros, so that no parameter here may have one.
/** `ivec4 coordsOf(int i, ivec4 lengths)` and `int indexOf(ivec4 coords, ivec4 moves)`. */
export const coordsSource = `
ivec4 coordsOf(int i, ivec4 lengths) {
  int three = i / lengths.w;
  int two = three / lengths.z;
  int one = two / lengths.y;
  return ivec4(one, two - one * lengths.y, three - two * lengths.z, i - three * lengths.w);
}

int indexOf(ivec4 coords, ivec4 moves) {
  ivec4 p = coords * moves;
  return p.x + p.y + p.z + p.w;
}
`;

/** `main`, which sets the value `i` of the result to the expression after the statements; what is beyond it stays zero. */
export function mainSource(statements: string, value: string): string {
  return `
void main() {
  int i = int(gl_FragCoord.y) * outColumns + int(gl_FragCoord.x);
  if (i >= size) {
    y0 = vec4(0.0);
    return;
  }
${statements}
  y0 = vec4(${value});
}
`;
}

export interface Axis {
  readonly size: number;
  /** For each operand, how many of its values lie between neighbours along this axis. */
  readonly strides: readonly number[];
}

/** The same values with as few axes as possible, as four; undefined where four are too few. */
export function fourAxes(axes: readonly Axis[], operands: number): readonly Axis[] | undefined {
  const merged: Axis[] = [];
  for (const axis of axes) {
    if (axis.size === 1) continue;
    const last = merged.at(-1);
    const joins = last?.strides.every((stride, i) => stride === axis.strides[i] * axis.size);
    if (last && joins) merged[merged.length - 1] = { size: last.size * axis.size, strides: axis.strides };
    else merged.push(axis);
  }
  const none: Axis = { size: 1, strides: Array<number>(operands).fill(0) };
  if (merged.length > 4) return undefined;
  return [...Array<Axis>(4 - merged.length).fill(none), ...merged];
}

/** Four numbers, one of each axis. */
export function ofFour(axes: readonly Axis[], numberOf: (axis: Axis) => number): UniformTypes['ivec4'] {
  const [a, b, c, d] = axes.map(numberOf);
  return [a, b, c, d];
}
