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

export * from './public.js';

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
