// Resizing along one axis as a matrix. Row i holds the weights of the input positions in output position i. The weights
// are those of a kernel around the pixel center
//   s = (i + 0.5) in/out - 0.5
// With antialias the kernel is as wide as the step between outputs. Weights beyond the borders are dropped, and the
// others scaled to sum 1. Keras's backends agree on this: https://www.tensorflow.org/api_docs/python/tf/image/resize
// and
// https://docs.jax.dev/en/latest/_autosummary/jax.image.resize.html
//
// They differ in one thing, up to 1.7e-3 of the largest value: without antialias TensorFlow looks a bicubic kernel up in
// a table with 1024 entries for a pixel, where JAX computes it. Here it is as on TensorFlow.

export const interpolations = ['nearest', 'bilinear', 'bicubic', 'lanczos3', 'lanczos5', 'area'] as const;

export type Interpolation = (typeof interpolations)[number];

/** Those of TensorFlow's tf.image.resize too. */
export type Resampler = Interpolation | 'gaussian' | 'mitchellcubic';

export interface Resampling {
  readonly interpolation: Resampler;
  /** Whether downsampling averages over the inputs between two outputs. 'nearest' and 'area' ignore it. */
  readonly antialias: boolean;
}

type Kernel = (distance: number) => number;

const triangle: Kernel = (x) => Math.max(0, 1 - x);

/** Keys' cubic kernel with a = -0.5: https://doi.org/10.1109/TASSP.1981.1163711 */
const keys: Kernel = (x) => {
  if (x >= 2) return 0;
  return x >= 1 ? ((-0.5 * x + 2.5) * x - 4) * x + 2 : (1.5 * x - 2.5) * x * x + 1;
};

/** Mitchell and Netravali's kernel with b = c = 1/3: https://www.cs.utexas.edu/~fussell/courses/cs384g-fall2013/lectures/mitchell/Mitchell.pdf */
const mitchell: Kernel = (x) => {
  if (x >= 2) return 0;
  if (x >= 1) return (((-7 / 18) * x + 2) * x - 10 / 3) * x + 16 / 9;
  return ((7 / 6) * x - 2) * x * x + 8 / 9;
};

/** A bell of deviation 0.5 within three deviations. */
const bell: Kernel = (x) => (x >= 1.5 ? 0 : Math.exp(-2 * x * x));

function lanczos(radius: number): Kernel {
  return (x) => {
    if (x > radius) return 0;
    if (x <= 1e-3) return 1;
    return (radius * Math.sin(Math.PI * x) * Math.sin((Math.PI * x) / radius)) / (Math.PI * x) ** 2;
  };
}

const kernels: Readonly<Record<Exclude<Resampler, 'nearest' | 'area'>, Kernel>> = {
  bilinear: triangle,
  bicubic: keys,
  lanczos3: lanczos(3),
  lanczos5: lanczos(5),
  gaussian: bell,
  mitchellcubic: mitchell,
};

const cache = new Map<string, Float32Array>();
const cacheSize = 32;

/** Computes the matrix [outSize, inSize], or takes it from a cache. */
export function resampleMatrix(
  inSize: number,
  outSize: number,
  { interpolation, antialias }: Resampling,
): Float32Array {
  const key = `${interpolation} ${antialias} ${inSize} ${outSize}`;
  const known = cache.get(key);
  if (known) return known;
  if (cache.size >= cacheSize) cache.clear();
  const made = new Float32Array(inSize * outSize);
  for (let i = 0; i < outSize; i++) {
    made.set(rowOf(i, inSize, outSize, { interpolation, antialias }), i * inSize);
  }
  cache.set(key, made);
  return made;
}

function rowOf(i: number, inSize: number, outSize: number, { interpolation, antialias }: Resampling): Float64Array {
  const row = new Float64Array(inSize);
  const step = inSize / outSize;
  if (interpolation === 'nearest') {
    row[Math.min(inSize - 1, Math.floor(((i + 0.5) * inSize) / outSize))] = 1;
    return row;
  }
  if (interpolation === 'area') return row.map((_, j) => overlap(i * step, (i + 1) * step, j) / step);
  if (interpolation === 'bicubic' && !antialias) return tabulatedCubic(row, i, inSize / outSize);
  const kernel = kernels[interpolation];
  const width = antialias ? Math.max(step, 1) : 1;
  const center = (i + 0.5) * step - 0.5;
  return toSumOne(row.map((_, j) => kernel(Math.abs(center - j) / width)));
}

function toSumOne(weights: Float64Array): Float64Array {
  const sum = weights.reduce((a, b) => a + b, 0);
  return Math.abs(sum) > 1e-4 ? weights.map((weight) => weight / sum) : weights.fill(0);
}

/** Four taps, whose center is rounded to a 1024th of a pixel. It is computed in float32, which decides the rounding. */
function tabulatedCubic(row: Float64Array, i: number, step: number): Float64Array {
  const center = Math.fround(Math.fround(Math.fround(i + 0.5) * Math.fround(step)) - 0.5);
  const left = Math.floor(center);
  const share = roundHalfEven(Math.fround(center - left) * 1024) / 1024;
  for (let tap = -1; tap <= 2; tap++) {
    const j = left + tap;
    if (j >= 0 && j < row.length) row[j] = keys(Math.abs(share - tap));
  }
  return toSumOne(row);
}

function roundHalfEven(x: number): number {
  const down = Math.floor(x);
  const isUp = x - down === 0.5 ? down % 2 !== 0 : x - down > 0.5;
  return isUp ? down + 1 : down;
}

/** The length of the intersection of pixel j, [j, j + 1], with [from, to]. */
function overlap(from: number, to: number, j: number): number {
  return Math.max(0, Math.min(to, j + 1) - Math.max(from, j));
}

/** The kernel of an interpolation, a function of the distance in pixels. */
export function kernelOf(name: keyof typeof kernels): (distance: number) => number {
  return kernels[name];
}
