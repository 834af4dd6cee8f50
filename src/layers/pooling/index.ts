// Pooling layers: https://keras.io/api/layers/pooling_layers/

import type { KerasLayerClass } from '../base/kerasLayer.js';
import {
  AdaptiveAveragePooling1D,
  AdaptiveAveragePooling2D,
  AdaptiveAveragePooling3D,
  AdaptiveMaxPooling1D,
  AdaptiveMaxPooling2D,
  AdaptiveMaxPooling3D,
} from './adaptivePooling.js';
import { AveragePooling1D, AveragePooling2D, AveragePooling3D } from './averagePooling.js';
import { GlobalAveragePooling1D, GlobalAveragePooling2D, GlobalAveragePooling3D } from './globalAveragePooling.js';
import { GlobalMaxPooling1D, GlobalMaxPooling2D, GlobalMaxPooling3D } from './globalMaxPooling.js';
import { MaxPooling1D, MaxPooling2D, MaxPooling3D } from './maxPooling.js';

export {
  AdaptiveAveragePooling1D,
  AdaptiveAveragePooling2D,
  AdaptiveAveragePooling3D,
  AdaptiveMaxPooling1D,
  AdaptiveMaxPooling2D,
  AdaptiveMaxPooling3D,
} from './adaptivePooling.js';
export {
  AveragePooling1D,
  type AveragePooling1DArgs,
  AveragePooling2D,
  type AveragePooling2DArgs,
  AveragePooling3D,
  type AveragePooling3DArgs,
} from './averagePooling.js';
export type { AdaptivePoolArgs } from './baseAdaptivePooling.js';
export {
  GlobalAveragePooling1D,
  type GlobalAveragePooling1DArgs,
  GlobalAveragePooling2D,
  type GlobalAveragePooling2DArgs,
  GlobalAveragePooling3D,
  type GlobalAveragePooling3DArgs,
} from './globalAveragePooling.js';
export {
  GlobalMaxPooling1D,
  type GlobalMaxPooling1DArgs,
  GlobalMaxPooling2D,
  type GlobalMaxPooling2DArgs,
  GlobalMaxPooling3D,
  type GlobalMaxPooling3DArgs,
} from './globalMaxPooling.js';
export {
  MaxPooling1D,
  type MaxPooling1DArgs,
  MaxPooling2D,
  type MaxPooling2DArgs,
  MaxPooling3D,
  type MaxPooling3DArgs,
} from './maxPooling.js';

export const poolingLayers = [
  AveragePooling1D,
  AveragePooling2D,
  AveragePooling3D,
  MaxPooling1D,
  MaxPooling2D,
  MaxPooling3D,
  GlobalAveragePooling1D,
  GlobalAveragePooling2D,
  GlobalAveragePooling3D,
  GlobalMaxPooling1D,
  GlobalMaxPooling2D,
  GlobalMaxPooling3D,
  AdaptiveAveragePooling1D,
  AdaptiveAveragePooling2D,
  AdaptiveAveragePooling3D,
  AdaptiveMaxPooling1D,
  AdaptiveMaxPooling2D,
  AdaptiveMaxPooling3D,
] as readonly unknown[] as readonly KerasLayerClass[];
