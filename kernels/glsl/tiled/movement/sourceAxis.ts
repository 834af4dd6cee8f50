// Where the pixels of an output come from, along one axis (rows or columns): output index i is input index
// floor((i * step + offset) / divisor). Slices and padding have divisor 1, a resize has a ratio of sizes. All are whole
// numbers, so that no rounding decides which pixel is read.

export interface SourceAxis {
  readonly step: number;
  readonly offset: number;
  readonly divisor: number;
  /** How an index outside the input is mirrored into it; default: it stays outaxis. */
  readonly mirror?: 'reflect' | 'symmetric';
}

/** The ivec4 uniform that `sourceOf` takes. */
export function axisVector({ step, offset, divisor, mirror }: SourceAxis): readonly [number, number, number, number] {
  return [step, offset, divisor, mirror === undefined ? -1 : mirror === 'reflect' ? 0 : 1];
}

/** floor(a / b) for b > 0, which GLSL's own division is not for a < 0; quotients up to 2^20 in size. */
export const floorDivideSource = `
int floorDivide(int a, int b) {
  int quotient = int(floor(float(a) / float(b)));
  int rest = a - quotient * b; // rounding may have put the quotient one off
  return quotient + (rest >= b ? 1 : 0) - (rest < 0 ? 1 : 0);
}
`;

/** A function to put before main, after floorDivideSource: the input index of output index i in an input of `size`. */
export const sourceOfSource = `
int sourceOf(int i, ivec4 axis, int size) {
  int at = axis.z == 1 ? i * axis.x + axis.y : floorDivide(i * axis.x + axis.y, axis.z);
  if (axis.w < 0) return at;
  int mirrored = at < 0 ? -at - axis.w : at;
  return mirrored < size ? mirrored : 2 * (size - 1) - mirrored + axis.w;
}
`;
