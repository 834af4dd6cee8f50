// The layer STFTSpectrogram: short-time Fourier transforms as two convolutions, whose kernels can be trained.
//
//   real[t, k] = sum over n of x[t*step + n] * window[n] * cos(2 pi n k / size), imag with -sin
// Source: https://keras.io/api/layers/preprocessing_layers/audio/stft_spectrogram/

import * as tf from '@tensorflow/tfjs-core';
import type { LayerVariable, Shape } from '@tensorflow/tfjs-layers';
import type { Json } from '../../../core/json.js';
import { boolean, dataFormat, type Field, type KerasPadding, plain, positiveInteger } from '../../base/fields.js';
import { floatInput, onlyShape } from '../../base/inputs.js';
import { KerasLayer } from '../../base/kerasLayer.js';
import { KerasValueError, showValue } from '../../base/kerasValueError.js';
import type { BaseLayerArgs, LayerContext } from '../../base/layerArgs.js';
import { runConv } from '../../conv/runConv.js';
import { getInitializer } from '../../initializers/initializers.js';

const modes = ['log', 'magnitude', 'psd', 'real', 'imag', 'angle', 'stft'] as const;
type Mode = (typeof modes)[number];

/** One of the names. @param rule the message without what was received. */
function named<T extends string | null>(names: readonly T[], missing: T, rule: string): Field<T> {
  return {
    parse(value, { key }) {
      const given = value === undefined ? missing : value;
      if (names.includes(given as T)) return given as T;
      throw new KerasValueError(`${rule}. Received: ${key}=${showValue(value)}`);
    },
    serialize: (value) => value,
  };
}

function integerOrNull(): Field<number | null> {
  return {
    parse(value, { where, key }) {
      if (value == null) return null;
      if (typeof value === 'number' && Number.isInteger(value)) return value;
      throw new KerasValueError(`${where}: \`${key}\` must be an integer. Received: ${key}=${showValue(value)}`);
    },
    serialize: (value) => value,
  };
}

const fields = {
  mode: named<Mode>(modes, 'log', `Output mode is invalid, it must be one of ${modes.join(', ')}`),
  frameLength: positiveInteger(256),
  frameStep: integerOrNull(),
  fftLength: integerOrNull(),
  window: plain<Json>('hann'),
  periodic: boolean(false),
  scaling: named<string | null>(
    ['density', 'spectrum', null],
    'density',
    "Scaling is invalid, it must be `None`, 'density' or 'spectrum'",
  ),
  padding: named<KerasPadding>(['valid', 'same'], 'valid', "Padding is invalid, it should be 'valid', 'same'"),
  dataFormat: dataFormat(),
  expandDims: boolean(false),
};

/** The arguments of Keras's STFTSpectrogram. */
export interface STFTSpectrogramArgs extends BaseLayerArgs {
  /** What the output holds: 'log' (default), 'magnitude', 'psd', 'real', 'imag', 'angle' or 'stft' (real, then imag). */
  mode?: Mode;
  /** Samples of a frame. Default 256. */
  frameLength?: number;
  /** Samples between frames, at most frameLength. Default null: half of frameLength. */
  frameStep?: number | null;
  /** Size of the transform, at least frameLength. Default null: the power of two from frameLength up. */
  fftLength?: number | null;
  /** 'hann' (default), 'hamming', 'blackman', 'boxcar', numbers, or null for none. */
  window?: string | readonly number[] | null;
  /** Whether the window is periodic. Default false. */
  periodic?: boolean;
  /** 'density' (default), 'spectrum' or null: by what the window is divided. */
  scaling?: string | null;
  /** 'valid' (default) or 'same'. */
  padding?: KerasPadding;
  /** Default 'channels_last'. */
  dataFormat?: string | null;
  /** Whether channels have an axis of their own. Default false: they follow each other. */
  expandDims?: boolean;
}

/** The smallest power in the modes 'log' and 'magnitude'. */
const smallest = 1e-7;

/**
 * Computes spectrograms of signals.
 *
 * Input: float32 [batch, samples, channels], or [batch, channels, samples] with channels_first. Output: float32 [batch,
 * frames, frequencies * channels], with expandDims [batch, frames, frequencies, channels]; channels_first [batch,
 * frequencies * channels, frames] and [batch, channels, frames, frequencies]. Weights: real_kernel and imag_kernel
 * [frameLength, 1, fftLength / 2 + 1], those that the mode needs.
 * Source: https://keras.io/api/layers/preprocessing_layers/audio/stft_spectrogram/
 *
 * @throws ValueError for arguments that Keras refuses, and for windows that are not known here.
 */
export class STFTSpectrogram extends KerasLayer<typeof fields> {
  static readonly className: string = 'STFTSpectrogram';

  protected override readonly inputRules = [{ rank: 3 }];
  #real: LayerVariable | null = null;
  #imag: LayerVariable | null = null;

  constructor(args: STFTSpectrogramArgs = {}, context?: LayerContext) {
    super(args, fields, context);
    const { frameLength, frameStep, fftLength } = this.config;
    if (frameStep !== null && (frameStep < 1 || frameStep > frameLength)) {
      throw new KerasValueError(
        `\`frame_step\` should be a positive integer not greater than \`frame_length\`. Received: frame_step=${frameStep}, frame_length=${frameLength}`,
      );
    }
    if (fftLength !== null && fftLength < frameLength) {
      throw new KerasValueError(
        `\`fft_length\` should be not less than \`frame_length\`. Received: fft_length=${fftLength}, frame_length=${frameLength}`,
      );
    }
  }

  get #step(): number {
    return this.config.frameStep ?? Math.floor(this.config.frameLength / 2);
  }

  get #frequencies(): number {
    const { fftLength, frameLength } = this.config;
    return Math.floor((fftLength ?? 2 ** Math.ceil(Math.log2(frameLength))) / 2) + 1;
  }

  override build(inputShape: Shape | Shape[]): void {
    const { mode, frameLength, window, scaling, periodic } = this.config;
    const shape = [frameLength, 1, this.#frequencies];
    const add = (name: string, side: string) => {
      const config = { side, window, scaling, periodic };
      return this.addVariable(name, shape, { initializer: getInitializer({ class_name: 'STFT', config }) });
    };
    if (mode !== 'imag') this.#real = add('real_kernel', 'real');
    if (mode !== 'real') this.#imag = add('imag_kernel', 'imag');
    super.build(inputShape);
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    const { dataFormat, expandDims, frameLength, mode, padding } = this.config;
    const [batch, ...inner] = onlyShape(inputShape);
    const isLast = dataFormat === 'channels_last';
    const [samples, channels] = isLast ? inner : [inner[1], inner[0]];
    const count = padding === 'same' ? 0 : frameLength - this.#step;
    const frames =
      samples === null
        ? null
        : Math.max(Math.ceil((samples - count - (padding === 'same' ? 0 : this.#step - 1)) / this.#step), 0);
    const height = this.#frequencies * (mode === 'stft' ? 2 : 1);
    if (expandDims) return isLast ? [batch, frames, height, channels] : [batch, channels, frames, height];
    const joined = channels === null ? null : height * channels;
    return isLast ? [batch, frames, joined] : [batch, joined, frames];
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.tidy(() => {
      const x = floatInput(inputs);
      const isLast = this.config.dataFormat === 'channels_last';
      const [batch, channels, samples] = (isLast ? tf.transpose(x, [0, 2, 1]) : x).shape;
      const signals = tf.reshape(isLast ? tf.transpose(x, [0, 2, 1]) : x, [batch * channels, samples, 1]);
      const y = this.#spectrum(signals); // [batch * channels, frames, frequencies]
      const [, frames, height] = y.shape as number[];
      const all = tf.reshape(y, [batch, channels, frames, height]);
      if (this.config.expandDims) return tf.transpose(all, isLast ? [0, 2, 3, 1] : [0, 1, 2, 3]);
      const joined = tf.transpose(all, isLast ? [0, 2, 1, 3] : [0, 1, 3, 2]);
      return tf.reshape(joined, isLast ? [batch, frames, channels * height] : [batch, channels * height, frames]);
    });
  }

  #spectrum(signals: tf.Tensor): tf.Tensor {
    const { mode } = this.config;
    const real = () => this.#transform(signals, this.#real as LayerVariable);
    const imag = () => this.#transform(signals, this.#imag as LayerVariable);
    const power = () => tf.add(tf.square(real()), tf.square(imag()));
    switch (mode) {
      case 'real':
        return real();
      case 'imag':
        return imag();
      case 'stft':
        return tf.concat([real(), imag()], -1);
      case 'psd':
        return this.#oneSided(power());
      case 'magnitude':
        return tf.sqrt(tf.maximum(power(), smallest));
      case 'log':
        return tf.mul(tf.log(tf.maximum(power(), smallest)), 0.5);
      case 'angle':
        return tf.atan2(imag(), real());
      default:
        return mode satisfies never;
    }
  }

  /** The power of real signals at positive and negative frequencies together: all but the first and last stand for two. */
  #oneSided(power: tf.Tensor): tf.Tensor {
    const count = this.#frequencies;
    const weights = Array.from({ length: count }, (_, k) => (k === 0 || k === count - 1 ? 1 : 2));
    return tf.mul(power, tf.tensor1d(weights));
  }

  #transform(x: tf.Tensor, kernel: LayerVariable): tf.Tensor {
    const { frameLength, padding } = this.config;
    const window = {
      kernelSize: [frameLength],
      strides: [this.#step],
      dilationRate: [1],
      padding,
      dataFormat: 'channels_last' as const,
    };
    return runConv({ x, filter: kernel.read(), window });
  }
}

/** Makes an STFTSpectrogram layer. Arguments, shapes and errors are those of the class. */
export function stftSpectrogram(args: STFTSpectrogramArgs = {}): STFTSpectrogram {
  return new STFTSpectrogram(args);
}
