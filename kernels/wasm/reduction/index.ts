// Reductions: sums, products and extremes, softmax, the index of an extreme, the greatest values, running sums,
// non-maximum suppression.

export { argExtreme, type Extreme } from './argMax.js';
export { channelMoments, channelSums } from './channelSums.js';
export { type CumulateName, cumulate } from './cumulate.js';
export { mean } from './mean.js';
export { type NonMaxOperands, nonMaxSuppression } from './nonMax.js';
export { type ReduceName, type ReduceOperands, reduce, restOf } from './reduce.js';
export { softmax } from './softmax.js';
export { topK } from './topK.js';
