// Keras's attention layers.

import type { KerasLayerClass } from '../base/kerasLayer.js';

export const attentionLayers: readonly KerasLayerClass[] = [];
