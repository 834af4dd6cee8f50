// Functions of two numbers on TensorFlow.js's textures, for the kernels of its backend that are wrong somewhere. Its
// quotient of two zeros is 1, its whole quotient is computed with integers, its remainder is lost in the rounding of a
// quotient, and powers and angles are those of GLSL, which leaves negative bases and zeros undefined.

import { float } from './kernel.js';
import { atanSource, logSource } from './unary.js';

/** The remainder for |x| and |y| is exact: what is subtracted is y times a power of 2 and at least half of what it is subtracted from. */
const remainderSource = `
float remainderOf(float x, float y) {
  float rest = abs(x), by = abs(y);
  if (isInfinite(rest) || by == 0.0) return uintBitsToFloat(0x7fc00000u);
  if (isInfinite(by)) return rest;
  float step = by;
  // No more steps than floats have exponents: a GPU may take the smallest numbers for 0.
  for (int i = 0; i < 280 && step <= 0.5 * rest; i++) step *= 2.0;
  for (; step >= by; step *= 0.5) rest = rest >= step ? rest - step : rest;
  return rest;
}

// The rest has the sign of b.
float floorRemainder(float a, float b) {
  float rest = remainderOf(a, b);
  rest = a < 0.0 ? -rest : rest;
  return rest != 0.0 && (a < 0.0) != (b < 0.0) ? rest + b : rest;
}
`;

const finiteSource = `
bool isInfinite(float x) {
  return (floatBitsToUint(x) & 0x7fffffffu) == 0x7f800000u;
}
`;

/** Products are exact for whole numbers, which exp2(b log2(a)) is not: it may give 8.999999 for 3^2. */
const powerSource = `
float powerOf(float base, float exponent) {
  float x = base;
  float y = 1.0;
  for (int n = int(abs(exponent)); n > 0; n >>= 1) {
    y = (n & 1) == 1 ? y * x : y;
    x *= x;
  }
  return exponent < 0.0 ? 1.0 / y : y;
}
`;

interface Body {
  readonly helpers?: string;
  /** Statements that return the value for `a` and `b` that are numbers. */
  readonly body: string;
}

const bodies = {
  atan2: {
    helpers: `${finiteSource}${atanSource}`,
    body: `float y = abs(a), x = abs(b);
  float angle = y == x ? (y == 0.0 ? 0.0 : ${float(Math.PI / 4)}) : atanOf(y / x);
  if (floatBitsToInt(b) < 0) angle = ${float(Math.PI)} - angle;
  return floatBitsToInt(a) < 0 ? -angle : angle;`,
  },
  // A quotient of equals is exactly 1, however the hardware divides.
  divide: { helpers: finiteSource, body: 'return a == b && a != 0.0 && !isInfinite(a) ? 1.0 : a / b;' },
  // a is the gradient, b the value of the function.
  eluGrad: { body: 'return b < 0.0 ? a * (b + 1.0) : a;' },
  // As in TensorFlow.js the result is an integer, which is 0 for what is not finite.
  // What is left without the exact rest is b times a whole number, of which the division leaves no doubt.
  floorDiv: {
    helpers: `${finiteSource}${remainderSource}`,
    body: `if (b == 0.0 || isInfinite(a)) return 0.0;
  if (isInfinite(b)) return floor(a / b);
  float q = floor((a - floorRemainder(a, b)) / b + 0.5);
  return isInfinite(q) ? 0.0 : q;`,
  },
  // The length of a complex number. An infinity wins over NaN, as in Math.hypot().
  hypot: {
    helpers: finiteSource,
    body: `if (isInfinite(a) || isInfinite(b)) return uintBitsToFloat(0x7f800000u);
  float most = max(abs(a), abs(b));
  float share = min(abs(a), abs(b)) / most;
  return most == 0.0 ? 0.0 : most * sqrt(1.0 + share * share);`,
  },
  mod: {
    helpers: `${finiteSource}${remainderSource}`,
    body: 'return floorRemainder(a, b);',
  },
  prelu: { body: 'return a < 0.0 ? b * a : a;' },
  // As Math.pow(), which gives NaN for 1 and -1 to the power of an infinity.
  pow: {
    helpers: `${finiteSource}${logSource}${powerSource}`,
    body: `if (b == 0.0) return 1.0;
  float size = abs(a);
  if (isInfinite(b)) return size == 1.0 ? notANumber : ((size > 1.0) == (b > 0.0) ? infinity : 0.0);
  float whole = trunc(b);
  float rest = b - whole;
  if (rest == 0.0 && abs(b) <= 64.0) return powerOf(a, b);
  if (a < 0.0 && rest != 0.0 && a > -infinity) return notANumber;
  float y;
  if (size == 0.0 || isInfinite(a)) y = (size == 0.0) == (b > 0.0) ? 0.0 : infinity;
  else if (abs(b) <= 64.0) y = powerOf(size, whole) * exp2(rest * log2(size));
  else y = exp(b * log1pOf(size - 1.0));
  bool isOdd = rest == 0.0 && abs(b) < 16777216.0 && (int(abs(b)) & 1) == 1;
  return a < 0.0 && isOdd ? -y : y;`,
  },
} as const satisfies Readonly<Record<string, Body>>;

export type UntiledBinaryName = keyof typeof bodies;

export const untiledBinaryNames = Object.keys(bodies) as readonly UntiledBinaryName[];

/** What is NaN where one operand is; all but a power of 0. */
const nanRule: Partial<Record<UntiledBinaryName, string>> = {
  hypot: '(isNaN(a) && !isInfinite(b)) || (isNaN(b) && !isInfinite(a))',
  pow: 'isNaN(b) || (isNaN(a) && b != 0.0)',
  prelu: 'isNaN(a) || (isNaN(b) && a < 0.0)',
};

/** Expressions over `vec4 a, b`, see unary.ts. 0 / 0 and inf / inf stay NaN. */
export const binaryVectors: Partial<Record<UntiledBinaryName, string>> = {
  divide: 'keepNaN(mix(a / b, vec4(1.0), equal(a, b)), a / b)',
  prelu: 'mix(a, b * a, lessThan(a, vec4(0.0)))',
};

/** `float f(float a, float b)` without the helpers of nan.ts. */
export function untiledBinarySource(name: UntiledBinaryName): string {
  const { helpers = '', body }: Body = bodies[name];
  const ofNaN = name === 'floorDiv' ? '0.0' : 'uintBitsToFloat(0x7fc00000u)';
  return `${helpers}
float ofNumbers(float a, float b) {
  ${body}
}

float f(float a, float b) {
  return ${nanRule[name] ?? 'isNaN(a) || isNaN(b)'} ? ${ofNaN} : ofNumbers(a, b);
}
`;
}
