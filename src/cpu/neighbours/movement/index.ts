// The kernels that move values and compute nothing.

import type { NamedKernel } from '../../../host/registry.js';
import { frameKernels } from './frames.js';
import { joinKernels } from './joins.js';
import { permutationKernels } from './permutations.js';
import { sliceKernels } from './slices.js';

/** Movement of 4-byte values in WebAssembly, under the host's names. */
export const movementKernels: readonly NamedKernel[] = [
  ...permutationKernels,
  ...sliceKernels,
  ...joinKernels,
  ...frameKernels,
];
