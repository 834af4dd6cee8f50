// Layers of keras.applications that are not part of keras.layers: https://keras.io/api/applications/

import type { KerasLayerClass } from '../base/kerasLayer.js';
import { LayerScale, StochasticDepth } from './convnext.js';
import { CustomScaleLayer } from './inceptionResnetV2.js';

export * from './public.js';

export const applicationLayers = [LayerScale, StochasticDepth, CustomScaleLayer] as readonly KerasLayerClass[];
