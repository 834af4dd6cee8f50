// The judge is judged first: against real Keras, against its own definition by finite differences, and the case table
// for what it promises to contain. No kernel of this project takes part.

import { expect } from 'chai';
import type { ConvCase } from './convCase.js';
import { convCases } from './convCases.js';
import {
  activationGoldens,
  activationInputs,
  convGoldens,
  gluGolden,
  goldenB,
  goldenW,
  goldenX,
  logSigmoidGolden,
  tanhShrinkGolden,
} from './goldens.js';
import { random, randomCases, randomValues } from './randomCases.js';
import {
  type ActivationName,
  complementaryErf,
  outputSize,
  referenceActivation,
  referenceConv,
  referenceGradW,
  referenceGradX,
  sizeOf,
  wShape,
  xShape,
  yShape,
} from './reference.js';

/** Keras's printed values are float32 rounded to 6 decimals. */
const printed = 1e-6;

describe('reference: values from real Keras', () => {
  for (const { conv, activation, shape, y } of convGoldens) {
    it(conv.name, () => {
      const x = goldenX(sizeOf(xShape(conv)));
      const w = goldenW(sizeOf(wShape(conv)));
      const result = referenceConv(conv, x, w, { bias: goldenB(conv.outC), activation });
      expect(result.shape).to.deep.equal(shape);
      // + 0: relu and sums may leave -0, which deep equality tells from 0.
      expect(Array.from(result.values, (value) => value + 0)).to.deep.equal(y);
    });
  }

  for (const { name, values } of activationGoldens) {
    it(name, () => expectClose(mapInputs(name), values));
  }

  it('tanh, softplus and sigmoid, by way of tanh_shrink, log_sigmoid and glu', () => {
    expectClose(
      mapInputs('tanh').map((t, i) => inputAt(i) - t),
      tanhShrinkGolden,
    );
    expectClose(
      activationInputs.map((z) => -referenceActivation('softplus', -z)),
      logSigmoidGolden,
    );
    expectClose(
      mapInputs('sigmoid')
        .slice(6)
        .map((s, i) => inputAt(i) * s),
      gluGolden,
    );
  });
});

describe('reference: activations', () => {
  it('erfc is good to 1e-13 of its value on both sides of the switch to the continued fraction', () => {
    // mpmath's erfc at 20 digits, rounded to float64.
    const known: readonly (readonly [number, number])[] = [
      [0, 1],
      [0.5, 0.4795001221869535],
      [1, 0.15729920705028513],
      [2, 0.004677734981047266],
      [3, 2.209049699858544e-5],
      [5, 1.537459794428035e-12],
      [-1, 1.8427007929497148],
    ];
    for (const [z, value] of known) expect(complementaryErf(z) / value).to.be.closeTo(1, 1e-13);
    const below = complementaryErf(2 - 1e-12);
    expect(below / complementaryErf(2) - 1).to.be.closeTo(((2e-12 / Math.sqrt(Math.PI)) * Math.exp(-4)) / below, 1e-13);
  });

  it('are computed without overflow far from 0', () => {
    const far: readonly (readonly [ActivationName, number, number])[] = [
      ['sigmoid', -800, 0],
      ['sigmoid', 800, 1],
      ['softplus', 800, 800],
      ['softplus', -800, 0],
      ['silu', -800, 0],
      ['mish', 800, 800],
      ['gelu', -40, 0],
      ['gelu', 40, 40],
      ['gelu_approximate', 1e4, 1e4],
      ['softsign', 1e9, 1],
    ];
    for (const [name, z, value] of far)
      expect(referenceActivation(name, z), `${name}(${z})`).to.be.closeTo(value, 1e-8);
  });

  it('simple ones at hand-made points', () => {
    expect([-1, 0, 3, 7].map((z) => referenceActivation('relu6', z))).to.deep.equal([0, 0, 3, 6]);
    expect([-2, 0, 3].map((z) => referenceActivation('prelu', z, { alpha: 0.25 }))).to.deep.equal([-0.5, 0, 3]);
    expect([-2, 0, 3].map((z) => referenceActivation('leakyrelu', z, { slope: 0.5 }))).to.deep.equal([-1, 0, 3]);
    expect([-1, 0, 3].map((z) => referenceActivation('softsign', z))).to.deep.equal([-0.5, 0, 0.75]);
    expect(referenceActivation('exponential', 1)).to.equal(Math.E);
    expect(referenceActivation('silu', 1)).to.equal(referenceActivation('sigmoid', 1));
    expect(() => referenceActivation('prelu', 1)).to.throw('prelu needs alpha');
  });

  it('prelu weights may be one, one for each channel, or one for each element', () => {
    const c = convCaseNamed((name) => name === 'keras Ck');
    const x = goldenX(sizeOf(xShape(c)));
    const w = goldenW(sizeOf(wShape(c)));
    const preluWith = (alpha: readonly number[]) =>
      Array.from(referenceConv(c, x, w, { activation: 'prelu', alpha }).values);
    const perChannel = [0.5, 0.25, -1, 2];
    const perElement = Array.from({ length: 16 }, (_, i) => perChannel[i % 4] as number);
    expect(preluWith(perChannel)).to.deep.equal(preluWith(perElement));
    expect(preluWith([0.5])).to.deep.equal(preluWith([0.5, 0.5, 0.5, 0.5]));
  });
});

describe('reference: gradients against central differences of its own forward pass', () => {
  const chosen: readonly ConvCase[] = [
    convCaseNamed((name) => name === 'keras B4'),
    convCaseNamed(
      (name) => name.startsWith('stride and dilation') && name.includes('groups3') && name.endsWith('NHWC'),
    ),
    convCaseNamed(
      (name) => name.startsWith('stride and dilation') && name.includes('groups5') && name.endsWith('NCHW'),
    ),
    convCaseNamed((name) => name.startsWith('rounding') && name.endsWith('groups2 s2x3 pad 1 ceil NCHW')),
    convCaseNamed((name) => name.startsWith('filter beyond input') && name.includes('pad 3,0,1,4 NHWC')),
    convCaseNamed((name) => name.startsWith('depthwise') && name.includes('5x4x3 k3x3 out6') && name.endsWith('NCHW')),
    convCaseNamed((name) => name.startsWith('groups: 3x4x5x6') && name.endsWith('NHWC')),
  ];
  for (const [index, c] of chosen.entries()) {
    it(c.name, () => {
      const x = Float64Array.from(randomValues(sizeOf(xShape(c)), 3 * index + 1));
      const w = Float64Array.from(randomValues(sizeOf(wShape(c)), 3 * index + 2));
      const dy = randomValues(sizeOf(yShape(c)), 3 * index + 3);
      const loss = (): number => referenceConv(c, x, w).values.reduce((sum, y, at) => sum + y * (dy[at] as number), 0);
      const gradX = referenceGradX(c, dy, w);
      const gradW = referenceGradW(c, x, dy);
      expect(gradX.shape).to.deep.equal(xShape(c));
      expect(gradW.shape).to.deep.equal(wShape(c));
      expectClose(gradX.values, centralDifferences(x, loss), 1e-9);
      expectClose(gradW.values, centralDifferences(w, loss), 1e-9);
    });
  }
});

describe('reference: magnitudes', () => {
  it('sum the absolute products and the absolute bias', () => {
    const c = convCaseNamed((name) => name === 'keras Cg');
    const x = goldenX(sizeOf(xShape(c)));
    const w = goldenW(sizeOf(wShape(c)));
    const bias = goldenB(c.outC);
    const absolute = referenceConv(c, x.map(Math.abs), w.map(Math.abs), { bias });
    expect(referenceConv(c, x, w, { bias }).magnitude).to.deep.equal(absolute.values);
  });
});

describe('convCases', () => {
  it('are unique by name, valid and small', () => {
    expect(convCases.length).to.be.at.least(150);
    expect(new Set(convCases.map(({ name }) => name)).size).to.equal(convCases.length);
    for (const c of convCases) expectValid(c);
  });

  it('hold what they promise', () => {
    const has = (what: string, test: (c: ConvCase) => boolean): void => {
      for (const format of ['NHWC', 'NCHW']) {
        expect(
          convCases.some((c) => c.dataFormat === format && test(c)),
          `${what} in ${format}`,
        ).to.equal(true);
      }
    };
    for (const channels of [1, 2, 3, 4, 5, 8, 13, 32]) {
      has(`${channels} in`, (c) => c.inC === channels && c.groups === 1);
      has(`${channels} out`, (c) => c.outC === channels && c.groups === 1);
    }
    for (const perGroup of [1, 2, 3, 4, 6]) {
      has(`${perGroup} in per group`, (c) => c.groups > 1 && c.inC / c.groups === perGroup);
      has(`${perGroup} out per group`, (c) => c.groups > 1 && c.outC / c.groups === perGroup);
    }
    for (const groups of [1, 2, 3, 4, 6, 12]) has(`${groups} groups of 12`, (c) => c.inC === 12 && c.groups === groups);
    for (const multiplier of [1, 2, 3]) {
      has(`multiplier ${multiplier}`, (c) => c.groups === c.inC && c.inC > 1 && c.outC === multiplier * c.inC);
    }
    for (const batch of [0, 1, 3]) has(`batch ${batch}`, (c) => c.batch === batch);
    for (const mode of ['floor', 'round', 'ceil', undefined]) {
      has(`rounding ${mode}`, (c) => c.dimRoundingMode === mode && typeof c.pad !== 'string');
    }
    for (const pad of ['same', 'valid', 'number', 'object']) has(pad, (c) => c.pad === pad || typeof c.pad === pad);
    for (const k of ['1x1', '1x3', '3x1', '5x5', '7x7']) has(`filter ${k}`, (c) => `${c.kH}x${c.kW}` === k);
    const uneven = ([h, w]: readonly [number, number]): boolean => h > 1 && w > 1 && h !== w;
    has('uneven strides and dilations', (c) => uneven(c.strides) && uneven(c.dilations));
    has('filter beyond input', (c) => c.kH > c.inH && c.kW > c.inW && c.inH > 0);
    has('empty height with output', (c) => c.inH === 0 && sizeOf(yShape(c)) > 0);
    has('no filters', (c) => c.outC === 0);
  });

  it('differ in size by rounding mode', () => {
    const sizes = (mode: ConvCase['dimRoundingMode']): string =>
      convCases
        .filter((c) => c.name.startsWith('rounding') && c.dimRoundingMode === mode)
        .map((c) => yShape(c))
        .join();
    expect(new Set(['floor', 'round', 'ceil'].map((mode) => sizes(mode as 'floor'))).size).to.equal(3);
  });
});

describe('randomCases', () => {
  const cases = randomCases(300, 1);

  it('are repeatable, unique, valid and never empty but for batch 0', () => {
    expect(randomCases(20, 1)).to.deep.equal(cases.slice(0, 20));
    expect(randomCases(20, 2)).not.to.deep.equal(cases.slice(0, 20));
    expect(new Set(cases.map(({ name }) => name)).size).to.equal(300);
    for (const c of cases) {
      expectValid(c);
      const { outH, outW } = outputSize(c);
      expect(outH * outW, c.name).to.be.at.least(1);
    }
  });

  it('cover every choice', () => {
    const share = (test: (c: ConvCase) => boolean): number => cases.filter(test).length / cases.length;
    for (const format of ['NHWC', 'NCHW']) expect(share((c) => c.dataFormat === format)).to.be.above(0.4);
    for (const pad of ['same', 'valid', 'number', 'object']) {
      expect(
        share((c) => c.pad === pad || typeof c.pad === pad),
        pad,
      ).to.be.above(0.15);
    }
    for (const n of [1, 2, 3]) {
      expect(
        share((c) => c.strides[0] === n),
        `stride ${n}`,
      ).to.be.above(0.2);
      expect(
        share((c) => c.dilations[1] === n),
        `dilation ${n}`,
      ).to.be.above(0.2);
    }
    expect(
      share((c) => c.groups === 1),
      'dense',
    ).to.be.above(0.15);
    expect(
      share((c) => c.groups > 1 && c.groups < c.inC),
      'grouped',
    ).to.be.above(0.15);
    expect(
      share((c) => c.groups > 1 && c.groups === c.inC),
      'depthwise',
    ).to.be.above(0.15);
    expect(share((c) => c.strides[0] * c.strides[1] > 1 && c.dilations[0] * c.dilations[1] > 1)).to.be.above(0.3);
  });

  it('draw values in [-1, 1) that float32 holds exactly, evenly spread', () => {
    const next = random(7);
    const values = Array.from({ length: 10_000 }, next);
    for (const value of values) expect(value >= -1 && value < 1 && Math.fround(value) === value).to.equal(true);
    expect(values.reduce((sum, value) => sum + value, 0) / values.length).to.be.closeTo(0, 0.02);
    expect(values.reduce((sum, value) => sum + value * value, 0) / values.length).to.be.closeTo(1 / 3, 0.02);
  });
});

function convCaseNamed(test: (name: string) => boolean): ConvCase {
  const found = convCases.filter(({ name }) => test(name));
  if (found.length !== 1) throw new Error(`expected one case; received ${found.map(({ name }) => name).join(' | ')}`);
  return found[0] as ConvCase;
}

function inputAt(index: number): number {
  return activationInputs[index] as number;
}

function mapInputs(name: ActivationName): number[] {
  return activationInputs.map((z) => referenceActivation(name, z));
}

function expectClose(actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance = printed): void {
  expect(actual.length).to.equal(expected.length);
  for (let i = 0; i < actual.length; i++) expect(actual[i], `at ${i}`).to.be.closeTo(expected[i] as number, tolerance);
}

/** The loss is linear in each value, so the step can be large: only rounding is left. */
function centralDifferences(values: Float64Array, loss: () => number): Float64Array {
  const step = 0.5;
  return values.map((value, at) => {
    values[at] = value + step;
    const above = loss();
    values[at] = value - step;
    const below = loss();
    values[at] = value;
    return (above - below) / (2 * step);
  });
}

function expectValid(c: ConvCase): void {
  expect(c.inC % c.groups, `${c.name}: inC`).to.equal(0);
  expect(c.outC % c.groups, `${c.name}: outC`).to.equal(0);
  if (typeof c.pad === 'string') expect(c.dimRoundingMode, c.name).to.equal(undefined);
  const shape = yShape(c);
  for (const size of [...xShape(c), ...wShape(c), ...shape]) {
    expect(Number.isInteger(size) && size >= 0, `${c.name}: size ${size}`).to.equal(true);
  }
  expect((sizeOf(shape) * c.kH * c.kW * c.inC) / c.groups, `${c.name}: multiply-adds`).to.be.at.most(200_000);
}
