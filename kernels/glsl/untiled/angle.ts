// sin, cos and tan of any float. What a GPU computes by itself may be off by 2^-11 even for small angles (the Vulkan
// specification allows it), and loses all digits of large ones.
//
// x = (q + f) pi / 2 with an integer q and -1/2 <= f < 1/2, after M. Payne and R. Hanek, "Radian reduction for
// trigonometric functions" (1983): the mantissa of x times those bits of 2 / pi that are not multiples of 4. It takes
// integers alone, so no compiler can reorder it. Taylor polynomials of f pi / 2 follow, whose error is below 1e-9.

import { float } from './kernel.js';

/** The bits of 2 / pi in words, behind 32 zeros. */
const twoOverPi = [...[0, 0xa2f9836e, 0x4e441529, 0xfc2757d1], ...[0xf534ddc0, 0xdb629599, 0x3c439041, 0xfe5163ab]];

/** 1 / n! with the sign that the series of sin and cos give it. */
function taylor(n: number): string {
  let factorial = 1;
  for (let i = 2; i <= n; i++) factorial *= i;
  return float((n % 4 < 2 ? 1 : -1) / factorial);
}

/** c[0] + z (c[1] + z (c[2] + ...)) */
export function polynomial(z: string, coefficients: readonly string[]): string {
  return coefficients.reduceRight((rest, c) => `${c} + ${z} * (${rest})`);
}

const polynomials = `
// (sin, cos) of an angle in [-pi / 4, pi / 4] and q right angles.
vec2 sinCosOf(float angle, int q) {
  float z = angle * angle;
  float s = angle * (${polynomial('z', [1, 3, 5, 7, 9].map(taylor))});
  float c = ${polynomial('z', [0, 2, 4, 6, 8, 10].map(taylor))};
  vec2 point = (q & 1) == 0 ? vec2(s, c) : vec2(c, -s);
  return (q & 2) == 0 ? point : -point;
}
`;

/** `vec2 sinCosOfTurn(int i, int n)`: of i / n of a turn, 0 <= i < n. */
export const turnSource = `${polynomials}
vec2 sinCosOfTurn(int i, int n) {
  int q = (4 * i + n / 2) / n;
  return sinCosOf(float(4 * i - q * n) / float(n) * ${float(Math.PI / 2)}, q);
}
`;

/** `vec2 sinCos(float x)`; NaN for what is not finite. */
export const angleSource = `${polynomials}
const uint twoOverPi[8] = uint[8](${twoOverPi.map((word) => `${word}u`).join(', ')});

// The upper 32 bits of a product.
uint upper(uint a, uint b) {
  uint a0 = a & 0xffffu, a1 = a >> 16, b0 = b & 0xffffu, b1 = b >> 16;
  uint middle = a1 * b0 + ((a0 * b0) >> 16);
  uint other = a0 * b1 + (middle & 0xffffu);
  return a1 * b1 + (middle >> 16) + (other >> 16);
}

// 32 bits of 2 / pi, from one that counts from the first of the zeros.
uint bitsOf(int from) {
  int word = from >> 5, shift = from & 31;
  uint rest = shift == 0 ? 0u : twoOverPi[word + 1] >> (32 - shift);
  return (twoOverPi[word] << shift) | rest;
}

// (f pi / 2, q) of a number from pi / 4 on.
void quadrant(float x, out float angle, out int q) {
  uint bits = floatBitsToUint(x);
  uint mantissa = (bits & 0x7fffffu) | 0x800000u;
  int from = int(bits >> 23) - 120;
  uint middle = bitsOf(from + 32);
  uint low = mantissa * middle;
  uint sum = low + upper(mantissa, bitsOf(from + 64));
  uint high = mantissa * bitsOf(from) + upper(mantissa, middle) + (sum < low ? 1u : 0u);
  int f = int((high << 2) | (sum >> 30));
  q = int(high >> 30) + (f < 0 ? 1 : 0);
  angle = (float(f) + float(sum << 2) * ${float(2 ** -32)}) * ${float((Math.PI / 2) * 2 ** -32)};
}

vec2 sinCos(float x) {
  if ((floatBitsToUint(x) & 0x7f800000u) == 0x7f800000u) return vec2(uintBitsToFloat(0x7fc00000u));
  float angle = abs(x);
  int q = 0;
  if (angle >= ${float(Math.PI / 4)}) quadrant(angle, angle, q);
  vec2 point = sinCosOf(angle, q);
  return x < 0.0 ? vec2(-point.x, point.y) : point;
}
`;
