// The dtypes whose values lie in the WebAssembly heap, for kernels.

export { type Dtype, isInHeap } from '../dtype.js';
