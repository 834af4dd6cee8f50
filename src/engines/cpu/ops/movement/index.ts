// The kernels that move values and compute nothing.

import type { NamedKernel } from '../../../../tfjs/registry.js';
import { joinKernels } from './concat.js';
import { frameKernels } from './pad.js';
import { sliceKernels } from './slice.js';
import { permutationKernels } from './transpose.js';

/** Movement of 4-byte values in WebAssembly, under the host's names. */
export const movementKernels: readonly NamedKernel[] = [
  ...permutationKernels,
  ...sliceKernels,
  ...joinKernels,
  ...frameKernels,
];
