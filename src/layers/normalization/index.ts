// Normalization layers.

import type { KerasLayerClass } from '../base/kerasLayer.js';
import { BatchNormalization } from './batchNormalization.js';
import { GroupNormalization } from './groupNormalization.js';
import { LayerNormalization } from './layerNormalization.js';
import { Normalization } from './normalization.js';
import { RMSNormalization } from './rmsNormalization.js';
import { SpectralNormalization } from './spectralNormalization.js';
import { UnitNormalization } from './unitNormalization.js';

export * from './public.js';

export const normalizationLayers = [
  BatchNormalization,
  LayerNormalization,
  GroupNormalization,
  RMSNormalization,
  UnitNormalization,
  SpectralNormalization,
  Normalization,
] as readonly unknown[] as readonly KerasLayerClass[];
