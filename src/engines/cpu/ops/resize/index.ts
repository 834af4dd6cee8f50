// The kernels of the CPU engine that resize images.

import type { NamedKernel } from '../../../../tfjs/registry.js';
import { cropAndResizeKernel } from './cropAndResize.js';
import { resizeBilinearKernel } from './resizeBilinear.js';
import { resizeGradKernels } from './resizeGrad.js';
import { resizeNearestKernel } from './resizeNearest.js';

export const resizeKernels: readonly NamedKernel[] = [
  resizeBilinearKernel,
  resizeNearestKernel,
  cropAndResizeKernel,
  ...resizeGradKernels,
];
