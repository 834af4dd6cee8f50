// The accuracy of the elementwise functions, and their results for special values.

import { expect } from 'chai';
import { activations } from '../../../../kernels/activation.js';
import { scalarActivation } from '../../../../kernels/js/activations.js';
import { activate } from '../../../../kernels/wasm/elementwise/activate.js';
import type { UnaryName } from '../../../../kernels/wasm/elementwise/unary.js';
import { applyUnary, concat, describeVariants, outputOf, specials } from '../../../support/cpu/runElementwise.js';

/** Error in units of the last place of `want`. NaN and infinities must be equal. */
function ulps(got: number, want: number): number {
  const rounded = Math.fround(want);
  if (Object.is(got, rounded) || got === rounded || (Number.isNaN(got) && Number.isNaN(want))) return 0;
  if (!Number.isFinite(got) || !Number.isFinite(rounded)) return Number.POSITIVE_INFINITY;
  const exponent = Math.max(Math.floor(Math.log2(Math.abs(want) || Number.MIN_VALUE)), -126);
  return Math.abs(got - want) / 2 ** (exponent - 23);
}

/** The power series, and 1 or -1 where float32 has no other value. */
function erf64(x: number): number {
  const t = Math.abs(x);
  if (Number.isNaN(x) || t > 4) return Number.isNaN(x) ? x : Math.sign(x);
  let sum = 0;
  let term = x;
  for (let n = 0; n < 150; n++) {
    sum += term / (2 * n + 1);
    term *= (-x * x) / (n + 1);
  }
  return (2 / Math.sqrt(Math.PI)) * sum;
}

interface Accuracy {
  readonly name: UnaryName;
  readonly f: (x: number) => number;
  readonly ulps: number;
  /** Results below this may be 0. */
  readonly tiny?: number;
}

const sigmoid64 = (x: number) => 1 / (1 + Math.exp(-x));
const accuracies: readonly Accuracy[] = [
  { name: 'exp', f: Math.exp, ulps: 1.5 },
  { name: 'expm1', f: Math.expm1, ulps: 2 },
  { name: 'log', f: Math.log, ulps: 1 },
  { name: 'log1p', f: Math.log1p, ulps: 1 },
  { name: 'sigmoid', f: sigmoid64, ulps: 3, tiny: 1.3e-38 },
  { name: 'tanh', f: Math.tanh, ulps: 3 },
  { name: 'erf', f: erf64, ulps: 2 },
  { name: 'elu', f: (x) => (x < 0 ? Math.expm1(x) : x), ulps: 1.5 },
  { name: 'softplus', f: (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))), ulps: 3, tiny: 1.3e-38 },
  { name: 'silu', f: (x) => x * sigmoid64(x), ulps: 4, tiny: 2e-36 },
  { name: 'rsqrt', f: (x) => 1 / Math.sqrt(x), ulps: 1.5 },
  { name: 'reciprocal', f: (x) => 1 / x, ulps: 0.5 },
];

/** Every exponent and sign with many fractions, then the ranges where the functions are not almost constant. */
function dense(): Float32Array {
  const perSign = 255 * 500;
  const words = Uint32Array.from({ length: 2 * perSign }, (_, i) => {
    const [sign, rest] = [i >= perSign ? 1 : 0, i % perSign];
    const fraction = (Math.imul(rest, 0x9e3779b1) >>> 9) & 0x7fffff;
    return ((sign << 31) | (Math.floor(rest / 500) << 23) | fraction) >>> 0;
  });
  const ranges = [1, 20, 110].flatMap((most) => Array.from({ length: 100_000 }, (_, i) => (i / 50_000 - 1) * most));
  return concat([specials, new Float32Array(words.buffer), Float32Array.from(ranges)]);
}

describeVariants('elementwise functions', (device) => {
  for (const { name, f, ulps: most, tiny = 0 } of accuracies) {
    it(`${name}: at most ${most} units in the last place`, () => {
      const x = dense();
      const y = applyUnary(device(), name, x);
      for (let i = 0; i < x.length; i++) {
        const want = f(x[i]);
        const isTiny = Math.abs(want) < tiny && Math.abs(y[i]) < tiny;
        const error = isTiny ? 0 : ulps(y[i], want);
        if (!(error <= most)) expect.fail(`${name}(${x[i]}): received ${y[i]}, want ${want}, ${error} ulp`);
      }
    });
  }

  it('every activation as in kernels/js, also for special values', () => {
    const x = concat([specials, Float32Array.from({ length: 4000 }, (_, i) => i / 100 - 20)]);
    for (const activation of activations) {
      if (activation === 'prelu') continue;
      const f = scalarActivation(activation, 0.3);
      const y = outputOf(device(), activation, x.length, (at) => {
        device().floats(at, x.length).set(x);
        activate(device(), { activation, leakyAlpha: 0.3 }, at, x.length);
      });
      for (let i = 0; i < x.length; i++) {
        const want = f(x[i]);
        const isClose =
          Math.abs(y[i] - want) <= 5e-7 * Math.max(Math.abs(want), 1e-1) ||
          y[i] === Math.fround(want) ||
          (Number.isNaN(y[i]) && Number.isNaN(want));
        if (!isClose) expect.fail(`${activation}(${x[i]}): received ${y[i]}, want ${want}`);
      }
    }
  });
});
