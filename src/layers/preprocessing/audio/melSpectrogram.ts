// The layer MelSpectrogram: the power of a signal in mel bands over time, in decibels.
// Source: https://keras.io/api/layers/preprocessing_layers/audio/mel_spectrogram/

import * as tf from '@tensorflow/tfjs-core';
import type { Shape } from '@tensorflow/tfjs-layers';
import { boolean, type Field, number, numberOrNull, positiveInteger } from '../../base/fields.js';
import { floatInput, onlyShape } from '../../base/inputs.js';
import { KerasLayer } from '../../base/kerasLayer.js';
import { KerasValueError, showValue } from '../../base/kerasValueError.js';
import type { BaseLayerArgs, LayerContext } from '../../base/layerArgs.js';
import { runConv } from '../../conv/runConv.js';
import { fourierKernels, melMatrix } from './melMatrix.js';

type Window = string | readonly number[] | null;

const windowField: Field<Window> = {
  parse(value) {
    if (value === undefined) return 'hann';
    if (value === null || value === 'hann' || value === 'hamming') return value;
    if (Array.isArray(value) && value.every((item) => typeof item === 'number')) return Object.freeze([...value]);
    throw new KerasValueError(
      `If a string is passed to \`window\`, it must be one of \`"hann"\`, \`"hamming"\`. Received: window=${showValue(value)}`,
    );
  },
  serialize: (value) => value,
};

const someLength: Field<number | null> = {
  parse: (value, context) => (value == null ? null : positiveInteger().parse(value, context)),
  serialize: (value) => value,
};

const fields = {
  fftLength: positiveInteger(2048),
  sequenceStride: positiveInteger(512),
  sequenceLength: someLength,
  window: windowField,
  samplingRate: number(16000),
  numMelBins: positiveInteger(128),
  minFreq: number(20),
  maxFreq: numberOrNull(),
  powerToDb: boolean(true),
  topDb: number(80),
  magExp: number(2),
  minPower: number(1e-10),
  refPower: number(1),
};

/** The arguments of Keras's MelSpectrogram. */
export interface MelSpectrogramArgs extends BaseLayerArgs {
  /** Size of the transform. Default 2048. */
  fftLength?: number;
  /** Samples between frames. Default 512. */
  sequenceStride?: number;
  /** Samples of the window, at most fftLength. Default null: fftLength. */
  sequenceLength?: number | null;
  /** 'hann' (default), 'hamming', numbers, or null for none. */
  window?: Window;
  /** Samples a second. Default 16000. */
  samplingRate?: number;
  /** The number of bands. Default 128. */
  numMelBins?: number;
  /** Lower edge of the bands in hertz. Default 20. */
  minFreq?: number;
  /** Upper edge of the bands in hertz. Default null: half of the sampling rate. */
  maxFreq?: number | null;
  /** Whether the output is in decibels. Default true. */
  powerToDb?: boolean;
  /** How far below the loudest value of the batch the output ends, in decibels. Default 80. */
  topDb?: number;
  /** Exponent of the magnitude. 1 is for magnitudes, 2 (default) for powers. */
  magExp?: number;
  /** The smallest power. Default 1e-10. */
  minPower?: number;
  /** The power that is 0 decibels. Default 1. */
  refPower?: number;
}

/**
 * Computes mel spectrograms of signals.
 *
 * Input: float32 [..., samples]. Output: float32 [..., bands, frames]. A frame is centered on each sequenceStride-th sample; the
 * signal is mirrored at its ends, so it must be longer than fftLength / 2. No weights.
 * Source: https://keras.io/api/layers/preprocessing_layers/audio/mel_spectrogram/
 *
 * @throws ValueError for arguments that Keras refuses.
 */
export class MelSpectrogram extends KerasLayer<typeof fields> {
  static readonly className: string = 'MelSpectrogram';

  /** The constants on the CPU: made once, since they take long for large transforms. */
  #constants: { real: Float32Array; imag: Float32Array; mel: Float32Array } | null = null;

  constructor(args: MelSpectrogramArgs = {}, context?: LayerContext) {
    super(args, fields, context);
    const { fftLength } = this.config;
    if (this.#length > fftLength) {
      throw new KerasValueError(
        `\`fft_length\` must be greater than or equal to \`sequence_length\`. Received: \`sequence_length\`=${this.#length}, \`fft_length\`=${fftLength}.`,
      );
    }
  }

  get #length(): number {
    return this.config.sequenceLength ?? this.config.fftLength;
  }

  get #maxFrequency(): number {
    return this.config.maxFreq ?? Math.trunc(this.config.samplingRate / 2);
  }

  get #frequencies(): number {
    return Math.floor(this.config.fftLength / 2) + 1;
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    const shape = onlyShape(inputShape);
    const { fftLength, sequenceStride, numMelBins } = this.config;
    const samples = shape[shape.length - 1];
    const padded = samples === null ? null : samples + 2 * Math.floor(fftLength / 2);
    const frames = padded === null ? null : Math.floor((padded - fftLength) / sequenceStride) + 1;
    return [...shape.slice(0, -1), numMelBins, frames];
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.tidy(() => {
      const x = floatInput(inputs);
      const samples = x.shape[x.rank - 1];
      const outer = x.shape.slice(0, -1);
      const { numMelBins, magExp, powerToDb } = this.config;
      const magnitude = tf.sqrt(this.#powers(tf.reshape(x, [-1, samples])));
      const [signals, frames] = magnitude.shape as number[];
      const flat = tf.reshape(tf.pow(magnitude, magExp), [signals * frames, this.#frequencies]) as tf.Tensor2D;
      const { mel } = this.#readConstants();
      const bands = tf.matMul(flat, tf.tensor2d(mel, [this.#frequencies, numMelBins]));
      const y = powerToDb ? this.#decibels(bands) : bands;
      return tf.reshape(tf.transpose(tf.reshape(y, [signals, frames, numMelBins]), [0, 2, 1]), [
        ...outer,
        numMelBins,
        frames,
      ]);
    });
  }

  /** The squared magnitudes of centered frames: [signals, frames, frequencies]. */
  #powers(signals: tf.Tensor): tf.Tensor {
    const { fftLength, sequenceStride } = this.config;
    const places = reflected(signals.shape[1] as number, Math.floor(fftLength / 2));
    const padded = tf.gather(signals, tf.tensor1d(places, 'int32'), 1); // the gradient of tf.mirrorPad forgets the margins
    const x = tf.expandDims(padded, -1);
    const window = {
      kernelSize: [fftLength],
      strides: [sequenceStride],
      dilationRate: [1],
      padding: 'valid' as const,
      dataFormat: 'channels_last' as const,
    };
    const { real, imag } = this.#readConstants();
    const squares = [real, imag].map((values) => {
      const filter = tf.tensor3d(values, [fftLength, 1, this.#frequencies]);
      return tf.square(runConv({ x, filter, window }));
    });
    return tf.add(squares[0], squares[1]);
  }

  #decibels(bands: tf.Tensor): tf.Tensor {
    const { minPower, refPower, topDb } = this.config;
    const scale = 10 / Math.LN10;
    const reference = scale * Math.log(Math.max(Math.abs(refPower), minPower));
    const y = tf.sub(tf.mul(tf.log(tf.maximum(bands, minPower)), scale), reference);
    // TensorFlow.js does not sum the gradient of a maximum over what it broadcast.
    return tf.maximum(y, tf.broadcastTo(tf.sub(tf.max(y), topDb), y.shape));
  }

  #readConstants() {
    const { fftLength, numMelBins, samplingRate, minFreq } = this.config;
    this.#constants ??= {
      ...fourierKernels(this.#window(), fftLength),
      mel: melMatrix({
        bands: numMelBins,
        frequencies: this.#frequencies,
        samplingRate,
        minFrequency: minFreq,
        maxFrequency: this.#maxFrequency,
      }),
    };
    return this.#constants;
  }

  /** The window, periodic as for spectra. */
  #window(): readonly number[] {
    const { window } = this.config;
    const length = this.#length;
    if (Array.isArray(window)) {
      if (window.length === length) return window;
      throw new KerasValueError(
        `The shape of \`window\` must be equal to [sequence_length]. Received: window of ${window.length} numbers and sequence_length=${length}`,
      );
    }
    if (window === null) return Array<number>(this.config.fftLength).fill(1); // as in Keras, whatever sequence_length is
    const first = window === 'hann' ? 0.5 : 0.54;
    return Array.from({ length }, (_, i) => first - (1 - first) * Math.cos((2 * Math.PI * i) / length));
  }

  override getKerasConfig() {
    return { ...super.getKerasConfig(), sequence_length: this.#length, max_freq: this.#maxFrequency };
  }
}

/** The places of a signal with `margin` more at both ends, which continue as its mirror images around the end values. */
function reflected(size: number, margin: number): number[] {
  const period = Math.max(2 * (size - 1), 1);
  return Array.from({ length: size + 2 * margin }, (_, i) => {
    const place = (((i - margin) % period) + period) % period;
    return Math.min(place, period - place);
  });
}

/** Makes a MelSpectrogram layer. Arguments, shapes and errors are those of the class. */
export function melSpectrogram(args: MelSpectrogramArgs = {}): MelSpectrogram {
  return new MelSpectrogram(args);
}
