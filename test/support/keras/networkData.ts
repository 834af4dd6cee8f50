// The batches of test/fixtures/generator/networks.py, by the same formulas.

import * as tf from '@tensorflow/tfjs';

export interface DataSpec {
  readonly kind: string;
  /** Without the batch. */
  readonly shape: readonly number[];
  /** How many classes or ids there are. */
  readonly count?: number;
  readonly seed?: number;
}

const BATCH = 6;
const BATCHES = 4;

/** Numbers of -1 to 1, ids that end in padding, classes, or bits. */
export function makeData({ kind, shape: rest, count = 1, seed = 0 }: DataSpec, given: number): tf.Tensor {
  const step = given % BATCHES;
  const shape = [BATCH, ...rest];
  const last = shape[shape.length - 1];
  const formulas: Readonly<Record<string, (i: number) => number>> = {
    numbers: (i) => (((i * 37 + step * 71 + seed * 13) % 101) - 50) / 50,
    classes: (i) => (i * 5 + step + seed) % count,
    bits: (i) => Number((i * 7 + step * 3 + seed) % 5 < 2),
    ids: (i) => {
      const [place, row] = [i % last, Math.floor(i / last)];
      return place < last - ((row + step) % 3) ? 1 + ((i * 11 + step * 7 + seed) % (count - 1)) : 0;
    },
  };
  const values = Array.from({ length: tf.util.sizeFromShape(shape) }, (_, i) => formulas[kind](i));
  return tf.tensor(values, shape, kind === 'ids' ? 'int32' : 'float32');
}
