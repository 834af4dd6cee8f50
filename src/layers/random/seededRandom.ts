// Random numbers with a seed. A seed gives the same values on every backend. They differ from Keras's, whose backends
// also differ from each other.

/** Draws an integer in [0, 2^32). */
export type Random = () => number;

/**
 * The generator sfc32 of PractRand (https://pracrand.sourceforge.net/). The finalizer of MurmurHash3 mixes the seed, so
 * that consecutive seeds give unrelated streams.
 */
export function seededRandom(seed: number): Random {
  let a = mix(seed | 0);
  let b = mix(Math.floor(seed / 2 ** 32) ^ a);
  let c = mix(a + b);
  let counter = 1;
  const next = () => {
    const t = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + t;
    return t >>> 0;
  };
  for (let i = 0; i < 12; i++) next();
  return next;
}

function mix(value: number): number {
  let h = (value + 0x9e3779b9) | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}

/** Draws a seed. */
export function randomSeed(): number {
  return Math.floor(Math.random() * 2 ** 32);
}

/** Fills `values` from the uniform distribution over [low, high), with the 24 bits that a float32 holds. */
export function fillUniform(values: Float32Array, low: number, high: number, random: Random): Float32Array {
  const step = (high - low) / 2 ** 24;
  for (let i = 0; i < values.length; i++) values[i] = low + step * (random() >>> 8);
  return values;
}

export interface Normal {
  readonly mean: number;
  readonly stddev: number;
  /** Values beyond this many standard deviations are drawn again. Default: no limit. */
  readonly limit?: number;
}

/**
 * Marsaglia's polar method: two normal values from a point inside the unit circle (https://doi.org/10.1137/1006063).
 */
export function fillNormal<T extends Float32Array | Float64Array>(values: T, normal: Normal, random: Random): T {
  const { mean, stddev, limit = Number.POSITIVE_INFINITY } = normal;
  const scale = 2 ** -31;
  for (let i = 0; i < values.length; ) {
    const u = random() * scale - 1;
    const v = random() * scale - 1;
    const s = u * u + v * v;
    if (s >= 1 || s === 0) continue;
    const r = Math.sqrt((-2 * Math.log(s)) / s);
    if (Math.abs(u * r) <= limit) values[i++] = mean + stddev * (u * r);
    if (i < values.length && Math.abs(v * r) <= limit) values[i++] = mean + stddev * (v * r);
  }
  return values;
}
