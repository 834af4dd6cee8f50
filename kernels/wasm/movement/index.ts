// Movement of 4-byte values, which computes nothing.

export { bitsOf, fill } from './fill.js';
export { type Gathering, gather } from './gather.js';
export {
  type GatherSlices,
  gatherSlices,
  oneHot,
  type ScatterName,
  type ScatterSlices,
  scatterSlices,
} from './indexed.js';
export { type Dim, move, permutation, stridesOf } from './move.js';
export { type ImagePadding, type PaddedDim, padImage, padTensor } from './pad.js';
export { type PixelOperands, pixelsToInts } from './pixels.js';
export { transposeBatches } from './transpose.js';
