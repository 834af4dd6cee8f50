// activation(x) in GLSL. The activation is a uniform, not shader text: one program serves every layer of a model.

import { type Activation, activationCode, erf, seluAlpha, seluScale } from '../activation.js';
import { float } from './untiled/kernel.js';

const [a1, a2, a3, a4, a5] = erf.a.map(float);

/**
 * Body of each activation as an expression or statements over `x`; `slope` is the PReLU weight or the leaky slope.
 * The caller takes care of NaN. Exponentials are written so that they cannot overflow.
 */
const bodies: Record<Activation, string> = {
  linear: 'return x;',
  relu: 'return x < 0.0 ? 0.0 : x;',
  relu6: 'return clip6(x);',
  elu: 'return x < 0.0 ? exp(x) - 1.0 : x;',
  prelu: 'return x < 0.0 ? slope * x : x;',
  leakyrelu: 'return x < 0.0 ? slope * x : x;',
  sigmoid: 'return logistic(x);',
  selu: `return ${float(seluScale)} * (x < 0.0 ? ${float(seluAlpha)} * (exp(x) - 1.0) : x);`,
  gelu: 'return x < 0.0 ? 0.5 * x * erfTail(x) : 0.5 * x * (2.0 - erfTail(x));',
  gelu_approximate: `return 0.5 * x * (1.0 + tanhSafe(${float(Math.sqrt(2 / Math.PI))} * (x + 0.044715 * x * x * x)));`,
  silu: 'return x * logistic(x);',
  tanh: 'return tanhSafe(x);',
  softplus: 'return max(x, 0.0) + log(1.0 + exp(-abs(x)));',
  softsign: 'return x / (1.0 + abs(x));',
  exponential: 'return exp(x);',
  hard_sigmoid: 'return clip6(x + 3.0) / 6.0;',
  hard_silu: 'return x * clip6(x + 3.0) / 6.0;',
  // x tanh(log(1 + e^x)) with the logarithm and the tanh cancelled out
  mish: `float e = exp(-abs(x));
        return x < 0.0
          ? x * (e * e + 2.0 * e) / (e * e + 2.0 * e + 2.0)
          : x * (1.0 + 2.0 * e) / (1.0 + 2.0 * e + 2.0 * e * e);`,
};

const cases = (Object.keys(bodies) as Activation[]).map((name) => {
  return `      case ${activationCode(name)}: { // ${name}
        ${bodies[name]}
      }`;
});

/** Functions that the bodies call. */
export const activationHelpers = `
float clip6(float x) {
  return x < 0.0 ? 0.0 : (x > 6.0 ? 6.0 : x);
}

float logistic(float x) {
  return 1.0 / (1.0 + exp(-x));
}

// The built-in tanh overflows on some drivers.
float tanhSafe(float x) {
  float e = exp(-2.0 * abs(x));
  return sign(x) * (1.0 - e) / (1.0 + e);
}

// 1 - erf(|x| / sqrt(2)), Abramowitz and Stegun 7.1.26
float erfTail(float x) {
  float z = abs(x) * ${float(Math.SQRT1_2)};
  float t = 1.0 / (1.0 + ${float(erf.p)} * z);
  return t * (${a1} + t * (${a2} + t * (${a3} + t * (${a4} + t * ${a5})))) * exp(-z * z);
}
`;

/** `float activate(int code, float x, float slope)` and its helpers, without those of nan.ts. NaN stays NaN. */
export const activateSource = `${activationHelpers}
float activateNumber(int code, float x, float slope) {
  switch (code) {
${cases.join('\n')}
  }
  return x;
}

float activate(int code, float x, float slope) {
  return keepNaN(activateNumber(code, x, slope), x);
}
`;

/** `float <name>(float x, float slope)` of one activation, and its helpers, without those of nan.ts. NaN stays NaN. */
export function activationSource(activation: Activation, name: string): string {
  return `${activationHelpers}
float ${name}Number(float x, float slope) {
  ${bodies[activation]}
}

float ${name}(float x, float slope) {
  return keepNaN(${name}Number(x, slope), x);
}
`;
}
