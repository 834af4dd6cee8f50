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

export * from './public.js';

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
