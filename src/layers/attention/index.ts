// Attention layers: https://keras.io/api/layers/attention_layers/

import type { KerasLayerClass } from '../base/kerasLayer.js';
import { AdditiveAttention, Attention } from './attention.js';
import { GroupQueryAttention } from './groupQueryAttention.js';
import { MultiHeadAttention } from './multiHeadAttention.js';

export * from './public.js';

export const attentionLayers = [
  MultiHeadAttention,
  GroupQueryAttention,
  Attention,
  AdditiveAttention,
] as readonly KerasLayerClass[];
