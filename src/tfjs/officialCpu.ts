// The official `cpu` backend: its kernels, and a backend that runs them.

import { MathBackendCPU } from '@tensorflow/tfjs-backend-cpu';
import { OfficialKernels } from './officialKernels.js';

export const officialCpu = new OfficialKernels('cpu');

/** A backend of its own, which goes with its data. */
export function newOfficialCpuBackend(): MathBackendCPU {
  const backend = new MathBackendCPU();
  return Object.assign(backend, { firstUse: false }); // it would recommend another backend, in Node
}
