// The pooling kernels of the CPU engine.

export { poolingKernels } from './pool.js';
