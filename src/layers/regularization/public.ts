// The public names of Keras's regularization layers: https://keras.io/api/layers/regularization_layers/

export {
  ActivityRegularization,
  type ActivityRegularizationArgs,
  activityRegularization,
} from './activityRegularization.js';
export {
  Dropout,
  type DropoutArgs,
  dropout,
  SpatialDropout1D,
  type SpatialDropout1DArgs,
  SpatialDropout2D,
  SpatialDropout3D,
  type SpatialDropoutArgs,
  spatialDropout1d,
  spatialDropout2d,
  spatialDropout3d,
} from './dropout.js';
export {
  AlphaDropout,
  type AlphaDropoutArgs,
  alphaDropout,
  GaussianDropout,
  type GaussianDropoutArgs,
  GaussianNoise,
  type GaussianNoiseArgs,
  gaussianDropout,
  gaussianNoise,
} from './noise.js';
