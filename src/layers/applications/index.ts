// Layers of keras.applications that are not part of keras.layers: https://keras.io/api/applications/

import type { KerasLayerClass } from '../base/kerasLayer.js';
import { LayerScale, StochasticDepth } from './convnext.js';
import { CustomScaleLayer } from './inceptionResnetV2.js';

export { LayerScale, type LayerScaleArgs, StochasticDepth, type StochasticDepthArgs } from './convnext.js';
export { CustomScaleLayer, type CustomScaleLayerArgs } from './inceptionResnetV2.js';

export const applicationLayers = [LayerScale, StochasticDepth, CustomScaleLayer] as readonly KerasLayerClass[];
