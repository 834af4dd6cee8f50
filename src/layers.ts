// The public names of `tfjs-backend-convnet/layers`.

export { KerasLayer } from './layers/base/kerasLayer.js';
export type { BaseLayerArgs } from './layers/base/layerArgs.js';
export { Conv2D, type Conv2DArgs, conv2d } from './layers/conv/conv2d.js';
export type { LoraOptions } from './layers/conv/lora.js';
export { installKerasLayers, serializeLayer } from './layers/registry.js';
