// The public names of Keras's core layers: https://keras.io/api/layers/core_layers/

export { Dense, type DenseArgs, dense } from './dense.js';
export { EinsumDense, type EinsumDenseArgs, einsumDense } from './einsumDense.js';
export { Embedding, type EmbeddingArgs, embedding } from './embedding.js';
export { Identity, identity } from './identity.js';
export { Masking, type MaskingArgs, masking } from './masking.js';
export {
  ReversibleEmbedding,
  type ReversibleEmbeddingArgs,
  reversibleEmbedding,
} from './reversibleEmbedding.js';
