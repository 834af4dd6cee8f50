// Reshaping layers: https://keras.io/api/layers/reshaping_layers/

import type { KerasLayerClass } from '../base/kerasLayer.js';
import { Cropping1D, Cropping2D, Cropping3D } from './cropping.js';
import { Flatten } from './flatten.js';
import { Permute } from './permute.js';
import { RepeatVector } from './repeatVector.js';
import { Reshape } from './reshape.js';
import { UpSampling1D, UpSampling2D, UpSampling3D } from './upSampling.js';
import { ZeroPadding1D, ZeroPadding2D, ZeroPadding3D } from './zeroPadding.js';

export * from './public.js';

export const reshapingLayers = [
  Flatten,
  Reshape,
  Permute,
  RepeatVector,
  ZeroPadding1D,
  ZeroPadding2D,
  ZeroPadding3D,
  Cropping1D,
  Cropping2D,
  Cropping3D,
  UpSampling1D,
  UpSampling2D,
  UpSampling3D,
] as readonly KerasLayerClass[];
