// Keras's reshaping layers.

import type { KerasLayerClass } from '../base/kerasLayer.js';

export const reshapingLayers: readonly KerasLayerClass[] = [];
