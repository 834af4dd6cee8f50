// Merging layers: https://keras.io/api/layers/merging_layers/

import type { KerasLayerClass } from '../base/kerasLayer.js';
import { Concatenate } from './concatenate.js';
import { Dot } from './dot.js';
import { Add, Average, Maximum, Minimum, Multiply, Subtract } from './elementwiseMerging.js';

export { Concatenate, type ConcatenateArgs } from './concatenate.js';
export { Dot, type DotArgs } from './dot.js';
export { Add, Average, Maximum, type MergeArgs, Minimum, Multiply, Subtract } from './elementwiseMerging.js';

export const mergingLayers = [
  Add,
  Subtract,
  Multiply,
  Average,
  Maximum,
  Minimum,
  Concatenate,
  Dot,
] as readonly KerasLayerClass[];
