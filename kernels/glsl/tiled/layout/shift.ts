// Four channels that begin in the middle of a texel and end in the next one.

/**
 * A function to put before main: the four values from value `by` (0 to 3) of `low` on, of the eight of `low` and
 * `high`.
 */
export const shiftSource = `
vec4 shift(vec4 low, vec4 high, int by) {
  vec4 one = vec4(low.yzw, high.x);
  vec4 two = vec4(low.zw, high.xy);
  vec4 three = vec4(low.w, high.xyz);
  return by == 0 ? low : by == 1 ? one : by == 2 ? two : three;
}
`;
