// Attention layers: https://keras.io/api/layers/attention_layers/

import type { KerasLayerClass } from '../base/kerasLayer.js';
import { AdditiveAttention, Attention } from './attention.js';
import { GroupQueryAttention } from './groupQueryAttention.js';
import { MultiHeadAttention } from './multiHeadAttention.js';

export { AdditiveAttention, type AdditiveAttentionArgs, Attention, type AttentionArgs } from './attention.js';
export type { GroupQueryAttentionArgs, MultiHeadAttentionArgs } from './attentionFields.js';
export { GroupQueryAttention } from './groupQueryAttention.js';
export { MultiHeadAttention } from './multiHeadAttention.js';

export const attentionLayers = [
  MultiHeadAttention,
  GroupQueryAttention,
  Attention,
  AdditiveAttention,
] as readonly KerasLayerClass[];
