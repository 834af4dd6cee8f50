// Convolution layers.

import type { KerasLayerClass } from '../base/kerasLayer.js';
import { Conv1D } from './conv1d.js';
import { Conv1DTranspose } from './conv1dTranspose.js';
import { Conv2D } from './conv2d.js';
import { Conv2DTranspose } from './conv2dTranspose.js';
import { Conv3D } from './conv3d.js';
import { Conv3DTranspose } from './conv3dTranspose.js';
import { DepthwiseConv1D } from './depthwiseConv1d.js';
import { DepthwiseConv2D } from './depthwiseConv2d.js';
import { SeparableConv1D } from './separableConv1d.js';
import { SeparableConv2D } from './separableConv2d.js';

export { Conv1D, type Conv1DArgs } from './conv1d.js';
export { Conv1DTranspose, type Conv1DTransposeArgs } from './conv1dTranspose.js';
export { Conv2D, type Conv2DArgs, conv2d } from './conv2d.js';
export { Conv2DTranspose, type Conv2DTransposeArgs } from './conv2dTranspose.js';
export { Conv3D, type Conv3DArgs } from './conv3d.js';
export { Conv3DTranspose, type Conv3DTransposeArgs } from './conv3dTranspose.js';
export { DepthwiseConv1D, type DepthwiseConv1DArgs } from './depthwiseConv1d.js';
export { DepthwiseConv2D, type DepthwiseConv2DArgs } from './depthwiseConv2d.js';
export type { LoraOptions } from './lora.js';
export { SeparableConv1D, type SeparableConv1DArgs } from './separableConv1d.js';
export { SeparableConv2D, type SeparableConv2DArgs } from './separableConv2d.js';

export const convLayers = [
  Conv1D,
  Conv2D,
  Conv3D,
  DepthwiseConv1D,
  DepthwiseConv2D,
  SeparableConv1D,
  SeparableConv2D,
  Conv1DTranspose,
  Conv2DTranspose,
  Conv3DTranspose,
] as readonly unknown[] as readonly KerasLayerClass[];
