// Bilinear resizing, and the gradient of any resizing. Nearest neighbours are gathered (movement/gather.ts).

export { resizeBilinear } from './resizeBilinear.js';
export { resizeGrad, type Share, type Spreading } from './resizeGrad.js';
