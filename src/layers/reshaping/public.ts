// The public names of Keras's reshaping layers: https://keras.io/api/layers/reshaping_layers/
// The second name of a class is Keras's alias for it; that of a function is TensorFlow.js's or made from the alias.

export {
  Cropping1D,
  type Cropping1DArgs,
  Cropping2D,
  Cropping3D,
  type CroppingArgs,
  cropping1d,
  cropping2d,
  cropping2d as cropping2D,
  cropping3d,
} from './cropping.js';
export { Flatten, type FlattenArgs, flatten } from './flatten.js';
export { Permute, type PermuteArgs, permute } from './permute.js';
export { RepeatVector, type RepeatVectorArgs, repeatVector } from './repeatVector.js';
export { Reshape, type ReshapeArgs, reshape } from './reshape.js';
export {
  UpSampling1D,
  type UpSampling1DArgs,
  UpSampling2D,
  type UpSampling2DArgs,
  UpSampling3D,
  type UpSampling3DArgs,
  upSampling1d,
  upSampling2d,
  upSampling3d,
} from './upSampling.js';
export {
  ZeroPadding1D,
  type ZeroPadding1DArgs,
  ZeroPadding2D,
  ZeroPadding3D,
  type ZeroPaddingArgs,
  zeroPadding1d,
  zeroPadding2d,
  zeroPadding3d,
} from './zeroPadding.js';
