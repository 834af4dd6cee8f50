// Normalization layers.

import type { KerasLayerClass } from '../base/kerasLayer.js';
import { BatchNormalization } from './batchNormalization.js';
import { GroupNormalization } from './groupNormalization.js';
import { LayerNormalization } from './layerNormalization.js';
import { Normalization } from './normalization.js';
import { RMSNormalization } from './rmsNormalization.js';
import { SpectralNormalization } from './spectralNormalization.js';
import { UnitNormalization } from './unitNormalization.js';

export { BatchNormalization, type BatchNormalizationArgs } from './batchNormalization.js';
export { GroupNormalization, type GroupNormalizationArgs } from './groupNormalization.js';
export { LayerNormalization, type LayerNormalizationArgs } from './layerNormalization.js';
export { Normalization, type NormalizationArgs } from './normalization.js';
export { RMSNormalization, type RMSNormalizationArgs } from './rmsNormalization.js';
export { SpectralNormalization, type SpectralNormalizationArgs } from './spectralNormalization.js';
export { UnitNormalization, type UnitNormalizationArgs } from './unitNormalization.js';

export const normalizationLayers = [
  BatchNormalization,
  LayerNormalization,
  GroupNormalization,
  RMSNormalization,
  UnitNormalization,
  SpectralNormalization,
  Normalization,
] as readonly unknown[] as readonly KerasLayerClass[];
