// NaN by its bits. A compiler may assume that comparisons meet no NaN: Mesa turns `x > most ? most : x` into a minimum,
// which is `most` where x is NaN, and others turn isnan() into `false`. A convolution whose sums are NaN would then
// give infinity, or 6 after relu6, and nobody would notice.

/** `isNaN(x)` and `keepNaN(y, x)` (y, but x where x is NaN), for a float and for a vec4; include once. */
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
