// Reshaping layers: https://keras.io/api/layers/reshaping_layers/

import type { KerasLayerClass } from '../base/kerasLayer.js';
import { Cropping1D, Cropping2D, Cropping3D } from './cropping.js';
import { Flatten } from './flatten.js';
import { Permute } from './permute.js';
import { RepeatVector } from './repeatVector.js';
import { Reshape } from './reshape.js';
import { UpSampling1D, UpSampling2D, UpSampling3D } from './upSampling.js';
import { ZeroPadding1D, ZeroPadding2D, ZeroPadding3D } from './zeroPadding.js';

export { Cropping1D, type Cropping1DArgs, Cropping2D, Cropping3D, type CroppingArgs } from './cropping.js';
export { Flatten, type FlattenArgs } from './flatten.js';
export { Permute, type PermuteArgs } from './permute.js';
export { RepeatVector, type RepeatVectorArgs } from './repeatVector.js';
export { Reshape, type ReshapeArgs } from './reshape.js';
export {
  UpSampling1D,
  type UpSampling1DArgs,
  UpSampling2D,
  type UpSampling2DArgs,
  UpSampling3D,
  type UpSampling3DArgs,
} from './upSampling.js';
export {
  ZeroPadding1D,
  type ZeroPadding1DArgs,
  ZeroPadding2D,
  ZeroPadding3D,
  type ZeroPaddingArgs,
} from './zeroPadding.js';

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
