// The public names of Keras's normalization layers: https://keras.io/api/layers/normalization_layers/

export { BatchNormalization, type BatchNormalizationArgs, batchNormalization } from './batchNormalization.js';
export { GroupNormalization, type GroupNormalizationArgs, groupNormalization } from './groupNormalization.js';
export { LayerNormalization, type LayerNormalizationArgs, layerNormalization } from './layerNormalization.js';
export { Normalization, type NormalizationArgs, normalization } from './normalization.js';
export { RMSNormalization, type RMSNormalizationArgs, rmsNormalization } from './rmsNormalization.js';
export {
  SpectralNormalization,
  type SpectralNormalizationArgs,
  spectralNormalization,
} from './spectralNormalization.js';
export { UnitNormalization, type UnitNormalizationArgs, unitNormalization } from './unitNormalization.js';
