// Functions of one number on TensorFlow.js's textures, for the kernels of its backend that are wrong somewhere: what it
// computes is `log(1.0 + x)` and the like, in which NaN, infinities, small and large numbers are lost.
//
// GLSL ES 3.00 leaves undefined what exp() and log() make of NaN, what log() makes of 0 and of negative numbers, and how
// exact sin(), atan() and the others are. So NaN goes around them, and only exp, log and sqrt of ordinary numbers are
// left to the GPU.

import { type Activation, activations, isActivation } from '../../activation.js';
import { activationSource } from '../activations.js';
import { angleSource, polynomial } from './angle.js';
import { float } from './kernel.js';

/** 1 / 1, -1 / 3, 1 / 5, ...: the series of atan(x) / x, or of atanh(x) / x with `sign` 1. */
function oddReciprocals(count: number, sign: 1 | -1): string[] {
  return Array.from({ length: count }, (_, i) => float(sign ** i / (2 * i + 1)));
}

/** 1 / 1!, 1 / (1 + step)!, ...: exp without its 1 for step 1, sinh for step 2. */
function reciprocalFactorials(count: number, step: 1 | 2): string[] {
  const coefficients: number[] = [1];
  for (let n = 1; coefficients.length < count; n += step) {
    const last = coefficients[coefficients.length - 1];
    coefficients.push(step === 1 ? last / (n + 1) : last / ((n + 1) * (n + 2)));
  }
  return coefficients.map(float);
}

/** `log1pOf` for finite x above -1, `asinhOf` for x from 0 on, and the two constants. */
export const logSource = `
const float infinity = uintBitsToFloat(0x7f800000u);
const float notANumber = uintBitsToFloat(0x7fc00000u);

// 2 atanh(x / (2 + x)) near 0.
float log1pOf(float x) {
  float s = x / (2.0 + x);
  float near = 2.0 * s * (${polynomial('s * s', oddReciprocals(7, 1))});
  return abs(x) < 0.4 ? near : log(1.0 + x);
}

// log(x + sqrt(x^2 + 1)); far out it is log(2 x).
float asinhOf(float x) {
  if (x > 1e8) return x < infinity ? log(x) + ${float(Math.LN2)} : x;
  return log1pOf(x + x * x / (1.0 + sqrt(x * x + 1.0)));
}
`;

/** `float atanOf(float x)`, by halving the angle until the series is good to 1e-8. */
export const atanSource = `
float atanOf(float x) {
  float t = abs(x);
  bool isSteep = t > 1.0;
  t = isSteep ? 1.0 / t : t;
  bool isTurned = t > ${float(Math.tan(Math.PI / 8))};
  t = isTurned ? (t - 1.0) / (t + 1.0) : t;
  float z = t * t;
  float angle = t * (${polynomial('z', oddReciprocals(9, -1))});
  angle = isTurned ? ${float(Math.PI / 4)} + angle : angle;
  angle = isSteep ? ${float(Math.PI / 2)} - angle : angle;
  return x < 0.0 ? -angle : angle;
}
`;

/** (e^x - e^-x) / 2 and (e^x + e^-x) / 2, of which e^x alone may overflow. */
const hyperbolicSource = `
float halfExp(float x) {
  float root = exp(0.5 * x);
  return 0.5 * root * root;
}
`;

interface Body {
  readonly helpers?: string;
  /** Statements that return the value for a `float x` that is a number. */
  readonly body: string;
}

const bodies = {
  acos: {
    helpers: atanSource,
    body: `if (abs(x) > 1.0) return uintBitsToFloat(0x7fc00000u);
  return x == -1.0 ? ${float(Math.PI)} : 2.0 * atanOf(sqrt((1.0 - x) / (1.0 + x)));`,
  },
  acosh: {
    helpers: logSource,
    body: `if (x < 1.0) return notANumber;
  if (x > 1e8) return x < infinity ? log(x) + ${float(Math.LN2)} : x;
  float t = x - 1.0;
  return log1pOf(t + sqrt(2.0 * t + t * t));`,
  },
  asin: {
    helpers: atanSource,
    body: `if (abs(x) > 1.0) return uintBitsToFloat(0x7fc00000u);
  return abs(x) == 1.0 ? x * ${float(Math.PI / 2)} : atanOf(x / sqrt((1.0 - x) * (1.0 + x)));`,
  },
  asinh: { helpers: logSource, body: 'return x < 0.0 ? -asinhOf(-x) : asinhOf(x);' },
  atan: { helpers: atanSource, body: 'return atanOf(x);' },
  atanh: {
    helpers: logSource,
    body: `float a = abs(x);
  if (a >= 1.0) return a > 1.0 ? notANumber : x * infinity;
  float y = 0.5 * log1pOf(2.0 * a / (1.0 - a));
  return x < 0.0 ? -y : y;`,
  },
  cos: { helpers: angleSource, body: 'return sinCos(x).y;' },
  cosh: {
    helpers: hyperbolicSource,
    body: `float a = abs(x);
  return halfExp(a) + 0.5 * exp(-a);`,
  },
  expm1: {
    body: `if (abs(x) < 0.5) return x * (${polynomial('x', reciprocalFactorials(9, 1))});
  return exp(x) - 1.0;`,
  },
  log1p: {
    helpers: logSource,
    body: `if (x <= -1.0) return x < -1.0 ? notANumber : -infinity;
  return x < infinity ? log1pOf(x) : x;`,
  },
  clip: { body: 'return x < parameters.x ? parameters.x : (x > parameters.y ? parameters.y : x);' },
  reciprocal: { body: 'return 1.0 / x;' },
  sin: { helpers: angleSource, body: 'return sinCos(x).x;' },
  sinh: {
    helpers: hyperbolicSource,
    body: `float a = abs(x);
  float y = a < 1.0 ? a * (${polynomial('a * a', reciprocalFactorials(6, 2))}) : halfExp(a) - 0.5 * exp(-a);
  return x < 0.0 ? -y : y;`,
  },
  tan: {
    helpers: angleSource,
    body: `vec2 ofAngle = sinCos(x);
  return ofAngle.x / ofAngle.y;`,
  },
} as const satisfies Readonly<Record<string, Body>>;

/** An activation but for PReLU, which has two operands, or another function. */
export type UntiledUnaryName = keyof typeof bodies | Exclude<Activation, 'prelu'> | 'identity';

export const untiledUnaryNames = [
  ...Object.keys(bodies),
  'identity',
  ...activations.filter((name) => name !== 'prelu'),
].sort() as readonly UntiledUnaryName[];

/**
 * `float toInt(float x)`: the integer of 32 bits that JavaScript makes of a float. It drops the fraction, keeps the last
 * 32 bits, and makes 0 of what is not finite. Needs the helpers of nan.ts.
 */
export const toIntSource = `
float toInt(float x) {
  if ((floatBitsToUint(x) & 0x7f800000u) == 0x7f800000u) return 0.0;
  float whole = trunc(x);
  if (abs(whole) < 2147483648.0) return whole;
  float low = whole - 4294967296.0 * floor(whole / 4294967296.0);
  return low < 2147483648.0 ? low : low - 4294967296.0;
}
`;

/** Functions that read the uniform `vec2 parameters`: the limits of `clip`, the slope of `leakyrelu`. */
export const parametrized: ReadonlySet<UntiledUnaryName> = new Set(['clip', 'leakyrelu']);

/** Expressions over `vec4 x` for the functions that networks call most, where four numbers at once are faster. */
export const unaryVectors: Partial<Record<UntiledUnaryName, string>> = {
  clip: 'keepNaN(clamp(x, parameters.x, parameters.y), x)',
  leakyrelu: 'mix(x, parameters.x * x, lessThan(x, vec4(0.0)))',
  relu: 'keepNaN(max(x, 0.0), x)',
  relu6: 'keepNaN(clamp(x, 0.0, 6.0), x)',
};

/** `float f(float x)` without the helpers of nan.ts. NaN stays NaN. */
export function untiledUnarySource(name: UntiledUnaryName): string {
  if (name === 'identity') return '\nfloat f(float x) {\n  return x;\n}\n';
  if (isActivation(name)) {
    const slope = parametrized.has(name) ? 'parameters.x' : '0.0';
    return `${activationSource(name, 'activation')}
float f(float x) {
  return activation(x, ${slope});
}
`;
  }
  const { helpers = '', body }: Body = bodies[name];
  return `${helpers}
float ofNumber(float x) {
  ${body}
}

float f(float x) {
  return keepNaN(ofNumber(x), x);
}
`;
}
