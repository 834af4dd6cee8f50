// Convolutions: any geometry, grouped, depthwise, fused with bias and activation, with the gradients of all operands.

import * as tf from '@tensorflow/tfjs';
import { fused, groupConv2d } from '../../../src/index.js';
import { padOf } from '../../support/cases.js';
import type { CasePad, ConvCase } from '../../support/convCase.js';
import {
  type ActivationName,
  outputSize,
  type ReferenceResult,
  referenceActivation,
  referenceConv,
  referenceGradW,
  referenceGradX,
  sizeOf,
  wShape,
  xShape,
  yShape,
} from '../../support/reference.js';
import { type Draw, valuesOf } from '../draw.js';
import { type Expected, epsilon, type Family, type Problem, sumTolerance } from '../family.js';
import { drawGive } from '../operands.js';

type Op = 'conv2d' | 'depthwiseConv2d' | 'groupConv2d';
type T4 = tf.Tensor4D;

/**
 * Winograd's transforms round more than sums of products do, and as large as what is near: an output of zeros alone may
 * come out as some epsilons of its neighbours.
 */
const SLACK = 200;

/** Multiply-adds of the largest case: the reference takes a millisecond. */
const MOST_WORK = 30_000;

/** The activations that TensorFlow.js's fused ops know, with those of fused.groupConv2d behind them. */
const tfjsActivations: readonly ActivationName[] = ['linear', 'relu', 'relu6', 'elu', 'sigmoid', 'leakyrelu', 'prelu'];
const ownActivations: readonly ActivationName[] = [
  ...tfjsActivations,
  ...(['gelu', 'silu', 'tanh', 'softplus', 'softsign', 'hard_sigmoid', 'hard_silu', 'mish', 'selu'] as const),
];

export const convFamily: Family = {
  name: 'conv',
  problem(draw) {
    const op = draw.pick<Op>(['conv2d', 'conv2d', 'depthwiseConv2d', 'groupConv2d']);
    const c = drawCase(draw, op);
    if (!c) return undefined;
    return draw.chance(0.35) ? fusedProblem(draw, op, c) : plainProblem(draw, op, c);
  },
};

/** Strides in a 1x1 convolution of two or three pixels whose output is as large: a shortcut must ask for them. */
function drawFewPixels(draw: Draw): ConvCase {
  const [count, stride] = [draw.whole(2, 3), draw.whole(2, 3)];
  const isColumn = draw.chance(0.5);
  const below = (count - 1) * stride + 1 - count;
  const size = isColumn ? { inH: count, inW: 1 } : { inH: 1, inW: count };
  const pad = { top: 0, left: 0, bottom: isColumn ? below : 0, right: isColumn ? 0 : below };
  return {
    ...{ name: 'few pixels', batch: 1, ...size, inC: draw.channels(), kH: 1, kW: 1, outC: draw.channels(), groups: 1 },
    ...{ strides: [stride, stride], dilations: [1, 1], pad, dataFormat: draw.pick(['NHWC', 'NCHW']) },
  };
}

function drawCase(draw: Draw, op: Op): ConvCase | undefined {
  if (op === 'conv2d' && draw.chance(0.03)) return drawFewPixels(draw);
  const isPointwise = draw.chance(0.25);
  const [kH, kW] = isPointwise
    ? [1, 1]
    : draw.chance(0.6)
      ? square(draw.whole(1, 5))
      : [draw.whole(1, 6), draw.whole(1, 6)];
  const strides = draw.chance(0.6)
    ? square(draw.pick([1, 1, 1, 2, 3]))
    : ([draw.whole(1, 3), draw.whole(1, 3)] as const);
  const isStrided = strides[0] > 1 || strides[1] > 1;
  // TensorFlow.js's own ops take strides or dilations, not both.
  const mayDilate = op === 'groupConv2d' || !isStrided;
  const dilations = mayDilate && draw.chance(0.25) ? ([draw.whole(1, 3), draw.whole(1, 3)] as const) : square(1);
  const groups = op === 'depthwiseConv2d' ? draw.channels() : op === 'groupConv2d' ? draw.whole(1, 4) : 1;
  const inC = op === 'depthwiseConv2d' ? groups : groups * draw.channels();
  const outC = groups * (op === 'depthwiseConv2d' ? draw.pick([1, 1, 1, 2, 3]) : draw.channels());
  const pad = drawPad(draw);
  const isNumeric = typeof pad !== 'string';
  // Shortcuts for few pixels have their own edges.
  const isTiny = draw.chance(isPointwise ? 0.5 : 0.1);
  const side = () => (isTiny ? draw.whole(1, 3) : draw.side());
  const dimRoundingMode = isNumeric ? draw.pick([undefined, 'floor', 'round', 'ceil'] as const) : undefined;
  const c: ConvCase = {
    name: op,
    batch: draw.pick([1, 1, 1, 2, 3]),
    ...{ inH: side(), inW: side(), inC, kH, kW, outC, groups },
    ...{ strides: strides as [number, number], dilations: dilations as [number, number], pad },
    dataFormat: draw.pick(['NHWC', 'NHWC', 'NCHW']),
    ...(dimRoundingMode && { dimRoundingMode }),
  };
  return isValid(c) ? c : undefined;
}

function square(n: number): readonly [number, number] {
  return [n, n];
}

function drawPad(draw: Draw): CasePad {
  const kind = draw.pick(['valid', 'same', 'number', 'explicit'] as const);
  if (kind === 'number') return draw.whole(0, 3);
  if (kind !== 'explicit') return kind;
  return { top: draw.whole(0, 4), bottom: draw.whole(0, 4), left: draw.whole(0, 4), right: draw.whole(0, 4) };
}

function isValid(c: ConvCase): boolean {
  try {
    const { outH, outW } = outputSize(c);
    const work = c.batch * outH * outW * c.kH * c.kW * (c.inC / c.groups) * c.outC;
    return outH > 0 && outW > 0 && work <= MOST_WORK;
  } catch {
    return false; // the filter does not fit
  }
}

function run(op: Op, c: ConvCase, x: tf.Tensor, w: tf.Tensor): tf.Tensor {
  const [strides, dilations] = [c.strides as [number, number], c.dilations as [number, number]];
  const rest = [strides, padOf(c) as 'same', c.dataFormat, dilations, c.dimRoundingMode] as const;
  if (op === 'depthwiseConv2d') return tf.depthwiseConv2d(x as T4, w as T4, ...rest);
  return op === 'conv2d' ? tf.conv2d(x as T4, w as T4, ...rest) : groupConv2d(x as T4, w as T4, ...rest);
}

/** A depthwise filter is [kH, kW, inC, multiplier], and has the bytes of [kH, kW, 1, inC * multiplier]. */
function filterShape(op: Op, c: ConvCase): number[] {
  return op === 'depthwiseConv2d' ? [c.kH, c.kW, c.inC, c.outC / c.inC] : wShape(c);
}

function plainProblem(draw: Draw, op: Op, c: ConvCase): Problem {
  const kind = draw.valueKind();
  const x = valuesOf(kind, sizeOf(xShape(c)), draw.seed + 1);
  const w = valuesOf(kind, sizeOf(wShape(c)), draw.seed + 2);
  const dy = valuesOf(kind, sizeOf(yShape(c)), draw.seed + 3);
  const shape = filterShape(op, c);
  const give = drawGive(draw);
  return {
    title: `${describe(c)}, ${kind}`,
    run() {
      const operands = [give(0, x, xShape(c)), give(1, w, shape)];
      const y = run(op, c, operands[0], operands[1]);
      const grads = tf.grads((a, b) => run(op, c, a, b))(operands, give(2, dy, yShape(c)));
      return [y, ...grads];
    },
    expected: [
      sum('y', yShape(c), referenceConv(c, x, w)),
      sum('dx', xShape(c), referenceGradX(c, dy, w)),
      sum('dw', shape, referenceGradW(c, x, dy)),
    ],
  };
}

function sum(name: string, shape: readonly number[], { values, magnitude }: ReferenceResult): Expected {
  let largest = 0;
  for (const m of magnitude) largest = Math.max(largest, m);
  return { name, shape, values, tolerance: (i) => epsilon * (SLACK * magnitude[i] + 16 * largest) };
}

function fusedProblem(draw: Draw, op: Op, c: ConvCase): Problem | undefined {
  // TensorFlow.js's op checks the filter against the last dimension, in NCHW too.
  if (op === 'depthwiseConv2d' && c.dataFormat === 'NCHW' && c.inW !== c.inC) return undefined;

  const activation = draw.pick(op === 'groupConv2d' ? ownActivations : tfjsActivations);
  const hasBias = draw.chance(0.7);
  const kind = 'uniform';
  const x = valuesOf(kind, sizeOf(xShape(c)), draw.seed + 1);
  const w = valuesOf(kind, sizeOf(wShape(c)), draw.seed + 2);
  const bias = hasBias ? valuesOf(kind, c.outC, draw.seed + 4) : undefined;
  const alpha =
    activation === 'prelu'
      ? valuesOf(kind, c.dataFormat === 'NHWC' ? draw.pick([1, c.outC]) : 1, draw.seed + 5)
      : undefined;
  // TensorFlow.js's own ops refuse NCHW with an activation while a gradient is recorded.
  const isRefused = op !== 'groupConv2d' && c.dataFormat === 'NCHW' && activation !== 'linear';
  const isGradient = draw.chance(0.5) && activation !== 'prelu' && !isRefused;
  const dy = valuesOf(kind, sizeOf(yShape(c)), draw.seed + 3);
  const shape = filterShape(op, c);
  const give = drawGive(draw);
  const call = (a: tf.Tensor, b: tf.Tensor, d: tf.Tensor | undefined, p: tf.Tensor | undefined) =>
    runFused(op, c, activation, { x: a, w: b, bias: d, alpha: p });
  return {
    title: `fused ${describe(c)}, ${activation}${hasBias ? ' with bias' : ''}${isGradient ? ', gradients' : ''}`,
    run() {
      const operands = [give(0, x, xShape(c)), give(1, w, shape), ...(bias ? [give(3, bias, [c.outC])] : [])];
      if (isGradient) {
        const f = (...all: tf.Tensor[]) => call(all[0], all[1], all[2], undefined);
        const { value, grads } = tf.valueAndGrads(f)(operands, give(2, dy, yShape(c)));
        return [value, ...grads];
      }
      return [call(operands[0], operands[1], operands[2], alpha && give(4, alpha, [alpha.length]))];
    },
    expected: expectFused(c, { x, w, bias, alpha, dy, activation, isGradient, shape }),
  };
}

interface FusedOperands {
  readonly x: tf.Tensor;
  readonly w: tf.Tensor;
  readonly bias: tf.Tensor | undefined;
  readonly alpha: tf.Tensor | undefined;
}

function runFused(op: Op, c: ConvCase, activation: ActivationName, { x, w, bias, alpha }: FusedOperands): tf.Tensor {
  const args = {
    x: x as T4,
    filter: w as T4,
    strides: c.strides as [number, number],
    pad: padOf(c) as 'same',
    dataFormat: c.dataFormat,
    dilations: c.dilations as [number, number],
    dimRoundingMode: c.dimRoundingMode,
    bias,
    activation: activation as 'relu',
    preluActivationWeights: alpha,
    leakyreluAlpha: 0.2,
  };
  if (op === 'depthwiseConv2d') return tf.fused.depthwiseConv2d(args);
  return op === 'conv2d' ? tf.fused.conv2d(args) : fused.groupConv2d(args as Parameters<typeof fused.groupConv2d>[0]);
}

interface FusedValues {
  readonly x: Float32Array;
  readonly w: Float32Array;
  readonly bias: Float32Array | undefined;
  readonly alpha: Float32Array | undefined;
  readonly dy: Float32Array;
  readonly activation: ActivationName;
  readonly isGradient: boolean;
  readonly shape: readonly number[];
}

function expectFused(c: ConvCase, given: FusedValues): Expected[] {
  const { x, w, bias, alpha, dy, activation, isGradient, shape } = given;
  const z = referenceConv(c, x, w, { bias });
  const f = (value: number, i = 0) => referenceActivation(activation, value, { alpha: alpha?.[i % alpha.length] });
  const values = z.values.map((value, i) => f(value, i));
  // An activation changes an error of z by its slope, which is at most 1.2 here, and adds its own.
  const largest = z.magnitude.reduce((a, b) => Math.max(a, b), 0);
  const tolerance = (i: number) =>
    epsilon * (1.2 * (SLACK * z.magnitude[i] + 16 * largest) + 64 * Math.abs(values[i])) + 1e-6;
  const y: Expected = { name: 'y', shape: yShape(c), values, tolerance };
  if (!isGradient) return [y];
  const step = 1e-6;
  const isAtKink = (value: number) => [0, 6, -3, 3].some((kink) => Math.abs(value - kink) < 1e-4);
  if (z.values.some(isAtKink)) return [y, ...ignored(c, shape, bias !== undefined)];
  const dz = dy.map((d, i) => (d * (f(z.values[i] + step) - f(z.values[i] - step))) / (2 * step));
  const loose = (result: ReferenceResult): ReferenceResult['magnitude'] => result.magnitude.map((m) => m + 0.1);
  const gradient = (name: string, of: readonly number[], result: ReferenceResult): Expected => {
    return { name, shape: of, values: result.values, tolerance: sumTolerance(loose(result), 400) };
  };
  const ofBias = biasGradient(c, dz);
  return [
    y,
    gradient('dx', xShape(c), referenceGradX(c, dz, w)),
    gradient('dw', shape, referenceGradW(c, x, dz)),
    ...(bias ? [gradient('db', [c.outC], ofBias)] : []),
  ];
}

/** Where a value stands on a kink of the activation, its slope is a matter of rounding. */
function ignored(c: ConvCase, shape: readonly number[], hasBias: boolean): Expected[] {
  const one = (name: string, of: readonly number[]): Expected => {
    return {
      name,
      shape: of,
      values: new Float64Array(sizeOf(of as number[])),
      tolerance: () => Number.POSITIVE_INFINITY,
    };
  };
  return [one('dx', xShape(c)), one('dw', shape), ...(hasBias ? [one('db', [c.outC])] : [])];
}

function biasGradient(c: ConvCase, dz: ArrayLike<number>): ReferenceResult {
  const { outH, outW } = outputSize(c);
  const values = new Float64Array(c.outC);
  const magnitude = new Float64Array(c.outC);
  for (let i = 0; i < dz.length; i++) {
    const channel = c.dataFormat === 'NHWC' ? i % c.outC : Math.floor(i / (outH * outW)) % c.outC;
    values[channel] += dz[i];
    magnitude[channel] += Math.abs(dz[i]);
  }
  return { shape: [c.outC], values, magnitude };
}

function describe(c: ConvCase): string {
  const { name, batch, inH, inW, inC, kH, kW, outC, groups, strides, dilations, pad, dataFormat, dimRoundingMode } = c;
  const padding = typeof pad === 'object' ? [pad.top, pad.bottom, pad.left, pad.right].join(',') : pad;
  const rounding = dimRoundingMode ? ` ${dimRoundingMode}` : '';
  return (
    `${name} ${dataFormat} ${batch}x${inH}x${inW}x${inC} k${kH}x${kW} out${outC} groups${groups} ` +
    `s${strides} d${dilations} pad ${padding}${rounding}`
  );
}
