// NaN by its bits. Of comparisons a compiler may assume that there is none: Mesa makes a minimum of `x > most ? most : x`,
// which is `most` where x is NaN, and others make `false` of isnan(). A convolution whose sums are NaN would give infinity,
// or 6 after relu6, and nobody would notice.

/** `isNaN(x)` and `keepNaN(y, x)` (y, but x where x is NaN) of a float and of a vec4; include once. */
export const nanSource = `
bool isNaN(float x) {
  return (floatBitsToUint(x) & 0x7fffffffu) > 0x7f800000u;
}

bvec4 isNaN(vec4 x) {
  return greaterThan(floatBitsToUint(x) & 0x7fffffffu, uvec4(0x7f800000u));
}

float keepNaN(float y, float x) {
  return isNaN(x) ? x : y;
}

vec4 keepNaN(vec4 y, vec4 x) {
  return mix(y, x, isNaN(x));
}
`;
