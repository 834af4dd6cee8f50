// Keras's preprocessing layers.

import type { KerasLayerClass } from '../base/kerasLayer.js';

export const preprocessingLayers: readonly KerasLayerClass[] = [];
