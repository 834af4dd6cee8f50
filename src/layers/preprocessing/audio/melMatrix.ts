// The matrix from frequencies to mel bands: triangles that are evenly spaced on the mel scale, 1127 ln(1 + f / 700).
// The frequency 0 belongs to no band.
// Source: https://www.tensorflow.org/api_docs/python/tf/signal/linear_to_mel_weight_matrix

export interface MelBands {
  readonly bands: number;
  /** The number of frequencies, from 0 to half of the sampling rate. */
  readonly frequencies: number;
  readonly samplingRate: number;
  readonly minFrequency: number;
  readonly maxFrequency: number;
}

function mel(frequency: number): number {
  return 1127 * Math.log(1 + frequency / 700);
}

/** The matrix [frequencies, bands], row-major. */
export function melMatrix({ bands, frequencies, samplingRate, minFrequency, maxFrequency }: MelBands): Float32Array {
  const [low, high] = [mel(minFrequency), mel(maxFrequency)];
  const edge = (i: number) => low + ((high - low) * i) / (bands + 1);
  const matrix = new Float32Array(frequencies * bands);
  for (let k = 1; k < frequencies; k++) {
    const at = mel((samplingRate / 2) * (k / (frequencies - 1)));
    for (let band = 0; band < bands; band++) {
      const rising = (at - edge(band)) / (edge(band + 1) - edge(band));
      const falling = (edge(band + 2) - at) / (edge(band + 2) - edge(band + 1));
      matrix[k * bands + band] = Math.max(0, Math.min(rising, falling));
    }
  }
  return matrix;
}

/** Kernels of the Fourier transform of a windowed frame, real and imaginary part: [size, 1, size / 2 + 1]. */
export function fourierKernels(window: readonly number[], size: number): { real: Float32Array; imag: Float32Array } {
  const frequencies = Math.floor(size / 2) + 1;
  const before = Math.floor((size - window.length) / 2);
  const real = new Float32Array(size * frequencies);
  const imag = new Float32Array(size * frequencies);
  window.forEach((value, i) => {
    const n = before + i;
    for (let k = 0; k < frequencies; k++) {
      const angle = (2 * Math.PI * ((n * k) % size)) / size;
      real[n * frequencies + k] = value * Math.cos(angle);
      imag[n * frequencies + k] = -value * Math.sin(angle);
    }
  });
  return { real, imag };
}
