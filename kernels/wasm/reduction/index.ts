// Reductions: sums, products and extremes, softmax, the index of an extreme, and the greatest values.

export { argExtreme, type Extreme } from './argMax.js';
export { mean, type ReduceName, type ReduceOperands, reduce } from './reduce.js';
export { softmax } from './softmax.js';
export { topK } from './topK.js';
