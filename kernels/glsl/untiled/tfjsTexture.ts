// The one file that knows how tfjs-backend-webgl lays out an unpacked tensor: one value a texel (R32F or R16F),
// row-major over a texture of texShape = [rows, columns], starting at an offset if the tensor is a slice.
//
// TensorFlow.js declares for an input `x`: `uniform sampler2D x`, `uniform ivec2 xTexShape`, `uniform int offsetx`, and
// for the output `uniform ivec2 outTexShape` and `setOutput(float)`.
//
// A loop does not divide: it keeps a texel and moves it on by a precomputed step (`advance`), carrying from the column
// into the row. All of it is integer arithmetic from gl_FragCoord, because the interpolated coordinates that
// TensorFlow.js offers are off by a texel on some GPUs (https://github.com/tensorflow/tfjs/issues/6775).

/** Functions over texels; include once. */
export const texelSource = `
ivec2 texelOf(int flatIndex, int columns) {
  int row = flatIndex / columns;
  return ivec2(flatIndex - row * columns, row);
}

// Moves a texel on by another (by.x < columns) in a texture of that many columns.
ivec2 advance(ivec2 at, ivec2 by, int columns) {
  at += by;
  return at.x >= columns ? ivec2(at.x - columns, at.y + 1) : at;
}
`;

/** The flat index in the output's memory order of the value that this fragment computes. */
export const outputIndex = 'int(gl_FragCoord.y) * outTexShape.y + int(gl_FragCoord.x)';

/** The texel of an input's element. */
export function texelOf(input: string, flatIndex: string): string {
  return `texelOf(${flatIndex} + offset${input}, ${input}TexShape.y)`;
}

/** The step that moves a texel of `input` on by so many elements (at least 0). */
export function stepOf(input: string, elements: string): string {
  return `texelOf(${elements}, ${input}TexShape.y)`;
}

/** Moves the texel variable `at` of `input` on by `step`. */
export function advance(input: string, at: string, step: string): string {
  return `${at} = advance(${at}, ${step}, ${input}TexShape.y)`;
}

/** The value at a texel. */
export function load(input: string, texel: string): string {
  return `texelFetch(${input}, ${texel}, 0).r`;
}

/** The value at a flat index, for use outside loops. */
export function loadAt(input: string, flatIndex: string): string {
  return load(input, texelOf(input, flatIndex));
}
