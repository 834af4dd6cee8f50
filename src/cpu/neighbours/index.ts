// The kernels around convolution that the CPU engine has of its own, under the host's names.

import type { NamedKernel } from '../../host/registry.js';

import { matmulKernels } from './matmul/index.js';

export const neighbourKernels: readonly NamedKernel[] = [...matmulKernels];
