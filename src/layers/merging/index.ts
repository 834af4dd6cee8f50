// Merging layers: https://keras.io/api/layers/merging_layers/

import type { KerasLayerClass } from '../base/kerasLayer.js';
import { Concatenate } from './concatenate.js';
import { Dot } from './dot.js';
import { Add, Average, Maximum, Minimum, Multiply, Subtract } from './elementwiseMerging.js';

export * from './public.js';

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
