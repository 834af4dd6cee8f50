// The case table and the random cases as the tests use them, and how close a result must come.

import { expect } from 'chai';
import type { Conv } from '../../kernels/conv.js';
import { type Padding, resolveConv } from '../../src/core/conv.js';
import type { ConvCase } from './convCase.js';
import { convCases } from './convCases.js';
import { randomCases } from './randomCases.js';
import { type ReferenceResult, wShape, xShape } from './reference.js';

export interface CaseSet {
  readonly title: string;
  readonly cases: readonly ConvCase[];
}

/** Another seed gives other cases; the title tells which were run. */
export const randomSeed = 20261;
export const randomCount = 300;

export const caseSets: readonly CaseSet[] = [
  { title: `${convCases.length} cases`, cases: convCases },
  { title: `${randomCount} random cases, seed ${randomSeed}`, cases: randomCases(randomCount, randomSeed) },
];

/**
 * The cases that the suites of ops run on a backend. The official WebGL programs are compiled anew for each shape, a tenth of a second
 * each on a software renderer, so there it is a part of the cases; the kernels themselves run on all of them
 * (glslKernels.browser.test.ts).
 */
export function caseSetsFor(backend: string): readonly CaseSet[] {
  if (backend !== 'convnet-webgl') return caseSets;
  return caseSets.map(({ title, cases }) => {
    return { title: `one in 5 of ${title}`, cases: cases.filter((_, i) => i % 5 === 0) };
  });
}

/** A case's padding as the ops take it. */
export function padOf({ pad, dataFormat }: ConvCase): Padding {
  if (typeof pad !== 'object') return pad;
  const rows = [pad.top, pad.bottom] as const;
  const columns = [pad.left, pad.right] as const;
  return dataFormat === 'NHWC' ? [[0, 0], rows, columns, [0, 0]] : [[0, 0], [0, 0], rows, columns];
}

/** A case resolved by the code under test. */
export function resolved(c: ConvCase): Conv {
  return resolveConv({
    where: c.name,
    xShape: xShape(c),
    filterShape: wShape(c),
    strides: c.strides,
    pad: padOf(c),
    dataFormat: c.dataFormat,
    dilations: c.dilations,
    dimRoundingMode: c.dimRoundingMode,
  });
}

/**
 * What `make` gives for a case, made once: every kernel, and every variant of it, computes with the same operands and is held against
 * the same reference, which takes longer than the kernels. Nobody may change it.
 */
export function perCase<T>(make: (c: ConvCase) => T): (c: ConvCase) => T {
  const made = new WeakMap<ConvCase, T>();
  return (c) => {
    const known = made.get(c);
    if (known !== undefined) return known;
    const value = make(c);
    made.set(c, value);
    return value;
  };
}

const float32Epsilon = 2 ** -23;

/**
 * Sums of n products in float32 differ from the exact sum by at most n*epsilon*sum|x*w|; the cases have few products, so
 * 16*epsilon of that sum is a bound that one wrong tap breaks and rounding does not.
 */
export function expectClose(name: string, actual: ArrayLike<number>, expected: ReferenceResult, slack = 16): void {
  expect(actual.length, `${name}: number of values`).to.equal(expected.values.length);
  for (let i = 0; i < actual.length; i++) {
    const tolerance = slack * float32Epsilon * expected.magnitude[i] + 1e-30;
    const close = Math.abs(actual[i] - expected.values[i]) <= tolerance;
    if (!close) expect.fail(`${name}: value ${i} is ${actual[i]}, expected ${expected.values[i]} +- ${tolerance}`);
  }
}
