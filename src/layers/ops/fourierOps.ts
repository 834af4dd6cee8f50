// Fourier transforms of keras.ops. Complex numbers are pairs of tensors, real and imaginary, as in Keras; FFT and its
// like have gradients here. view_as_complex and polar give TensorFlow.js's complex64, which only real, imag, angle,
// conj, abs and view_as_real take.
// Source: https://keras.io/api/ops/fft/

import * as tf from '@tensorflow/tfjs-core';
import { KerasValueError, showValue } from '../base/kerasValueError.js';
import { spendTrial } from '../base/loadLimits.js';
import { unstack } from '../base/parts.js';
import { type Complex, fourier, inverseRealFourier, realFourier } from './fourier.js';
import { gatherRows } from './indexingOps.js';
import type { OpCall } from './opCall.js';
import { type OpRow, type OpTable, op, unary } from './opRow.js';
import { float, numeric } from './opValues.js';
import { product } from './permuteAxes.js';
import { scatterRows } from './segmentOps.js';

function pairOf(call: OpCall): Complex {
  const [re, im, ...more] = call.tensors('x').map(float);
  if (im && more.length === 0 && String(re.shape) === String(im.shape)) return [re, im];
  throw call.wrong('x', 'a tuple of two tensors of one shape - real and imaginary');
}

const swapLast = (x: tf.Tensor): tf.Tensor =>
  tf.transpose(x, [...[...x.shape.keys()].slice(0, -2), x.rank - 1, x.rank - 2]);

function overTwoAxes([re, im]: Complex, isInverse: boolean): tf.Tensor[] {
  const [a, b] = fourier([re, im], isInverse);
  return fourier([swapLast(a), swapLast(b)], isInverse).map(swapLast);
}

const windowNames = ['hann', 'hamming'] as const;

interface Framing {
  readonly length: number;
  readonly stride: number;
  readonly size: number;
  /** The window, centered in a frame of `size`. */
  readonly window: tf.Tensor;
}

function framingOf(call: OpCall): Framing {
  const [length, stride, size] = ['sequence_length', 'sequence_stride', 'fft_length'].map((key) => call.integer(key));
  if (length < 1 || stride < 1 || size < length) {
    throw new KerasValueError(
      `${call.where}: \`fft_length\` must equal or larger than \`sequence_length\`, and all must be above 0. Received: sequence_length=${length}, sequence_stride=${stride}, fft_length=${size}`,
    );
  }
  const left = Math.floor((size - length) / 2);
  const given = call.raw('window');
  const window = given === null ? tf.ones([size]) : tf.pad(windowOf(call, length), [[left, size - length - left]]);
  return { length, stride, size, window };
}

/** A periodic window of this length, by name or as values. */
function windowOf(call: OpCall, length: number): tf.Tensor {
  if (typeof call.raw('window') !== 'string') {
    const window = float(call.tensor('window'));
    if (window.rank === 1 && window.size === length) return window;
    throw call.wrong('window', `${length} values, as many as sequence_length`);
  }
  spendTrial([length]);
  const mean = call.oneOf('window', windowNames, 'hann') === 'hann' ? 0.5 : 0.54;
  return tf.tensor1d(Float32Array.from({ length }, (_, i) => mean - (1 - mean) * Math.cos((2 * Math.PI * i) / length)));
}

/** Frames of the last axis: [..., time] to [..., frames, size]. `at` maps a position to the signal. */
export function framesOf(x: tf.Tensor, count: number, stride: number, size: number, at = (i: number) => i): tf.Tensor {
  spendTrial([count, size]);
  const places = Array.from({ length: count * size }, (_, i) => at(Math.floor(i / size) * stride + (i % size)));
  return tf.reshape(gatherRows(x, places, x.rank - 1), [...x.shape.slice(0, -1), count, size]);
}

const stft = op('x sequence_length sequence_stride fft_length window center', (call) => {
  const x = float(call.tensor('x'));
  const { stride, size, window } = framingOf(call);
  const time = x.shape[x.rank - 1];
  const margin = call.boolean('center', true) ? Math.floor(size / 2) : 0;
  if (margin >= time && margin > 0) {
    throw new KerasValueError(
      `${call.where}: the signal must be longer than half of fft_length. Received: x.shape=${showValue(x.shape)}`,
    );
  }
  const count = Math.floor((time + 2 * margin - size) / stride) + 1;
  if (count < 1)
    throw new KerasValueError(
      `${call.where}: the signal is shorter than a frame. Received: x.shape=${showValue(x.shape)}`,
    );
  // Beyond its ends the signal is mirrored.
  const mirrored = (i: number) => Math.abs(time - 1 - Math.abs(time - 1 - (i - margin)));
  const frames = framesOf(x, count, stride, size, mirrored);
  return [...realFourier(tf.mul(frames, window), size)];
});

/** Adds frames at their places: [..., frames, size] to [..., size + stride (frames - 1)]. */
export function overlapAdd(frames: tf.Tensor, stride: number): tf.Tensor {
  const [count, size] = frames.shape.slice(-2);
  const outer = frames.shape.slice(0, -2);
  const length = size + stride * (count - 1);
  const rows = tf.transpose(tf.reshape(frames, [product(outer), count * size]));
  spendTrial([count, size]);
  const places = Array.from({ length: count * size }, (_, i) => Math.floor(i / size) * stride + (i % size));
  return tf.reshape(tf.transpose(scatterRows(rows, places, length)), [...outer, length]);
}

/** Windowed frames are added up and divided by the sum of the squared windows. */
const istft = op('x sequence_length sequence_stride fft_length length window center', (call) => {
  const x = pairOf(call);
  const { stride, size, window } = framingOf(call);
  const frames = inverseRealFourier(x, size);
  const sums = overlapAdd(tf.mul(frames, window), stride);
  const count = frames.shape[frames.rank - 2];
  const weights = overlapAdd(tf.tile(tf.reshape(tf.square(window), [1, size]), [count, 1]), stride);
  const isCovered = tf.greater(weights, 1e-10);
  const norm = tf.where(isCovered, weights, tf.onesLike(weights));
  const y = call.raw('window') === null ? sums : tf.div(sums, norm);
  const start = call.boolean('center', true) ? Math.floor(size / 2) : 0;
  const total = y.shape[y.rank - 1];
  const end = call.has('length') ? Math.min(total, start + call.integer('length')) : total - start;
  return tf.slice(y, [...y.shape.slice(0, -1).map(() => 0), start], [...y.shape.slice(0, -1), end - start]);
});

const extractSequences = op('x sequence_length sequence_stride', (call) => {
  const x = call.tensor('x');
  const [size, stride] = [call.integer('sequence_length'), call.integer('sequence_stride')];
  const count = Math.floor((x.shape[x.rank - 1] - size) / stride) + 1;
  if (count < 1)
    throw new KerasValueError(
      `${call.where}: the sequence is longer than the signal. Received: x.shape=${showValue(x.shape)}`,
    );
  return framesOf(x, count, stride, size);
});

const isComplex = (x: tf.Tensor) => x.dtype === 'complex64';

/** TensorFlow.js's gradients are real numbers. A loss that hangs on complex ones gets an error that says so. */
function withoutComplexGradient(f: (...parts: tf.Tensor[]) => tf.Tensor): (...parts: tf.Tensor[]) => tf.Tensor {
  const refuse = () => {
    throw new KerasValueError(
      'keras.ops: complex tensors have no gradient here; compute with the real and imaginary parts as two tensors. Received: a gradient through a complex64 tensor',
    );
  };
  return tf.customGrad((...given) => {
    const parts = given.filter((one): one is tf.Tensor => one instanceof tf.Tensor);
    return { value: f(...parts), gradFunc: refuse };
  });
}

const realPart = withoutComplexGradient(tf.real);
const imaginaryPart = withoutComplexGradient(tf.imag);
const complexOf = withoutComplexGradient(tf.complex);

const realOf = (x: tf.Tensor) => (isComplex(x) ? realPart(x) : numeric(x).clone());
const imagOf = (x: tf.Tensor) => (isComplex(x) ? imaginaryPart(x) : tf.zerosLike(numeric(x)));

/** A row that takes complex64 too. */
const complex = (f: (x: tf.Tensor) => tf.Tensor): OpRow => ({ ...unary(f), takesComplex: true });

const angle = complex((x) => tf.atan2(float(imagOf(x)), float(realOf(x))));
const conjugate: OpRow = {
  ...complex((x) => (isComplex(x) ? complexOf(realOf(x), tf.neg(imagOf(x))) : x.clone())),
  givesItself: true,
};

const viewAsComplex = op('x', (call) => {
  const x = float(call.tensor('x'));
  if (x.shape[x.rank - 1] !== 2) throw call.wrong('x', 'of last dimension 2, for real and imaginary part');
  const [re, im] = unstack(x, -1);
  return call.isTrial ? re : complexOf(re, im);
});

export const fourierOps: OpTable = {
  FFT: op('x', (call) => [...fourier(pairOf(call))]),
  FFT2: op('x', (call) => overTwoAxes(pairOf(call), false)),
  IFFT2: op('x', (call) => overTwoAxes(pairOf(call), true)),
  RFFT: op('x fft_length', (call) => {
    const x = float(call.tensor('x'));
    return [...realFourier(x, call.integer('fft_length', x.shape[x.rank - 1]))];
  }),
  IRFFT: op('x fft_length', (call) => {
    const x = pairOf(call);
    return inverseRealFourier(x, call.integer('fft_length', 2 * (x[0].shape[x[0].rank - 1] - 1)));
  }),
  STFT: stft,
  ISTFT: istft,
  ExtractSequences: extractSequences,
  Real: { ...complex(realOf), givesItself: true },
  Imag: complex(imagOf),
  Angle: angle,
  Conj: conjugate,
  Conjugate: conjugate,
  Isreal: complex((x) => tf.equal(imagOf(x), tf.scalar(0, x.dtype === 'int32' ? 'int32' : 'float32'))),
  ViewAsComplex: viewAsComplex,
  ViewAsReal: {
    ...op('x', (call) => tf.stack([realOf(call.tensor('x')), imagOf(call.tensor('x'))], -1)),
    takesComplex: true,
  },
  Polar: op('abs_ angle', (call) => {
    const [size, turn] = [float(call.tensor('abs_')), float(call.tensor('angle'))];
    const re = tf.mul(size, tf.cos(turn));
    return call.isTrial ? re : complexOf(re, tf.mul(size, tf.sin(turn)));
  }),
};
