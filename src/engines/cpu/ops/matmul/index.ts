// The matrix products of the CPU engine.

export { matmulKernels } from './matMul.js';
