// What convolution means, in float64 and as plainly as possible: the judge of every kernel. It shares no code with
// src/ or kernels/ and is built the other way round: `forEachTerm` lists every product x*w of every y once; the
// forward pass adds the products up, the gradients scatter them back (y is linear in x and in w). Slow on purpose.
//
// Definitions: https://www.tensorflow.org/api_docs/python/tf/nn#notes_on_padding_2 for 'same' and 'valid',
// https://js.tensorflow.org/api/latest/#conv2d for numbers and rounding modes, keras.activations (Keras 3).

import type { ConvCase } from './convCase.js';

export type ActivationName =
  | 'linear'
  | 'relu'
  | 'relu6'
  | 'elu'
  | 'prelu'
  | 'leakyrelu'
  | 'sigmoid'
  | 'selu'
  | 'gelu'
  | 'gelu_approximate'
  | 'silu'
  | 'tanh'
  | 'softplus'
  | 'softsign'
  | 'exponential'
  | 'hard_sigmoid'
  | 'hard_silu'
  | 'mish';

export interface ReferenceResult {
  /** In the order of the case's data format (x, y) or [kH, kW, inC/groups, outC] (w). */
  readonly shape: number[];
  readonly values: Float64Array;
  /** Per element, the sum of |each product| (and |bias|) before any activation: what rounding errors scale with. */
  readonly magnitude: Float64Array;
}

export interface ReferenceOptions {
  /** [outC] */
  readonly bias?: ArrayLike<number>;
  readonly activation?: ActivationName;
  /** prelu weights: one value, [outC], or one for each element of y. */
  readonly alpha?: ArrayLike<number>;
  /** leakyrelu slope; default 0.2. */
  readonly slope?: number;
}

export interface OutputSize {
  readonly outH: number;
  readonly outW: number;
  readonly padTop: number;
  readonly padBottom: number;
  readonly padLeft: number;
  readonly padRight: number;
}

interface Axis {
  readonly out: number;
  readonly before: number;
  readonly after: number;
}

function roundSize(size: number, mode: ConvCase['dimRoundingMode']): number {
  if (mode === 'floor') return Math.floor(size);
  if (mode === 'round') return Math.round(size);
  if (mode === 'ceil') return Math.ceil(size);
  return Math.trunc(size);
}

function axisOf(c: ConvCase, axis: 'height' | 'width'): Axis {
  const vertical = axis === 'height';
  const size = vertical ? c.inH : c.inW;
  const k = vertical ? c.kH : c.kW;
  const stride = vertical ? c.strides[0] : c.strides[1];
  const dilation = vertical ? c.dilations[0] : c.dilations[1];
  const effective = (k - 1) * dilation + 1;
  if (c.pad === 'same') {
    const out = Math.ceil(size / stride);
    const total = Math.max((out - 1) * stride + effective - size, 0);
    const before = Math.floor(total / 2);
    return { out, before, after: total - before };
  }
  if (c.pad === 'valid') return { out: Math.floor((size - effective) / stride) + 1, before: 0, after: 0 };
  const pad = typeof c.pad === 'number' ? { top: c.pad, bottom: c.pad, left: c.pad, right: c.pad } : c.pad;
  const before = vertical ? pad.top : pad.left;
  const after = vertical ? pad.bottom : pad.right;
  return { out: roundSize((size + before + after - effective) / stride + 1, c.dimRoundingMode), before, after };
}

/** Output size and resolved padding; an error when an output size would be negative. */
export function outputSize(c: ConvCase): OutputSize {
  const h = axisOf(c, 'height');
  const w = axisOf(c, 'width');
  if (h.out < 0 || w.out < 0) throw new Error(`reference: ${c.name} has output ${h.out}x${w.out}`);
  return {
    // + 0 turns the -0 that rounding can leave into 0, which deep equality tells apart.
    outH: h.out + 0,
    outW: w.out + 0,
    padTop: h.before,
    padBottom: h.after,
    padLeft: w.before,
    padRight: w.after,
  };
}

function imageShape(c: ConvCase, height: number, width: number, channels: number): number[] {
  return c.dataFormat === 'NHWC' ? [c.batch, height, width, channels] : [c.batch, channels, height, width];
}

export function xShape(c: ConvCase): number[] {
  return imageShape(c, c.inH, c.inW, c.inC);
}

/** [kH, kW, inC/groups, outC], whatever the data format. */
export function wShape(c: ConvCase): number[] {
  return [c.kH, c.kW, c.inC / c.groups, c.outC];
}

export function yShape(c: ConvCase): number[] {
  const { outH, outW } = outputSize(c);
  return imageShape(c, outH, outW, c.outC);
}

/** Number of elements; 1 for a scalar shape. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

/** Flat position of channel ch of pixel (y, x) of image n; -1 outside the image, where every value is 0. */
type Locate = (n: number, y: number, x: number, ch: number) => number;

function locator(c: ConvCase, height: number, width: number, channels: number): Locate {
  return (n, y, x, ch) => {
    if (y < 0 || y >= height || x < 0 || x >= width) return -1;
    return c.dataFormat === 'NHWC'
      ? ((n * height + y) * width + x) * channels + ch
      : ((n * channels + ch) * height + y) * width + x;
  };
}

interface OutputElement {
  readonly n: number;
  readonly oy: number;
  readonly ox: number;
  readonly oc: number;
  /** Flat position in y. */
  readonly at: number;
}

function forEachOutput(c: ConvCase, visit: (element: OutputElement) => void): void {
  const { outH, outW } = outputSize(c);
  const locateY = locator(c, outH, outW, c.outC);
  for (let n = 0; n < c.batch; n++) {
    for (let oc = 0; oc < c.outC; oc++) {
      for (let oy = 0; oy < outH; oy++) {
        for (let ox = 0; ox < outW; ox++) visit({ n, oy, ox, oc, at: locateY(n, oy, ox, oc) });
      }
    }
  }
}

/** Visits every product x[xAt] * w[wAt] of every y[yAt]; those with padding are left out, being 0. */
function forEachTerm(c: ConvCase, visit: (yAt: number, xAt: number, wAt: number) => void): void {
  const { padTop, padLeft } = outputSize(c);
  const locateX = locator(c, c.inH, c.inW, c.inC);
  const inPerGroup = c.inC / c.groups;
  const outPerGroup = c.outC / c.groups;
  forEachOutput(c, ({ n, oy, ox, oc, at }) => {
    const group = Math.floor(oc / outPerGroup);
    for (let ky = 0; ky < c.kH; ky++) {
      for (let kx = 0; kx < c.kW; kx++) {
        const y = oy * c.strides[0] + ky * c.dilations[0] - padTop;
        const x = ox * c.strides[1] + kx * c.dilations[1] - padLeft;
        for (let ic = 0; ic < inPerGroup; ic++) {
          const xAt = locateX(n, y, x, group * inPerGroup + ic);
          if (xAt >= 0) visit(at, xAt, ((ky * c.kW + kx) * inPerGroup + ic) * c.outC + oc);
        }
      }
    }
  });
}

/** A zeroed result that collects values and their magnitudes together. */
function accumulator(shape: number[]): { result: ReferenceResult; add: (at: number, value: number) => void } {
  const size = sizeOf(shape);
  const result = { shape, values: new Float64Array(size), magnitude: new Float64Array(size) };
  const add = (at: number, value: number): void => {
    result.values[at] += value;
    result.magnitude[at] += Math.abs(value);
  };
  return { result, add };
}

function checkSize(what: string, values: ArrayLike<number>, shape: readonly number[]): void {
  if (values.length !== sizeOf(shape)) {
    throw new Error(`reference: ${what} must fill [${shape.join(',')}]; received length=${values.length}`);
  }
}

/** y = activation(conv(x, w) + bias), shaped yShape(c). */
export function referenceConv(
  c: ConvCase,
  x: ArrayLike<number>,
  w: ArrayLike<number>,
  options: ReferenceOptions = {},
): ReferenceResult {
  const { bias, activation = 'linear', alpha, slope } = options;
  checkSize('x', x, xShape(c));
  checkSize('w', w, wShape(c));
  if (bias !== undefined) checkSize('bias', bias, [c.outC]);
  const { result, add } = accumulator(yShape(c));
  forEachTerm(c, (yAt, xAt, wAt) => add(yAt, x[xAt] * w[wAt]));
  if (bias !== undefined) forEachOutput(c, ({ at, oc }) => add(at, bias[oc]));
  forEachOutput(c, ({ at, oc }) => {
    const alphaHere = alpha && alphaAt(alpha, at, oc, c, result.values.length);
    result.values[at] = referenceActivation(activation, result.values[at], { alpha: alphaHere, slope });
  });
  return result;
}

function alphaAt(alpha: ArrayLike<number>, at: number, oc: number, c: ConvCase, size: number): number {
  if (alpha.length === size) return alpha[at];
  if (alpha.length === c.outC) return alpha[oc];
  if (alpha.length === 1) return alpha[0];
  throw new Error(`reference: alpha must have 1, ${c.outC} or ${size} values; received length=${alpha.length}`);
}

/** Gradient of sum(dy * conv(x, w)) for x, shaped xShape(c). */
export function referenceGradX(c: ConvCase, dy: ArrayLike<number>, w: ArrayLike<number>): ReferenceResult {
  checkSize('dy', dy, yShape(c));
  checkSize('w', w, wShape(c));
  const { result, add } = accumulator(xShape(c));
  forEachTerm(c, (yAt, xAt, wAt) => add(xAt, dy[yAt] * w[wAt]));
  return result;
}

/** Gradient of sum(dy * conv(x, w)) for w, shaped wShape(c). */
export function referenceGradW(c: ConvCase, x: ArrayLike<number>, dy: ArrayLike<number>): ReferenceResult {
  checkSize('x', x, xShape(c));
  checkSize('dy', dy, yShape(c));
  const { result, add } = accumulator(wShape(c));
  forEachTerm(c, (yAt, xAt, wAt) => add(wAt, x[xAt] * dy[yAt]));
  return result;
}

const selu = { scale: 1.0507009873554805, alpha: 1.6732632423543772 };
const clamp06 = (z: number): number => Math.min(Math.max(z, 0), 6);
const elu = (z: number): number => (z > 0 ? z : Math.expm1(z));
const sigmoid = (z: number): number => 1 / (1 + Math.exp(-z));
const softplus = (z: number): number => Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z)));

/** The activations as Keras 3 defines them; prelu needs `alpha`, leakyrelu takes `slope` (default 0.2). */
export function referenceActivation(
  name: ActivationName,
  z: number,
  { alpha, slope = 0.2 }: { alpha?: number | undefined; slope?: number | undefined } = {},
): number {
  switch (name) {
    case 'linear':
      return z;
    case 'relu':
      return Math.max(z, 0);
    case 'relu6':
      return clamp06(z);
    case 'elu':
      return elu(z);
    case 'prelu':
      if (alpha === undefined) throw new Error('reference: prelu needs alpha');
      return z >= 0 ? z : alpha * z;
    case 'leakyrelu':
      return z >= 0 ? z : slope * z;
    case 'sigmoid':
      return sigmoid(z);
    case 'selu':
      return selu.scale * (z > 0 ? z : selu.alpha * Math.expm1(z));
    case 'gelu':
      return 0.5 * z * complementaryErf(-z / Math.SQRT2);
    case 'gelu_approximate':
      return 0.5 * z * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (z + 0.044715 * z ** 3)));
    case 'silu':
      return z * sigmoid(z);
    case 'tanh':
      return Math.tanh(z);
    case 'softplus':
      return softplus(z);
    case 'softsign':
      return z / (1 + Math.abs(z));
    case 'exponential':
      return Math.exp(z);
    case 'hard_sigmoid':
      return clamp06(z + 3) / 6;
    case 'hard_silu':
      return (z * clamp06(z + 3)) / 6;
    case 'mish':
      return z * Math.tanh(softplus(z));
    default:
      name satisfies never;
      throw new Error(`reference: unknown activation; received name=${String(name)}`);
  }
}

/**
 * erfc(z) = 1 - erf(z) to about 1e-14 of its value: a series near 0, a continued fraction where 1 - erf would
 * cancel (Abramowitz and Stegun 7.1.6 and 7.1.14).
 */
export function complementaryErf(z: number): number {
  if (z < 0) return 2 - complementaryErf(-z);
  return z < 2 ? 1 - erfSeries(z) : erfcFraction(z);
}

/** 2/sqrt(pi) exp(-z^2) sum of 2^n z^(2n+1) / (1*3*...*(2n+1)); every term is positive, so nothing cancels. */
function erfSeries(z: number): number {
  let term = z;
  let sum = 0;
  for (let n = 1; sum + term !== sum; n++) {
    sum += term;
    term *= (2 * z * z) / (2 * n + 1);
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-z * z) * sum;
}

/** exp(-z^2)/sqrt(pi) / (z + (1/2)/(z + (2/2)/(z + (3/2)/(z + ...)))), from the inside out; 80 levels suffice for z >= 2. */
function erfcFraction(z: number): number {
  let tail = z;
  for (let level = 80; level >= 1; level--) tail = z + level / 2 / tail;
  return Math.exp(-z * z) / Math.sqrt(Math.PI) / tail;
}
