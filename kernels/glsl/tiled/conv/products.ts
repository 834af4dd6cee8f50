// acc += w * v: four output channels of the input channels in a texel. It is written as a product with a matrix, which
// SwiftShader computes twice as fast as four products with broadcasts (15.8 against 8.2 GMAC/s); on GPUs the two are
// the same code.

/** A matrix of the weights w0, w1, ... of `lanes` input channels. */
export function weightMatrix(lanes: number): string {
  return lanes === 1 ? 'w0' : `${matrixType(lanes)}(${['w0', 'w1', 'w2', 'w3'].slice(0, lanes).join(', ')})`;
}

export function matrixType(lanes: number): string {
  return lanes === 1 ? 'vec4' : `mat${lanes}x4`;
}

/** The first `lanes` channels of a texel. */
export function lanesOf(value: string, lanes: number): string {
  return lanes === 4 ? value : `${value}.${'xyzw'.slice(0, lanes)}`;
}
