// Keras's core layers: https://keras.io/api/layers/core_layers/

import type { KerasLayerClass } from '../base/kerasLayer.js';
import { Dense } from './dense.js';
import { EinsumDense } from './einsumDense.js';
import { Embedding } from './embedding.js';
import { Identity } from './identity.js';
import { Masking } from './masking.js';

export { Dense, type DenseArgs } from './dense.js';
export { EinsumDense, type EinsumDenseArgs } from './einsumDense.js';
export { Embedding, type EmbeddingArgs } from './embedding.js';
export { Identity } from './identity.js';
export { Masking, type MaskingArgs } from './masking.js';

export const coreLayers = [Dense, EinsumDense, Embedding, Identity, Masking] as readonly KerasLayerClass[];
