// tf.signal: https://www.tensorflow.org/api_docs/python/tf/signal. Spectra are complex64.

import * as tf from '@tensorflow/tfjs-core';
import { KerasValueError } from '../../base/kerasValueError.js';
import { spendTrial } from '../../base/loadLimits.js';
import { split } from '../../base/parts.js';
import { castName } from '../creationOps.js';
import { type Complex, fitLast, fourier, inverseRealFourier, realFourier } from '../fourier.js';
import { framesOf, overlapAdd } from '../fourierOps.js';
import type { OpCall } from '../opCall.js';
import { type OpRow, type OpTable, op } from '../opRow.js';
import { float } from '../opValues.js';
import { moveToLast } from '../permuteAxes.js';

/** A complex tensor; a trial goes on with its real part, whose shape is the same. */
const joined = (call: OpCall, [re, im]: Complex): tf.Tensor => (call.isTrial ? re : tf.complex(re, im));

const partsOf = (x: tf.Tensor): Complex =>
  x.dtype === 'complex64' ? [tf.real(x), tf.imag(x)] : [float(x), tf.zerosLike(float(x))];

const complexRow = (row: OpRow): OpRow => ({ ...row, takesComplex: true });

function hann(size: number): tf.Tensor {
  spendTrial([size]);
  return tf.tensor1d(Float32Array.from({ length: size }, (_, i) => 0.5 - 0.5 * Math.cos((2 * Math.PI * i) / size)));
}

/** The smallest power of 2 that is no smaller. */
const enclosing = (size: number) => 2 ** Math.ceil(Math.log2(size));

/** Overlapping frames; pad_end fills the last ones. */
function frames(x: tf.Tensor, size: number, step: number, padEnd: boolean, padValue = 0): tf.Tensor {
  const length = x.shape[x.rank - 1];
  const count = padEnd ? Math.ceil(length / step) : Math.max(0, Math.floor((length - size) / step) + 1);
  const missing = Math.max(0, (count - 1) * step + size - length);
  const padded = tf.pad(
    x,
    x.shape.map((_, i): [number, number] => [0, i === x.rank - 1 ? missing : 0]),
    padValue,
  );
  return framesOf(padded, count, step, size);
}

/** Frames times the window: that of Hann unless the call says null, which is none. */
function windowed(call: OpCall, frames: tf.Tensor, size: number): tf.Tensor {
  if (call.has('window_fn')) throw new KerasValueError(`${call.where}: window_fn is Python code, which is never run`);
  return call.names('window_fn') ? frames : tf.mul(frames, hann(size));
}

const stft = op('signals frame_length frame_step fft_length window_fn pad_end', (call) => {
  const [size, step] = [call.integer('frame_length'), call.integer('frame_step')];
  const cut = frames(float(call.tensor('signals')), size, step, call.boolean('pad_end', false));
  return joined(call, realFourier(windowed(call, cut, size), call.integer('fft_length', enclosing(size))));
});

const inverseStft = op('stfts frame_length frame_step fft_length window_fn', (call) => {
  const [size, step] = [call.integer('frame_length'), call.integer('frame_step')];
  const time = inverseRealFourier(partsOf(call.tensor('stfts')), call.integer('fft_length', enclosing(size)));
  return overlapAdd(windowed(call, fitLast(time, size), size), step);
});

/** Type 2 and its inverse, type 3, as a product with cosines: https://en.wikipedia.org/wiki/Discrete_cosine_transform */
function cosines(n: number, isInverse: boolean, isOrtho: boolean): tf.Tensor2D {
  spendTrial([n, n]);
  const values = Float32Array.from({ length: n * n }, (_, i) => {
    const [row, column] = [Math.floor(i / n), i % n];
    const [time, k] = isInverse ? [column, row] : [row, column];
    const angle = Math.cos((Math.PI * (2 * time + 1) * k) / (2 * n));
    if (isOrtho) return angle * Math.sqrt((k === 0 ? 1 : 2) / n);
    return isInverse ? angle * (k === 0 ? 1 : 2) : 2 * angle;
  });
  return tf.tensor2d(values, [n, n]);
}

function dctOf(isInverse: boolean): OpRow {
  return op('input type n axis norm', (call) => {
    const x = float(call.tensor('input'));
    const type = call.integer('type', 2);
    if (type !== 2 && type !== 3) throw call.wrong('type', '2 or 3');
    const n = call.integer('n', x.shape[x.rank - 1]);
    const isBack = (type === 3) !== isInverse;
    // Without `ortho` the inverse of tf.signal is the other type without a factor.
    const y = tf.matMul(tf.reshape(fitLast(x, n), [-1, n]), cosines(n, isBack, call.raw('norm') === 'ortho'));
    return tf.reshape(y, [...x.shape.slice(0, -1), n]);
  });
}

const mfccs = op('log_mel_spectrograms', (call) => {
  const x = float(call.tensor('log_mel_spectrograms'));
  const n = x.shape[x.rank - 1] as number;
  const y = tf.mul(tf.matMul(tf.reshape(x, [-1, n]), cosines(n, false, false)), 1 / Math.sqrt(2 * n));
  return tf.reshape(y, x.shape);
});

/** Moves the second half of each axis to the front, or back. */
function shift(isInverse: boolean): OpRow {
  return op('x axes', (call) => {
    const x = call.tensor('x');
    const axes = call.axes('axes', x.rank) ?? [...x.shape.keys()];
    return axes
      .reduce((y, axis) => {
        const size = y.shape[axis];
        const front = isInverse ? Math.floor(size / 2) : Math.ceil(size / 2);
        const [first, second] = split(y, [front, size - front], axis);
        return tf.concat([second, first], axis);
      }, x)
      .clone();
  });
}

const transform = (name: string, isInverse: boolean): OpRow =>
  complexRow(op(name, (call) => joined(call, fourier(partsOf(call.tensor(name)), isInverse))));

const frame = op('signal frame_length frame_step pad_end pad_value axis', (call) => {
  const x = call.tensor('signal');
  const axis = call.axis('axis', x.rank, -1);
  if (axis !== x.rank - 1) throw call.wrong('axis', 'the last one');
  return frames(
    moveToLast(x, axis).moved,
    call.integer('frame_length'),
    call.integer('frame_step'),
    call.boolean('pad_end', false),
    call.number('pad_value', 0),
  );
});

const overlap = op('signal frame_step', (call) => overlapAdd(float(call.tensor('signal')), call.integer('frame_step')));

const castTensor = op('x dtype', (call) => {
  const x = call.tensor('x');
  const isComplex = /^complex/.test(call.text('dtype'));
  if (isComplex) return joined(call, partsOf(x));
  return castName(call, x.dtype === 'complex64' ? tf.real(x) : x).clone();
});

export const tfSignal: OpTable = {
  'tf.signal.stft': stft,
  'tf.signal.inverse_stft': complexRow(inverseStft),
  'tf.signal.fft': transform('input', false),
  'tf.signal.ifft': transform('input', true),
  'tf.signal.dct': dctOf(false),
  'tf.signal.idct': dctOf(true),
  'tf.signal.mfccs_from_log_mel_spectrograms': mfccs,
  'tf.signal.fftshift': shift(false),
  'tf.signal.ifftshift': shift(true),
  'tf.signal.frame': frame,
  'tf.signal.overlap_and_add': overlap,
  'tf.dtypes.complex': op('real imag', (call) =>
    joined(call, [float(call.tensor('real')), float(call.tensor('imag'))]),
  ),
  'tf.cast': complexRow(castTensor),
};
