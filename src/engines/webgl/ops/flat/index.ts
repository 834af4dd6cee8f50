// The kernels on small tensors, by TensorFlow.js's names.

import type { KernelFunc } from '@tensorflow/tfjs-core';
import { flatArgExtremes } from './argExtreme.js';
import { flatBinary } from './binary.js';
import type { FlatFunc } from './flatFunc.js';
import { withFlat } from './flatKernel.js';
import { flatJoins } from './join.js';
import { flatMoves } from './move.js';
import { flatPicks } from './pick.js';

const flatFuncs: Readonly<Record<string, FlatFunc>> = {
  ...flatBinary,
  ...flatMoves,
  ...flatJoins,
  ...flatPicks,
  ...flatArgExtremes,
};

/** Names of kernels that have a form for small tensors. */
export const flatNames: readonly string[] = Object.keys(flatFuncs);

/** Small tensors first, where the kernel has a form for them. */
export function smallFirst(kernelName: string, official: KernelFunc): KernelFunc {
  const flat = flatFuncs[kernelName];
  return flat ? withFlat(kernelName, flat, official) : official;
}
