// Keras's core layers: https://keras.io/api/layers/core_layers/

import type { KerasLayerClass } from '../base/kerasLayer.js';
import { Dense } from './dense.js';
import { EinsumDense } from './einsumDense.js';
import { Embedding } from './embedding.js';
import { Identity } from './identity.js';
import { Masking } from './masking.js';
import { ReversibleEmbedding } from './reversibleEmbedding.js';

export * from './public.js';

export const coreLayers = [
  Dense,
  EinsumDense,
  Embedding,
  Identity,
  Masking,
  ReversibleEmbedding,
] as readonly KerasLayerClass[];
