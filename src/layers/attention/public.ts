// The public names of Keras's attention layers: https://keras.io/api/layers/attention_layers/

export {
  AdditiveAttention,
  type AdditiveAttentionArgs,
  Attention,
  type AttentionArgs,
  additiveAttention,
  attention,
} from './attention.js';
export type { GroupQueryAttentionArgs, MultiHeadAttentionArgs } from './attentionFields.js';
export { GroupQueryAttention, groupQueryAttention } from './groupQueryAttention.js';
export { MultiHeadAttention, multiHeadAttention } from './multiHeadAttention.js';
