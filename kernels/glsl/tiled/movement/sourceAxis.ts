// Where the pixels of an output come from, for one side (rows or columns) at a time: output index i is input index
// floor((i * step + offset) / divisor). Slices and frames have divisor 1, resizes a ratio of sizes; whole numbers, so that
// no rounding decides which pixel is read.

export interface Side {
  readonly step: number;
  readonly offset: number;
  readonly divisor: number;
  /** What an index outside the input is turned into; default: it stays outside. */
  readonly mirror?: 'reflect' | 'symmetric';
}

/** The ivec4 uniform that `sourceOf` takes. */
export function sideInts({ step, offset, divisor, mirror }: Side): readonly number[] {
  return [step, offset, divisor, mirror === undefined ? -1 : mirror === 'reflect' ? 0 : 1];
}

/** floor(a / b) for b > 0, which GLSL's own division is not for a < 0; quotients up to 2^20 in size. */
export const floorDivideSource = `
int floorDivide(int a, int b) {
  int quotient = int(floor(float(a) / float(b)));
  int rest = a - quotient * b; // of a quotient that rounding may have put one off
  return quotient + (rest >= b ? 1 : 0) - (rest < 0 ? 1 : 0);
}
`;

/** A function to put before main, after floorDivideSource: the input index of output index i; `size` is the input's. */
export const sourceOfSource = `
int sourceOf(int i, ivec4 side, int size) {
  int at = side.z == 1 ? i * side.x + side.y : floorDivide(i * side.x + side.y, side.z);
  if (side.w < 0) return at;
  int mirrored = at < 0 ? -at - side.w : at;
  return mirrored < size ? mirrored : 2 * (size - 1) - mirrored + side.w;
}
`;
