// Reductions: sums, products and extremes, softmax, and the index of an extreme.

export { argExtreme, type Extreme } from './argMax.js';
export { mean, type ReduceName, type ReduceOperands, reduce } from './reduce.js';
export { softmax } from './softmax.js';
