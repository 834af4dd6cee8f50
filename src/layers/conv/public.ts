// The public names of Keras's convolution layers: https://keras.io/api/layers/convolution_layers/
// The second name of a class is Keras's alias for it; that of a function is TensorFlow.js's or made from the alias.

export { Conv1D, Conv1D as Convolution1D, type Conv1DArgs, conv1d, conv1d as convolution1d } from './conv1d.js';
export {
  Conv1DTranspose,
  Conv1DTranspose as Convolution1DTranspose,
  type Conv1DTransposeArgs,
  conv1dTranspose,
  conv1dTranspose as convolution1dTranspose,
} from './conv1dTranspose.js';
export { Conv2D, Conv2D as Convolution2D, type Conv2DArgs, conv2d, conv2d as convolution2d } from './conv2d.js';
export {
  Conv2DTranspose,
  Conv2DTranspose as Convolution2DTranspose,
  type Conv2DTransposeArgs,
  conv2dTranspose,
  conv2dTranspose as convolution2dTranspose,
} from './conv2dTranspose.js';
export { Conv3D, Conv3D as Convolution3D, type Conv3DArgs, conv3d, conv3d as convolution3d } from './conv3d.js';
export {
  Conv3DTranspose,
  Conv3DTranspose as Convolution3DTranspose,
  type Conv3DTransposeArgs,
  conv3dTranspose,
  conv3dTranspose as convolution3dTranspose,
} from './conv3dTranspose.js';
export { DepthwiseConv1D, type DepthwiseConv1DArgs, depthwiseConv1d } from './depthwiseConv1d.js';
export { DepthwiseConv2D, type DepthwiseConv2DArgs, depthwiseConv2d } from './depthwiseConv2d.js';
export {
  LocallyConnected1D,
  type LocallyConnected1DArgs,
  LocallyConnected2D,
  type LocallyConnected2DArgs,
  locallyConnected1d,
  locallyConnected2d,
} from './locallyConnected.js';
export type { LoraOptions } from './lora.js';
export {
  SeparableConv1D,
  SeparableConv1D as SeparableConvolution1D,
  type SeparableConv1DArgs,
  separableConv1d,
  separableConv1d as separableConvolution1d,
} from './separableConv1d.js';
export {
  SeparableConv2D,
  SeparableConv2D as SeparableConvolution2D,
  type SeparableConv2DArgs,
  separableConv2d,
  separableConv2d as separableConvolution2d,
} from './separableConv2d.js';
