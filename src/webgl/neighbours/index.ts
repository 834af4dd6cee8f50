// The kernels around convolution that keep tensors in the block layout, under the host's names.

import type { NamedKernel } from '../../host/registry.js';
import { imageKernels } from './images/index.js';

export const neighbourKernels: readonly NamedKernel[] = [...imageKernels];
