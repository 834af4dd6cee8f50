// The public names of Keras's layers of keras.applications that are not part of keras.layers: https://keras.io/api/applications/

export {
  LayerScale,
  type LayerScaleArgs,
  layerScale,
  StochasticDepth,
  type StochasticDepthArgs,
  stochasticDepth,
} from './convnext.js';
export { CustomScaleLayer, type CustomScaleLayerArgs, customScaleLayer } from './inceptionResnetV2.js';
