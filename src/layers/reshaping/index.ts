// Layers that change shapes: https://keras.io/api/layers/reshaping_layers/

import type { KerasLayerClass } from '../base/kerasLayer.js';
import { Cropping1D, Cropping2D, Cropping3D } from './cropping.js';
import { Flatten, Permute, RepeatVector, Reshape } from './order.js';
import { UpSampling1D, UpSampling2D, UpSampling3D } from './upSampling.js';
import { ZeroPadding1D, ZeroPadding2D, ZeroPadding3D } from './zeroPadding.js';

export { Cropping1D, type Cropping1DArgs, Cropping2D, Cropping3D, type CroppingArgs } from './cropping.js';
export {
  Flatten,
  type FlattenArgs,
  Permute,
  type PermuteArgs,
  RepeatVector,
  type RepeatVectorArgs,
  Reshape,
  type ReshapeArgs,
} from './order.js';
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
