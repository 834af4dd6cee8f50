// Kernels of the short-time Fourier transform, rank 3: window[t]*cos(-2 pi t k/size), or sin for the imaginary part.
// Source: https://keras.io/api/layers/initializers/#stft-class

import { KerasValueError, showValue } from '../base/kerasValueError.js';

/** The parameters of STFT, as in Keras's config. */
export interface Stft {
  readonly side: string;
  readonly window: unknown;
  readonly periodic: boolean;
  readonly scaling: string | null;
}

/** Makes the checks of Keras's constructor. */
export function checkStft(given: Stft): Stft {
  const { side, scaling } = given;
  if (side !== 'real' && side !== 'imag') {
    throw new KerasValueError(`side should be 'real' or 'imag', not ${showValue(side)}`);
  }
  if (scaling !== null && scaling !== 'density' && scaling !== 'spectrum') {
    throw new KerasValueError(
      `Scaling is invalid, it must be \`None\`, 'density' or 'spectrum'. Received: scaling=${showValue(scaling)}`,
    );
  }
  return given;
}

/** Fills `values` with the kernel. @param shape [frame length, input channels, number of frequencies] */
export function fillStft(values: Float32Array, shape: readonly number[], stft: Stft): void {
  if (shape.length !== 3) {
    throw new KerasValueError(
      `STFT initializer can only be used for kernels of rank 3. Received: shape=${showValue(shape)} of rank ${shape.length}`,
    );
  }
  const [length, channels, frequencies] = shape;
  const window = windowOf(stft, length);
  const scale = scaleOf(stft, window);
  const wave = stft.side === 'real' ? Math.cos : Math.sin;
  for (let t = 0, at = 0; t < length; t++) {
    for (let channel = 0; channel < channels; channel++) {
      for (let k = 0; k < frequencies; k++, at++) {
        values[at] = (window[t] / scale) * wave((-2 * Math.PI * t * k) / ((frequencies - 1) * 2));
      }
    }
  }
}

function scaleOf({ window, scaling }: Stft, values: readonly number[]): number {
  if (window === null || scaling === null) return 1;
  if (scaling === 'density') return Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));
  return values.reduce((sum, value) => sum + Math.abs(value), 0);
}

/** Sums of cosines, as scipy.signal.windows defines them. */
const cosines: Readonly<Record<string, readonly number[]>> = {
  boxcar: [1],
  hann: [0.5, 0.5],
  hamming: [0.54, 0.46],
  blackman: [0.42, 0.5, 0.08],
  nuttall: [0.3635819, 0.4891775, 0.1365995, 0.0106411],
  blackmanharris: [0.35875, 0.48829, 0.14128, 0.01168],
  flattop: [0.21557895, 0.41663158, 0.277263158, 0.083578947, 0.006947368],
};

function windowOf({ window, periodic }: Stft, length: number): readonly number[] {
  if (window === null) return Array(length).fill(1);
  if (Array.isArray(window) && window.length === length) return window;
  const terms = typeof window === 'string' && Object.hasOwn(cosines, window) ? cosines[window] : undefined;
  if (!terms) {
    throw new KerasValueError(
      `STFT: \`window\` must be None, ${length} numbers or one of ${Object.keys(cosines).join(', ')}. Received: window=${showValue(window)}`,
    );
  }
  const span = periodic ? length : length - 1;
  const at = (t: number) =>
    terms.reduce((sum, term, i) => sum + (-1) ** i * term * Math.cos((2 * Math.PI * i * t) / span), 0);
  return length === 1 ? [1] : Array.from({ length }, (_, t) => at(t));
}
