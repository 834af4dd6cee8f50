// The mean of equal values is that value, and what is left of them when it is subtracted is exactly 0, as a variance must
// be. A plain sum, divided, is off by some last digits. So where a mean comes out beside the first of its values, it is
// computed again, from what the values are above that one:
//
//   mean = first + sum(x - first) / n
//
// Values that are near to each other and far from 0 lose no digits so. Other means pay a comparison.
//
// The sum of huge values overflows where their mean does not. So a mean that is not finite is computed again, too, as the
// sum of values that were divided before.

/**
 * `isNear(mean, first, n)`, for a float and, by component, for a vec4: whether a mean of n values differs from `first`, by
 * no more than the rounding of a sum may make of it. `apartFrom(mean, first, n)`, for vec4: below 0 where it is near, or
 * equal and not 0. `isLost(x)`, by component: whether x is infinite or NaN. `moved(mean, first, rest, near)`: first + rest
 * where that is near and a number. Include once.
 */
export const nearSource = `
bool isLost(float x) {
  return (floatBitsToUint(x) & 0x7f800000u) == 0x7f800000u;
}

bvec4 isLost(vec4 x) {
  return equal(floatBitsToUint(x) & 0x7f800000u, uvec4(0x7f800000u));
}

vec4 moved(vec4 mean, vec4 first, vec4 rest, bvec4 near) {
  return mix(mean, mix(first + rest, mean, isLost(rest)), near);
}

bool isNear(float mean, float first, float n) {
  return mean != first && abs(mean - first) <= abs(first) * min(n * 1.2e-7, 1e-3);
}

vec4 apartFrom(vec4 mean, vec4 first, float n) {
  return abs(mean - first) - abs(first) * min(n * 1.2e-7, 1e-3);
}

bvec4 isNear(vec4 mean, vec4 first, float n) {
  vec4 apart = apartFrom(mean, first, n);
  return bvec4(
    mean.x != first.x && apart.x <= 0.0,
    mean.y != first.y && apart.y <= 0.0,
    mean.z != first.z && apart.z <= 0.0,
    mean.w != first.w && apart.w <= 0.0
  );
}
`;
