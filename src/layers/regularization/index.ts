// Regularization layers: https://keras.io/api/layers/regularization_layers/

import type { KerasLayerClass } from '../base/kerasLayer.js';
import { ActivityRegularization } from './activityRegularization.js';
import { Dropout, SpatialDropout1D, SpatialDropout2D, SpatialDropout3D } from './dropout.js';
import { AlphaDropout, GaussianDropout, GaussianNoise } from './noise.js';

export * from './public.js';

export const regularizationLayers = [
  Dropout,
  SpatialDropout1D,
  SpatialDropout2D,
  SpatialDropout3D,
  AlphaDropout,
  GaussianDropout,
  GaussianNoise,
  ActivityRegularization,
] as readonly KerasLayerClass[];
