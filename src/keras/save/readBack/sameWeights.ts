// Compares the values in a file with those of a model, one weight at a time, so that no second copy of all weights is
// made.

import { dispose, type Tensor, tidy } from '@tensorflow/tfjs-core';
import type { layers } from '@tensorflow/tfjs-layers';
import type { Assignment } from '../../weights/assignWeights.js';
import { type OwnState, ownState } from '../../weights/ownState.js';
import { differ } from './difference.js';
import type { Pairs } from './matchModels.js';

/** How far a stored value may be from the model's. At 0 the bits must be the same. */
export type Tolerance = (path: string, value: number) => number;

/** @throws Error for the first value of the layer that the file has otherwise. */
export async function compareWeights(item: Assignment, pairs: Pairs | null, tolerance: Tolerance): Promise<void> {
  const { layer, values, state = ownState(layer) } = item;
  const meant = readMeant(layer, state, pairs);
  try {
    for (const [i, value] of values.entries()) {
      const stored = value.read();
      const [a, b] = await Promise.all([meant[i].data(), stored.data()]).finally(() => stored.dispose());
      const where = `layer '${layer.name}', weight '${value.path}'`;
      const at = firstDifference(a, b, (meant) => tolerance(value.path, meant));
      if (at >= 0) differ(`${where}: value ${at}`, a[at], b[at]);
    }
  } finally {
    dispose(meant);
  }
}

/** The values of the layer that was written, as new tensors. */
function readMeant(layer: layers.Layer, { variables }: OwnState, pairs: Pairs | null): Tensor[] {
  if (!pairs) return ownState(layer).read();
  if (!variables) return ownState(pairs.layers.get(layer) ?? layer).read();
  return tidy(() => variables.map((variable) => (pairs.variables.get(variable) ?? variable).read().clone()));
}

type Values = ArrayLike<number>;

/** The index of the first value that differs; -1 without one. */
function firstDifference(a: Values, b: Values, tolerance: (value: number) => number): number {
  if (a.length !== b.length) return Math.min(a.length, b.length);
  if (tolerance(1) === 0 && a instanceof Float32Array && b instanceof Float32Array) return firstOtherBits(a, b);
  for (let i = 0; i < a.length; i++) if (!(Math.abs(a[i] - b[i]) <= tolerance(a[i]))) return i;
  return -1;
}

function firstOtherBits(a: Float32Array, b: Float32Array): number {
  const [x, y] = [a, b].map(({ buffer, byteOffset, length }) => new Uint32Array(buffer, byteOffset, length));
  for (let i = 0; i < x.length; i++) if (x[i] !== y[i]) return i;
  return -1;
}
